"""How scheduled runs stand."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from logscan.batch.config import Config, load_config
from logscan.batch.history import record_run
from logscan.batch.state import NAME, open_state
from logscan.batch.status import read_status
from logscan.report.status import Status
from tests.report.scans import empty, finding, library

NOW = datetime(2026, 3, 12, 14, 0, tzinfo=UTC)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "a.log").write_text("x" * 99 + "\n")
    (tmp_path / "logscan.toml").write_text('[[sources]]\npaths = ["logs/*.log"]\n')
    return load_config(tmp_path / "logscan.toml", {})


@pytest.fixture
def db(config: Config) -> Iterator[sqlite3.Connection]:
    with closing(open_state(config.data / NAME)) as made:
        yield made


def ran(db: sqlite3.Connection, ago: timedelta, outcome: str = "done") -> None:
    at = NOW - ago
    told = json.dumps({"files": 1, "lines": 5, "failures": 2})
    db.execute(
        "INSERT INTO runs VALUES (?, ?, ?, ?)", (at.isoformat(), (at + timedelta(seconds=9)).isoformat(), outcome, told)
    )


def status(config: Config, db: sqlite3.Connection | None) -> Status:
    return read_status(config, db, now=NOW, max_age_s=3600)


def test_before_the_first_run_somebody_should_look(config: Config) -> None:
    found = status(config, None)
    assert found.wrong == ("there was no run yet",)
    assert [(each.files, each.unread, each.unread_bytes) for each in found.sources] == [(1, 1, 100)]
    config.data.parent.joinpath("logs", "a.log").unlink()
    assert status(config, None).wrong[1].endswith("has no file")


def test_what_was_not_read_is_the_lag(config: Config, db: sqlite3.Connection) -> None:
    ran(db, timedelta(minutes=5))
    found = status(config, db)
    assert not found.wrong
    assert [(each.files, each.unread, each.unread_bytes) for each in found.sources] == [(1, 1, 100)]
    assert found.lag_s == 300


@pytest.mark.parametrize(
    ("outcome", "words"), [("failed", ("the last run: failed",)), ("busy", ()), ("stopped", ()), ("nothing new", ())]
)
def test_how_the_last_run_went(config: Config, db: sqlite3.Connection, outcome: str, words: tuple[str, ...]) -> None:
    ran(db, timedelta(minutes=9))
    ran(db, timedelta(minutes=5), outcome)
    found = status(config, db)
    assert found.last is not None
    assert found.last.outcome == outcome
    assert found.wrong == words


def test_a_good_run_of_long_ago_is_told(config: Config, db: sqlite3.Connection) -> None:
    ran(db, timedelta(hours=3))
    ran(db, timedelta(minutes=5), "failed")
    assert status(config, db).wrong == ("the last run: failed", "the last good run ended 3 h ago")


def test_a_source_without_a_file_is_told(config: Config, db: sqlite3.Connection) -> None:
    ran(db, timedelta(minutes=5))
    (config.path.parent / "logs" / "a.log").unlink()
    assert any("has no file" in words for words in status(config, db).wrong)


def test_what_waits_to_be_sent_and_what_was_refused(config: Config, db: sqlite3.Connection) -> None:
    ran(db, timedelta(minutes=5))
    row = (
        "INSERT INTO outbox (sink, notice, document, created, next_try, refused, fault) VALUES (?, ?, '{}', ?, ?, ?, ?)"
    )
    at = (NOW - timedelta(minutes=2)).isoformat()
    db.execute(row, ("pager", "1", at, at, 0, ""))
    found = status(config, db)
    assert [(each.sink, each.waiting, each.refused) for each in found.outbox] == [("pager", 1, 0)]
    assert not found.wrong
    db.execute(row, ("pager", "2", at, at, 1, "404 not found"))
    old = (NOW - timedelta(hours=2)).isoformat()
    db.execute(row, ("chat", "3", old, old, 0, ""))
    db.execute(row, ("mail", "4", at, at, 0, "timed out"))
    assert status(config, db).wrong == (
        "pager refused 1: 404 not found",
        "chat has not taken what waits since 2026-03-12 12:00:00",
        "mail has not taken what waits since 2026-03-12 13:58:00: timed out",
    )


def test_what_goes_on_is_what_the_last_run_found_open(config: Config, db: sqlite3.Connection) -> None:
    ran(db, timedelta(minutes=5))
    for k, found in enumerate([finding(id="a"), finding(id="b", state="closed")]):
        scan = empty(findings=(found, finding(id="c", cause="api_key_invalid")))
        record_run(db, scan, library().taxonomy, at=NOW + timedelta(minutes=k), report="", lines=1, failures=1)
    assert [each.id for each in status(config, db).open] == ["c"]


def test_nothing_is_written(config: Config, db: sqlite3.Connection) -> None:
    ran(db, timedelta(minutes=5))
    before = db.total_changes
    status(config, db)
    assert db.total_changes == before
