"""Bad input: one clear message with the place and the way out, the right exit code, and the good inputs are still read."""

import bz2
import gzip
import io
import json
import lzma
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import zstandard

from tests.system.logs import combined, joined
from tests.system.tool import run

LINES = combined(40)
GOOD = joined(LINES)
COMMANDS = ("report", "scan", "events")


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.log"
    path.write_bytes(GOOD)
    return path


def summary(*paths: Path, given: bytes | None = None, code: int = 0) -> dict[str, Any]:
    """The document of `scan --format json`, with what was said on stderr."""
    told = run("scan", "--format", "json", *paths, given=given)
    assert told.exit_code == code, told.stderr
    return {**json.loads(told.stdout), "said": told.stderr}


def missing(folder: Path) -> tuple[Path, str, str]:
    return folder / "god.log", "no such file", "did you mean"


def binary(folder: Path) -> tuple[Path, str, str]:
    path = folder / "program.bin"
    path.write_bytes(bytes(range(256)) * 40)
    return path, "binary", "leave it out"


def picture(folder: Path) -> tuple[Path, str, str]:
    path = folder / "shot.log"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    return path, "not text", "leave it out"


def loop(folder: Path) -> tuple[Path, str, str]:
    inner = folder / "tree" / "inner"
    inner.mkdir(parents=True)
    (inner / "again").symlink_to(folder / "tree")
    (inner / "a.log").write_bytes(GOOD)
    return folder / "tree", "loops", "not followed"


def dangling(folder: Path) -> tuple[Path, str, str]:
    path = folder / "current.log"
    path.symlink_to(folder / "rotated-away.log")
    return path, "link to something that does not exist", "put back"


def no_match(folder: Path) -> tuple[Path, str, str]:
    return folder / "*.nothing", "no file matches", "check the pattern"


def empty_folder(folder: Path) -> tuple[Path, str, str]:
    path = folder / "empty"
    path.mkdir()
    return path, "holds no log file", "name them"


def device(folder: Path) -> tuple[Path, str, str]:
    return Path("/dev/null"), "is a device", "pipe its content"


BAD = (missing, binary, picture, loop, dangling, no_match, empty_folder, device)


@pytest.mark.parametrize("make", BAD)
def test_a_bad_input_is_told_with_its_place_and_way_out_and_the_good_one_is_read(
    make: Any, good: Path, tmp_path: Path
) -> None:
    path, what, hint = make(tmp_path)
    document = summary(path, good)
    assert str(good) in [each["path"] for each in document["inputs"]]
    warnings = [line for line in document["said"].splitlines() if line.startswith("warning: ")]
    assert len(warnings) == 1, document["said"]
    assert str(path).split("*")[0] in warnings[0]
    assert what in warnings[0].lower()
    assert hint in warnings[0]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_reads_the_good_and_tells_of_the_bad(name: str, good: Path, tmp_path: Path) -> None:
    told = run(name, missing(tmp_path)[0], good, binary(tmp_path)[0], "-o", tmp_path / "out")
    assert told.exit_code == 0
    assert told.stderr.count("warning: ") == 2
    shown = {"scan": " authentication failures:", "events": '" 401 ', "report": "failed authentications"}
    assert shown[name] in (tmp_path / "out").read_text("utf-8").replace('\\"', '"')
    if name == "report":
        page = (tmp_path / "out").read_text("utf-8")
        assert "god.log" in page
        assert "program.bin" in page


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("make", [missing, binary, empty_folder])
def test_when_nothing_can_be_read_the_exit_code_says_so(name: str, make: Any, tmp_path: Path) -> None:
    path, what, _ = make(tmp_path)
    told = run(name, path, "-o", tmp_path / "out")
    assert told.exit_code == 3
    assert what in told.stderr.lower()
    assert "hint: " in told.stderr


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may read everything."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_and_a_file_without_the_right_to_read(good: Path) -> None:
    check(summary(good))  # everything is imported before the rights are given up
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        for path in (folder / "good.log", folder / "secret.log", folder / "shut" / "a.log"):
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(GOOD)
        (folder / "shut").chmod(0)
        (folder / "secret.log").chmod(0)
        with as_nobody():
            document = summary(folder)
        (folder / "shut").chmod(0o700)
    check(document)
    warnings = [line for line in document["said"].splitlines() if line.startswith("warning: ")]
    assert ["shut" in line or "secret.log" in line for line in warnings] == [True, True]
    assert all("permission denied" in line and "run as a user who may read it" in line for line in warnings)


def test_a_file_within_a_folder_that_must_not_be_entered(good: Path) -> None:
    check(summary(good))
    with TemporaryDirectory() as name:
        Path(name).chmod(0)
        with as_nobody():
            told = run("scan", Path(name) / "a.log")
    assert told.exit_code == 3
    assert "permission denied" in told.stderr


def test_a_name_that_cannot_be_one(good: Path) -> None:
    document = summary(Path("a" * 300), good)
    check(document)
    assert "name too long" in document["said"]


