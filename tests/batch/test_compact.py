"""Merging and forgetting leave the rows that are kept as they were."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from logscan.batch.archive import Archive, load_parts
from logscan.batch.compact import maintain
from logscan.batch.config import Config
from logscan.batch.state import NAME, open_state
from tests.batch.runs import access, archived, config, run, summary, table

BEGIN = datetime.fromtimestamp(1_773_300_000, UTC)  # of `access`


def care(settings: Config, now: datetime, keep: timedelta) -> int:
    """How many parts there are after it."""
    db = open_state(settings.data / NAME)
    try:
        maintain(db, Archive(settings.data), now, keep_s=keep.total_seconds())
        return len(load_parts(db))
    finally:
        db.close()


def test_many_small_parts_become_one_of_the_same_rows(tmp_path: Path) -> None:
    settings, log = config(tmp_path), tmp_path / "logs" / "access.log"
    for number in range(1, 20):
        log.write_bytes(access(0, 4 * number))
        run(settings)
    before, rows = summary(archived(settings)), table(settings, "visits").sort("@timestamp")
    assert care(settings, BEGIN + timedelta(days=1), timedelta(days=400)) == 3 + 1  # left, merged
    assert summary(archived(settings)) == before
    assert table(settings, "visits").sort("@timestamp").equals(rows)
    assert table(settings, "sources").height == 3 + 1
    assert care(settings, BEGIN + timedelta(days=1), timedelta(days=400)) == 4


def test_what_is_older_than_it_is_kept_goes_and_the_rest_stays(tmp_path: Path) -> None:
    settings, log = config(tmp_path), tmp_path / "logs" / "access.log"
    log.write_bytes(access(0, 100))
    run(settings, BEGIN + timedelta(hours=1))
    log.write_bytes(access(0, 100) + access(8640 * 5, 50))
    run(settings, BEGIN + timedelta(days=5, hours=1))
    care(settings, BEGIN + timedelta(days=6), timedelta(days=3))
    left = table(settings, "visits")["@timestamp"]
    assert len(left) == 50
    assert left.min() >= BEGIN + timedelta(days=3)  # type: ignore[operator]
    care(settings, BEGIN + timedelta(days=60), timedelta(days=3))
    assert not [*settings.data.glob("archive/*/*.parquet")]
    run(settings)
    log.write_bytes(access(0, 100) + access(8640 * 5, 50) + access(8640 * 59, 1))
    assert run(settings).lines == 1


def test_rows_that_were_read_anew_are_not_kept_twice(tmp_path: Path) -> None:
    settings, log = config(tmp_path), tmp_path / "logs" / "a.json"
    record = '{\n  "time": "2026-03-12T06:00:0%dZ",\n  "message": "login failed: invalid token"\n}\n'
    for count in range(1, 18):
        log.write_text("".join(record % (number % 10) for number in range(count)))
        run(settings)
    before = summary(archived(settings))
    care(settings, BEGIN + timedelta(days=1), timedelta(days=400))
    assert table(settings, "visits").height < 17 * 18 / 2
    assert summary(archived(settings)) == before
    assert before["summary"]["events"] == 17


def test_logs_of_old_times_that_are_read_today_are_kept_as_long_as_others(tmp_path: Path) -> None:
    settings = config(tmp_path)
    (tmp_path / "logs" / "access.log").write_bytes(access(0, 40))
    run(settings, BEGIN + timedelta(days=1000))
    care(settings, BEGIN + timedelta(days=1002), timedelta(days=3))
    assert table(settings, "visits").height == 40
    care(settings, BEGIN + timedelta(days=1005), timedelta(days=3))
    assert not [*settings.data.glob("archive/*/*.parquet")]
