"""The state: one SQLite file, brought to the newest version, changed in whole steps."""

import sqlite3
from pathlib import Path

import pytest

from logscan.batch.state import MIGRATIONS, open_state, transaction
from logscan.model.errors import SettingsError


def test_it_is_made_once_and_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "data" / "state.db"
    for _ in range(2):
        state = open_state(path)
        assert state.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        assert state.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        state.close()


def test_a_step_that_fails_leaves_nothing(tmp_path: Path) -> None:
    state = open_state(tmp_path / "state.db")
    with pytest.raises(sqlite3.IntegrityError):
        twice(state)
    assert state.execute("SELECT count(*) FROM alerting").fetchone() == (0,)
    with transaction(state):
        state.execute("INSERT INTO alerting (name, body) VALUES ('a', '1')")
    assert state.execute("SELECT count(*) FROM alerting").fetchone() == (1,)
    state.close()


def twice(state: sqlite3.Connection) -> None:
    with transaction(state):
        for _ in range(2):
            state.execute("INSERT INTO alerting (name, body) VALUES ('a', '1')")


def test_every_older_version_is_brought_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for done in range(len(MIGRATIONS)):
        path = tmp_path / f"{done}.db"
        with monkeypatch.context() as before:
            before.setattr("logscan.batch.state.MIGRATIONS", MIGRATIONS[:done])
            open_state(path).close()
        state = open_state(path)
        assert state.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        assert state.execute("SELECT count(*) FROM outbox").fetchone() == (0,)
        state.close()


def test_a_newer_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    open_state(path).close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(SettingsError, match="newer logscan"):
        open_state(path)


def test_what_is_no_state_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    path.write_text("these are notes, not a database\n" * 200, "utf-8")
    with pytest.raises(SettingsError, match="cannot be used") as told:
        open_state(path)
    assert str(path) in str(told.value)
    assert path.read_text("utf-8").startswith("these are notes")
