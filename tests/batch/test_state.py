import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from logscan.batch import state
from logscan.batch.archive import load_parts
from logscan.batch.state import MIGRATIONS, NAME, open_state, state_error, transaction
from logscan.model.errors import StateError


def test_a_new_state_has_the_newest_version_and_writes_ahead(tmp_path: Path) -> None:
    db = open_state(tmp_path / "data" / NAME)
    assert db.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    db.close()
    open_state(tmp_path / "data" / NAME).close()


def test_every_older_state_is_brought_up_and_keeps_what_it_holds(tmp_path: Path) -> None:
    step = "CREATE TABLE later (x TEXT); -- a comment; with a semicolon\nINSERT INTO later VALUES ('y;z');\n"
    for done in range(len(MIGRATIONS) + 1):
        path = tmp_path / f"{done}.sqlite"
        with pytest.MonkeyPatch.context() as before:
            before.setattr(state, "MIGRATIONS", MIGRATIONS[:done])
            open_state(path).close()
            before.setattr(state, "MIGRATIONS", (*MIGRATIONS, step))
            db = open_state(path)
            assert db.execute("SELECT x FROM later").fetchall() == [("y;z",)]
            assert db.execute("SELECT count(*) FROM outbox, facts, history").fetchone() == (0,)
            db.close()


def test_a_step_that_fails_leaves_the_state_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_state(tmp_path / NAME).close()
    monkeypatch.setattr(state, "MIGRATIONS", (*MIGRATIONS, "CREATE TABLE one (x);\nCREATE TABLE one (x);\n"))
    with pytest.raises(StateError, match="already exists"):
        open_state(tmp_path / NAME)
    monkeypatch.undo()
    db = open_state(tmp_path / NAME)
    assert not db.execute("SELECT name FROM sqlite_master WHERE name = 'one'").fetchall()
    db.close()


def test_a_later_state_is_refused(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / NAME)
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(
        StateError, match=r"was written by a later logscan: version 99, this one knows \d+\n +hint: upd"
    ):
        open_state(tmp_path / NAME)


def test_what_is_no_state_is_told(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"nothing of the kind" * 100)
    with pytest.raises(StateError, match="file is not a database"):
        open_state(tmp_path / NAME)
    with pytest.raises(StateError, match="holds no archive"):
        open_state(tmp_path / "none" / NAME, make=False)


def test_a_transaction_is_all_or_nothing(tmp_path: Path) -> None:
    db = open_state(tmp_path / NAME)
    with pytest.raises(sqlite3.IntegrityError), transaction(db):
        db.executemany("INSERT INTO facts VALUES (?, ?)", [("a", "b"), ("a", "c")])
    assert not db.execute("SELECT * FROM facts").fetchall()
    db.close()


def test_a_state_without_a_column_of_its_version_is_told_as_too_old(tmp_path: Path) -> None:
    with closing(open_state(tmp_path / NAME)) as db:
        db.execute("ALTER TABLE parts DROP COLUMN tables")
        with pytest.raises(sqlite3.OperationalError) as told:
            load_parts(db)
    assert "an early logscan: name another data folder" in str(state_error(tmp_path, told.value))
