"""`logscan report`: the page, and what is said beside it."""

from pathlib import Path

import pytest

from tests.system.logs import combined, joined
from tests.system.tool import run


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("logs") / "a.log"
    path.write_bytes(joined(combined(100)))
    return path


def test_the_page_stands_in_the_working_folder_when_no_place_is_named(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = run("report", log)
    assert told.exit_code == 0
    assert told.stdout == ""
    assert told.stderr.endswith("report: report.html\n")
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_a_page_on_stdout_is_nothing_but_the_page(log: Path) -> None:
    told = run("report", log, "-o", "-")
    assert told.stdout.startswith("<!doctype html>")
    assert "report: " not in told.stderr
    assert "100 lines: 100 events" in told.stderr


def test_the_page_tells_the_command_so_that_it_can_be_given_again(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["/usr/bin/logscan", "report", "a b.log", "it's"])
    assert "logscan report &#39;a b.log&#39;" in run("report", log, "-o", "-").stdout


def test_a_page_is_written_even_when_nothing_was_understood(tmp_path: Path) -> None:
    odd = tmp_path / "odd.log"
    odd.write_text("~~~\n" * 9)
    told = run("report", odd, "-o", tmp_path / "page.html")
    assert told.exit_code == 3
    assert "~~~" in (tmp_path / "page.html").read_text("utf-8")
