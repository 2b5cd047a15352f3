"""A run, from settings to the page."""

import json
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from logscan.batch.collect import take_in
from logscan.batch.config import Config
from logscan.batch.run import Around, Outcome, run_once
from logscan.batch.state import NAME, open_state, transaction
from logscan.model.errors import LogscanError, StateError
from tests.batch.runs import KEY, NOW, access, archived, cache_folder, config, definitions, scanned, summary


def around(**more: object) -> Around:
    told: dict[str, object] = {
        "key": KEY,
        "cache": Path(cache_folder().name),
        "version": "0",
        "command": "logscan run",
        "stop": lambda: False,
        "sleep": lambda _: None,
        "clock": lambda: NOW,
        "bundle": lambda: "",
    }
    return Around(**told | more)  # type: ignore[arg-type]


def once(settings: Config, minutes: int = 0, **more: object) -> Outcome:
    return run_once(settings, around(**more), NOW + timedelta(minutes=minutes))


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_only_what_is_new_is_read_and_the_report_tells_all_of_it(tmp_path: Path) -> None:
    settings = config(tmp_path)
    log = tmp_path / "logs" / "access.log"
    log.write_bytes(access(0, 60))
    first = once(settings)
    assert (first.outcome, first.counted.lines, first.report) == ("done", 60, "report-2030-01-01.html")
    log.write_bytes(access(0, 90))
    second = once(settings, 5)
    assert (second.outcome, second.counted.lines) == ("done", 30)
    assert json.loads(second.line())["lines"] == 30
    assert summary(archived(settings)) == summary(scanned(log))
    assert (settings.reports.folder / "index.html").is_file()


def test_a_run_with_nothing_new_changes_no_byte_of_any_output(tmp_path: Path) -> None:
    settings = config(tmp_path)
    (tmp_path / "logs" / "access.log").write_bytes(access(0, 30))
    once(settings)
    before = files(settings.reports.folder), files(settings.data / "archive")
    told = once(settings, 60)
    assert told.outcome == "nothing new"
    assert (files(settings.reports.folder), files(settings.data / "archive")) == before


def outage() -> bytes:
    """Of the last two hours; the second one lets nobody in."""
    moments = [NOW - timedelta(seconds=15 * number) for number in range(480, 0, -1)]
    line = '192.0.2.{} - - [{:%d/%b/%Y:%H:%M:%S +0000}] "GET /api HTTP/1.1" {} 9 "-" "app/3"\n'
    return "".join(line.format(n % 9, at, 401 if n > 240 else 200) for n, at in enumerate(moments)).encode()


def test_people_are_told_once_though_the_report_cannot_be_written(tmp_path: Path) -> None:
    settings = config(tmp_path, '[[sources]]\npaths = ["logs"]\n[[sinks]]\nkind = "ndjson"\npath = "told"\n')
    (tmp_path / "logs" / "access.log").write_bytes(outage())
    settings.reports.folder.write_text("in the way", "utf-8")
    for minutes in (0, 5):
        with pytest.raises(StateError, match="cannot be read or written"):
            once(settings, minutes)
    settings.reports.folder.unlink()
    assert once(settings, 10).outcome == "done"
    [told] = (tmp_path / "told").read_text("utf-8").splitlines()
    assert json.loads(told)["event"]["action"] == "incident-new"


def test_runs_are_remembered_as_long_as_their_reports(tmp_path: Path) -> None:
    settings = config(tmp_path, '[[sources]]\npaths = ["logs"]\n[retention]\nreports = "1h"\n')
    (tmp_path / "logs" / "access.log").write_bytes(access(0, 30))
    for minutes in (0, 40, 80):
        once(settings, minutes)
    with closing(open_state(settings.data / NAME)) as db:
        assert db.execute("SELECT count(*) FROM runs").fetchone() == (2,)


def test_a_report_of_failures_that_other_rules_classified_says_by_which_they_are_classified_now(tmp_path: Path) -> None:
    settings = config(tmp_path)
    (tmp_path / "logs" / "access.log").write_bytes(access(0, 30))
    first = once(settings)
    page = settings.reports.folder / first.report
    assert "classified anew" not in page.read_text("utf-8")
    db = open_state(settings.data / NAME)
    with transaction(db):
        db.execute("UPDATE parts SET rules = ?", ("0123456789abcdef" * 4,))
    db.close()
    with (tmp_path / "logs" / "access.log").open("ab") as log:
        log.write(access(25, 9))
    once(settings, minutes=5)
    told = page.read_text("utf-8")
    assert f"(0123456789ab): classified anew by {definitions().library.digest[:12]}" in told


@pytest.mark.parametrize("times", [1, 2])
def test_a_log_that_is_rotated_while_a_run_reads_it_is_found_where_it_is_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    settings = config(tmp_path)
    logs = tmp_path / "logs"
    (logs / "access.log").write_bytes(access(0, 60))
    left = iter(range(times))

    def rotated(*given: object) -> list[LogscanError]:
        if (number := next(left, None)) is not None:
            (logs / f"access.log{f'.{number}' if number else ''}").rename(logs / f"access.log.{number + 1}")
        return take_in(*given)  # type: ignore[arg-type]

    monkeypatch.setattr("logscan.batch.run.take_in", rotated)
    told = once(settings)
    assert (told.outcome, told.counted.lines, told.faults) == ("done", 60, ())
    assert summary(archived(settings)) == summary(scanned(logs / f"access.log.{times}"))


def test_a_log_that_is_always_elsewhere_is_told_and_left_to_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = config(tmp_path)
    log, away = tmp_path / "logs" / "access.log", tmp_path / "elsewhere"
    log.write_bytes(access(0, 60))

    def hidden(*given: object) -> list[LogscanError]:
        log.rename(away)
        try:
            return take_in(*given)  # type: ignore[arg-type]
        finally:
            away.rename(log)

    with monkeypatch.context() as patch:
        patch.setattr("logscan.batch.run.take_in", hidden)
        told = once(settings)
    assert (told.counted.lines, told.failed) == (0, False)
    assert [fault.what for fault in told.faults] == ["went away while it was looked at"]
    assert once(settings, 5).counted.lines == 60
