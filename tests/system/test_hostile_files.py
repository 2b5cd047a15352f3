"""Files made to harm: bombs are read in bounded memory and told, names in archives stay names, mixtures lose nothing."""

import gzip
import io
import json
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.system.logs import combined, joined
from tests.system.tool import measured, peak, run

MIB = 1 << 20
LINES = combined(20)
GOOD = joined(LINES)
BOMBS = {
    "one line": (GOOD, b"a" * MIB, b"\n" + GOOD, 41, 40),
    "zeros": (b"", b"\0" * MIB, GOOD, 20, 20),
    "a text that is never closed": (
        b'{"Records":[{"time":"2026-03-12T06:25:24Z","status":401},{"text":"',
        b"x" * MIB,
        b"",
        2,
        1,
    ),
    "brackets": (b'[{"time":"2026-03-12T06:25:24Z","status":401},', b'{"a":' * (MIB // 5), b"", 2, 1),
    "blanks within a document": (b'[{"status":401},', b" " * MIB, b'{"status":401}]', 2, 2),
}


def scanned(path: Path) -> dict[str, Any]:
    told = run("scan", "--format", "json", path)
    assert told.exit_code in {0, 1}, told.stderr
    found: dict[str, Any] = json.loads(told.stdout)
    return found


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_read_in_bounded_memory_and_what_is_good_in_it_counts(name: str, tmp_path: Path) -> None:
    before, unit, after, lines, events = BOMBS[name]
    path = tmp_path / "bomb.log.gz"
    with gzip.GzipFile(path, "wb", mtime=0) as packed:
        packed.write(before)
        for _ in range(60):
            packed.write(unit)
        packed.write(after)
    assert path.stat().st_size < MIB
    told = subprocess.run(measured("scan", "--format", "json", path), capture_output=True, text=True, check=False)
    assert told.returncode in {0, 1}, told.stderr
    (read,) = json.loads(told.stdout)["inputs"]
    assert (read["lines"] >= lines, read["events"]) == (True, events)
    assert peak(told.stderr) < 400 * MIB  # the whole process, whatever the content's size


def test_names_in_an_archive_are_shown_and_never_used(tmp_path: Path) -> None:
    path = tmp_path / "in" / "logs.tar"
    path.parent.mkdir()
    with tarfile.open(path, "w") as archive:
        for name in ("../outside.log", "/tmp/logscan-absolute.log", "a/../../b.log", "\x1b[31mred.log", "<b>.log"):
            member = tarfile.TarInfo(name)
            member.size = len(GOOD)
            archive.addfile(member, io.BytesIO(GOOD))
        for name, kind, target in (("link.log", tarfile.SYMTYPE, "/etc/passwd"), ("hard.log", tarfile.LNKTYPE, "../x")):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, target
            archive.addfile(member)
    document = scanned(path)
    assert [each["lines"] for each in document["inputs"]] == [20] * 5
    assert sorted(each.name for each in tmp_path.rglob("*")) == ["in", "logs.tar"]
    assert not Path("/tmp/logscan-absolute.log").exists()
    page = tmp_path / "page.html"
    told = run("report", path, "-o", page)
    assert "\x1b[31mred" not in told.stdout + told.stderr
    assert "<b>.log" not in page.read_text("utf-8")


def test_broken_lines_among_good_ones_cost_only_themselves(tmp_path: Path) -> None:
    rows = [json.dumps({"time": "2026-03-12T06:25:24Z", "status": 401, "n": n}).encode() for n in range(30)]
    bad = [rows[0][:20], b"\x00\x01\x02\xff\xfe" * 20, rows[1] + rows[2][:9], b"}{", b'{"a":' * 300]
    path = tmp_path / "a.log"
    mixed = [line for at, row in enumerate(rows) for line in ([row, bad[at // 6]] if at % 6 == 5 else [row])]
    path.write_bytes(b"\n".join(mixed) + b"\n")
    (read,) = scanned(path)["inputs"]
    assert read["lines"] == read["events"] + read["rejects"] == 35
    assert read["events"] >= 30


def test_a_format_that_matches_nothing_loses_no_line(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(GOOD)
    told = run("scan", "--format", "json", "--log-format", "loki-text", path)
    assert told.exit_code == 3
    (read,) = json.loads(told.stdout)["inputs"]
    assert (read["lines"], read["events"], read["rejects"]) == (20, 0, 20)
