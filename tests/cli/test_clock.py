"""The clock of a run can be fixed."""

from datetime import UTC, datetime
from pathlib import Path

import click
import pytest

from logscan.cli.clock import clock
from tests.system.tool import run

LINE = '203.0.113.9 - - [12/Mar/2026:09:00:00 +0000] "GET /a HTTP/1.1" 401 12 "-" "curl/8"\n'


def test_it_is_now_unless_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    before = datetime.now(UTC)
    assert before <= clock() <= datetime.now(UTC)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "")
    assert clock() >= before
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1773306000")
    assert clock() == datetime(2026, 3, 12, 9, tzinfo=UTC)


@pytest.mark.parametrize("value", ["soon", "-1", "1.5", "1e9", "٣", "9" * 30, " 1"])
def test_what_is_no_time_is_told(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", value)
    with pytest.raises(click.UsageError, match="SOURCE_DATE_EPOCH"):
        clock()


def test_a_page_of_the_same_logs_clock_and_command_is_the_same_byte_by_byte(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "a.log").write_text(LINE * 3)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1773306000")
    for command in ("report", "bundle"):
        made = [run(command, tmp_path / "a.log", "-o", "-") for _ in range(2)]
        assert made[0].stdout_bytes == made[1].stdout_bytes
        assert made[0].stdout_bytes
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    told = run("report", tmp_path / "a.log", "-o", "-")
    assert told.exit_code == 2
    assert "SOURCE_DATE_EPOCH" in told.stderr
