"""`logscan verify`, after `logscan report`."""

import gzip
from pathlib import Path

import pytest

from tests.system.logs import combined, joined
from tests.system.tool import run


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("case")
    (folder / "logs").mkdir()
    (folder / "logs" / "a.log").write_bytes(joined(combined(100)))
    (folder / "logs" / "b.log.gz").write_bytes(gzip.compress(joined(combined(40)), mtime=0))
    assert run("report", folder / "logs", "-o", folder / "report.html").exit_code == 0
    return folder


def test_the_logs_of_a_report_are_known_again(case: Path) -> None:
    told = run("verify", case / "report.html", case / "logs")
    assert told.exit_code == 0
    assert told.stdout.splitlines()[-1] == "2 of 2 inputs are unchanged"
    assert told.stdout.count("same ") == 2


def test_a_log_that_was_written_on_has_grown_and_one_that_was_changed_differs(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(joined(combined(60)))
    assert run("report", log, "-o", tmp_path / "report.html").exit_code == 0
    with log.open("ab") as file:
        file.write(joined(combined(5)))
    told = run("verify", tmp_path / "report.html", log)
    assert told.exit_code == 0
    assert told.stdout.splitlines() == [f"grown              {log}", "1 of 1 inputs are unchanged"]
    changed = bytearray(log.read_bytes())
    changed[7] ^= 1
    log.write_bytes(changed)
    told = run("verify", tmp_path / "report.html", log)
    assert told.exit_code == 1
    assert told.stdout.startswith("differs")


def test_one_more_byte_is_noticed(case: Path, tmp_path: Path) -> None:
    for path in (case / "logs").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes() + (b"x" if path.name == "a.log" else b""))
    told = run("verify", case / "report.html", tmp_path)
    assert told.exit_code == 1
    assert told.stdout.splitlines()[-1] == "1 of 2 inputs are unchanged"
    assert f"differs            {case / 'logs' / 'a.log'}  (now {tmp_path / 'a.log'})" in told.stdout


def test_a_page_that_is_none_of_ours_is_refused(case: Path) -> None:
    told = run("verify", case / "logs" / "a.log", case / "logs")
    assert told.exit_code == 3
    assert "does not say which inputs it was made from" in told.stderr
    assert "hint:" in told.stderr


def test_what_is_missing_is_said(case: Path) -> None:
    told = run("verify", case / "report.html", case / "logs" / "a.log", case / "none.log")
    assert told.exit_code == 1
    assert f"missing            {case / 'logs' / 'b.log.gz'}" in told.stdout
    assert "none.log: cannot be read" in told.stderr
