"""From options to a request; the bar; what is said of what could not be read."""

import io
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import click
import pytest

from logscan.cli import reading as module
from logscan.cli.exits import Exit
from logscan.cli.reading import fail, finish, reading
from tests.report.scans import empty, finding, typical


def flags(**other: Any) -> dict[str, Any]:
    plain = {
        "paths": ("a.log",), "since": None, "until": None, "zone": "UTC", "log_format": None, "rules": (),
        "formats": (), "trusted": (), "marks": (), "no_default_rules": False, "jobs": 2,
    }  # fmt: skip
    return {**plain, **other}


class Read(NamedTuple):
    lines: int = 9
    events: int = 9
    partial: bool = False


def test_a_request_holds_what_was_asked_for() -> None:
    since = datetime(2026, 3, 12)  # noqa: DTZ001
    marks = ((datetime(2026, 3, 12, 16), "deploy"),)  # noqa: DTZ001
    asked_for = flags(
        zone="+02:00", since=since, until=timedelta(0), rules=("mine",), formats=("own",), jobs=3, marks=marks
    )
    with reading(asked_for, all_events=True) as (asked, step):
        step(5)
        assert asked.paths == ("a.log",)
        assert asked.since == datetime(2026, 3, 11, 22, tzinfo=UTC)
        assert asked.until == asked.now
        assert asked.rules == (Path("mine"),)
        assert asked.formats == (Path("own"),)
        assert asked.marks == ((datetime(2026, 3, 12, 14, tzinfo=UTC), "deploy"),)
        assert (asked.jobs, asked.all_events, asked.stdin, len(asked.key)) == (3, True, None, 32)
        assert asked.default_rules
        assert not asked.stop()
        assert abs(asked.now - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_period_that_holds_nothing_is_refused() -> None:
    with (
        pytest.raises(click.UsageError, match="--since is not before --until"),
        reading(flags(since=timedelta(hours=1), until=timedelta(hours=2))),
    ):
        pass


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("terminal", "size", "bar"), [(True, 100, True), (True, 10, False), (False, 100, False)])
def test_a_bar_is_shown_on_a_terminal_for_long_work_alone(
    terminal: bool, size: int, bar: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "a.log").write_bytes(bytes(size))
    out = Terminal() if terminal else io.StringIO()
    monkeypatch.setattr(module, "_BAR_FROM", 50)
    monkeypatch.setattr(sys, "stderr", out)
    monkeypatch.setenv("TERM", "xterm")
    with reading(flags(paths=(str(folder),))) as (_, step):
        step(size // 2)
    assert ("bytes" in out.getvalue()) is bar
    assert bool(out.getvalue()) is bar


def test_of_a_pipe_the_bar_shows_only_how_much_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    out = Terminal()
    monkeypatch.setattr(module, "_BAR_FROM", 50)
    monkeypatch.setattr(sys, "stderr", out)
    monkeypatch.setenv("TERM", "xterm")
    with reading(flags(paths=("-",))) as (_, step):
        step(40)
        assert out.getvalue() == ""
        step(40)
    assert "80/?" in out.getvalue()


def test_a_closed_standard_input_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with reading(flags(paths=("-",))) as (asked, _):
        assert asked.stdin is None


@pytest.mark.parametrize(
    ("read", "code", "said"),
    [
        (Read(), None, ""),
        (Read(partial=True), Exit.INTERRUPTED, "covers only what was read"),
        (Read(0, 0), Exit.NO_EVENTS, "nothing to read"),
        (Read(1234, 0), Exit.NO_EVENTS, "none of 1,234 lines could be understood"),
    ],
)
def test_the_end_says_what_must_be_said_and_nothing_else(
    read: Read, code: Exit | None, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if code is None:
        finish([], read)
    else:
        with pytest.raises(SystemExit) as left:
            finish([], read)
        assert left.value.code == code
    told = capsys.readouterr()
    assert told.out == ""
    assert (told.err == "") is (said == "")
    assert said in told.err


def test_faults_are_warnings_and_cannot_command_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    finish(["a\x1b[2J.log: does not exist"], Read())
    assert capsys.readouterr().err == "warning: a\\x1b[2J.log: does not exist\n"


def test_fail_on_leaves_with_findings_of_that_severity_or_worse() -> None:
    fail(typical(), None)
    fail(empty(), "informational")
    scan = empty(findings=(finding(severity="medium"),))
    fail(scan, "high")
    for level in ("medium", "low"):
        with pytest.raises(SystemExit) as left:
            fail(scan, level)
        assert left.value.code == Exit.FINDINGS