def test_a_place_without_the_right_to_write(good: Path) -> None:
    check(summary(good))
    with TemporaryDirectory() as name:
        folder = Path(name)
        good = folder / "good.log"
        good.write_bytes(GOOD)
        (folder / "old").touch(0o444)
        folder.chmod(0o555)
        with as_nobody():
            told = [run("scan", good, "-o", folder / out) for out in ("new", "old")]
        folder.chmod(0o755)
    assert [each.exit_code for each in told] == [2, 2]
    assert all("choose another place with -o" in each.stderr for each in told)


def test_an_empty_input_is_shown_and_is_nothing_to_read(good: Path, tmp_path: Path) -> None:
    hollow = tmp_path / "empty.log"
    hollow.touch()
    alone = summary(hollow, code=3)
    assert "nothing to read" in alone["said"]
    assert [(each["path"], each["lines"], each["dataset"]) for each in alone["inputs"]] == [(str(hollow), 0, None)]
    assert {each["path"]: each["lines"] for each in summary(hollow, good)["inputs"]} == {str(hollow): 0, str(good): 40}
    assert summary(Path("-"), given=b"", code=3)["inputs"][0]["path"] == "-"


def test_lines_that_nobody_understands_are_counted_and_said(tmp_path: Path) -> None:
    odd = tmp_path / "odd.log"
    odd.write_bytes(b"~~~\n" * 30)
    document = summary(odd, code=3)
    assert document["summary"]["rejects"] == 30
    assert "none of 30 lines could be understood" in document["said"]
    assert "--log-format" in document["said"]


def refused(count: int = 40) -> int:
    return sum('" 401 ' in line for line in LINES[:count])


def check(document: dict[str, Any], lines: int = 40) -> None:
    assert document["summary"]["lines"] == lines
    assert document["summary"]["auth_failures"] == refused(lines)


@pytest.mark.parametrize(
    "data",
    [
        GOOD.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + GOOD,
        GOOD.decode().encode("utf-16"),
        GOOD.decode().encode("utf-16-be"),
        GOOD.removesuffix(b"\n"),
        gzip.compress(GOOD),
        gzip.compress(GOOD[:1000]) + gzip.compress(GOOD[1000:]),
        bz2.compress(GOOD),
        lzma.compress(GOOD),
        zstandard.compress(GOOD),
        bytes(70_000) + GOOD,
    ],
    ids=["crlf", "bom", "utf16", "utf16be", "no_end", "gz", "two_gz", "bz2", "xz", "zst", "hole"],
)
def test_however_the_lines_are_stored_they_say_the_same(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.log"  # the name says nothing of what is in it
    path.write_bytes(data)
    check(summary(path))


def test_standard_input_is_read_like_a_file() -> None:
    document = summary(Path("-"), given=gzip.compress(GOOD))
    check(document)
    assert document["inputs"][0]["path"] == "-"


def test_nuls_and_broken_utf8_inside_a_line_stay_visible(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(GOOD.replace(b"/login", b"/lo\0gi\xffn"))
    check(summary(path))
    texts = run("events", "--all", path).stdout
    assert "\\\\x00gi\\\\xffn" in texts
    assert "\0" not in texts


def test_a_truncated_archive_gives_what_it_holds_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.log.gz"
    many = joined(combined(3000))
    packed = gzip.compress(many)
    path.write_bytes(packed[: len(packed) // 2])
    document = summary(path)
    assert 500 < document["summary"]["lines"] < 2500
    (note,) = document["inputs"][0]["notes"]
    assert note.startswith("gzip stream is truncated: ")
    assert note in run("scan", path).stdout
    page = tmp_path / "page.html"
    assert run("report", path, "-o", page).exit_code == 0
    assert "truncated" in page.read_text("utf-8")


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:xz"])
def test_the_members_of_a_tar_archive_are_inputs(mode: Any, tmp_path: Path) -> None:
    path = tmp_path / "logs.tar"
    with tarfile.open(path, mode) as archive:
        for name, data in (("old/a.log", GOOD[:2000]), ("b.log.gz", gzip.compress(GOOD)), ("x.bin", bytes(900))):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    document = summary(path)
    assert [each["path"] for each in document["inputs"]] == [f"{path}!b.log.gz", f"{path}!old/a.log"]
    assert document["inputs"][0]["lines"] == 40
    assert "x.bin" in document["said"]


def test_a_folder_is_walked_and_the_same_file_read_once(tmp_path: Path) -> None:
    inner = tmp_path / "logs" / "deep"
    inner.mkdir(parents=True)
    (inner / "a.log").write_bytes(GOOD)
    (tmp_path / "logs" / ".hidden").write_bytes(GOOD)
    (tmp_path / "logs" / "same.log").symlink_to(inner / "a.log")
    check(summary(tmp_path / "logs", inner / "a.log", tmp_path / "**" / "a.log"))


def test_a_source_that_is_named_as_a_format_is_read_as_that_format(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(GOOD)
    check(summary(path, Path("--log-format"), Path("combined")))
    assert summary(path, Path("--log-format"), Path("nginx-error"), code=3)["summary"]["rejects"] == 40
