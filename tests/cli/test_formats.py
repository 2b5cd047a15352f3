"""`logscan formats`: what a person sees; faults with their place and exit code."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from logscan.cli.exits import Exit
from tests.ingest.frames import write
from tests.system.tool import run

OWN = """\
id: acme
title: The log of acme
kind: pattern
order: 3
pattern: '^(?<ts>[0-9T:Z\\-]+);(?<client>[0-9.]+);'
tail: '(?<message>.*)'
columns: {ts: {column: '@timestamp', time: iso}, client: source.address, message: message}
samples:
  - {line: '2026-03-12T06:25:24Z;192.0.2.7;refused', expect: {source.address: 192.0.2.7}}
  - {line: 'x', expect: reject}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "formats", "acme.yml", OWN)
    return tmp_path / "formats"


def test_list_shows_ours_and_those_of_a_folder(folder: Path) -> None:
    rows = run("formats", "list", "--formats", folder).stdout.splitlines()
    assert rows[0].split() == ["id", "kind", "order", "strength", "source", "title"]
    assert rows[1].split(maxsplit=4)[:4] == ["acme", "pattern", "3", "strong"]
    listed = json.loads(run("formats", "list", "--formats", folder, "--format", "json").stdout)
    assert listed[0]["id"] == "acme"
    assert {"id", "kind", "order", "strength", "source", "title", "logsource", "path"} == set(listed[0])


def test_show_reads_a_sample_into_fields(folder: Path, golden: Callable[[str, str], None]) -> None:
    golden("formats/show.txt", run("formats", "show", "acme", "--formats", folder).stdout)


def test_show_of_an_unknown_format_suggests_one(folder: Path) -> None:
    told = run("formats", "show", "acmee", "--formats", folder)
    assert (told.exit_code, told.stderr) == (
        Exit.INVALID, "error: ID: there is no format `acmee`\n  hint: did you mean `acme`?\n"
    )  # fmt: skip


def test_test_of_a_folder_and_of_a_file(folder: Path) -> None:
    for place in (folder, folder / "acme.yml"):
        told = run("formats", "test", place)
        assert (told.exit_code, told.stdout, told.stderr) == (0, "1 format, 2 samples: all as expected\n", "")


def test_every_expectation_that_fails_is_told_and_the_exit_code_is_4(folder: Path) -> None:
    write(folder, "b.yml", OWN.replace("id: acme", "id: b").replace("192.0.2.7}", "192.0.2.8, user.name: ada}").replace("'x'", "'2026-03-12T06:25:24Z;192.0.2.7;'"))  # fmt: skip
    told = run("formats", "test", folder)
    assert told.exit_code == Exit.INVALID
    assert told.stdout == ""
    assert "formats/b.yml:9 samples.0.expect.source.address: is `192.0.2.7`, not `192.0.2.8`\n" in told.stderr
    assert "formats/b.yml:9 samples.0.expect.user.name: is missing, not `ada`\n" in told.stderr
    assert "formats/b.yml:10 samples.1: the format reads a line that it must refuse\n" in told.stderr
    assert "note: formats/b.yml:9 samples.0: among all formats `acme` takes this line" in told.stderr
    assert told.stderr.endswith("3 faults\n")


@pytest.mark.parametrize("words", [("list",), ("show", "acme"), ("detect", ".")])
def test_a_folder_that_is_not_there(words: tuple[str, ...], tmp_path: Path) -> None:
    told = run("formats", *words, "--formats", tmp_path / "no")
    assert told.exit_code == Exit.INVALID
    assert "no: is not a folder of formats\n  hint: name an existing folder\n" in told.stderr


def test_detect_tells_share_evidence_next_best_and_rejects(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, golden: Callable[[str, str], None]
) -> None:
    monkeypatch.chdir(tmp_path)
    web = '192.0.2.7 - - [12/Mar/2026:06:25:24 +0000] "GET /a HTTP/1.1" 401 0 "-" "curl/8.5"'
    write(tmp_path / "logs", "web.log", f"{web}\n" * 8)
    own = "2026-03-12T06:25:24Z;192.0.2.7;refused\n" * 3 + "2026-03-12T06:25:24Z;\x1b[31moops\x07 qq\n"
    write(tmp_path / "logs", "own.log", own)
    write(tmp_path / "logs", "empty.log", "")
    golden("formats/detect.txt", run("formats", "detect", "logs", "no.log", "--formats", "formats").stdout)
    rows = json.loads(run("formats", "detect", "logs/web.log", "--format", "json").stdout)
    assert (rows[0]["format"], rows[0]["sampled"], rows[0]["shares"]["combined"]) == ("combined", 8, 1.0)


def test_detect_of_what_nothing_reads_exits_3(tmp_path: Path) -> None:
    noise = write(tmp_path, "noise.log", "~~~\n")
    assert run("formats", "detect", noise).exit_code == Exit.NO_EVENTS
    assert run("formats", "detect", "-", given=b"~~~\n").exit_code == Exit.NO_EVENTS
    assert "-: combined" in run("formats", "detect", "-", given=b'192.0.2.7 - - [12/Mar/2026:06:25:24 +0000] "GET /a HTTP/1.1" 401 0 "-" "c"\n').stdout  # fmt: skip


def test_detect_shows_no_secret_and_no_escape(tmp_path: Path) -> None:
    secret = "sk-" + "a1B2c3D4" * 4
    noise = write(tmp_path, "noise.log", f"~ \x1b]0;x\x07 api_key={secret}\n192.0.2.7 - {secret} oops\n")
    for form in ("table", "json"):
        told = run("formats", "detect", noise, "--format", form).stdout
        assert secret[:12] not in told
        assert "\x1b" not in told
