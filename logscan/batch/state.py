"""What runs remember, in one SQLite file; who comes later adds tables by a step of MIGRATIONS."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from logscan.batch.history import HISTORY_TABLES
from logscan.batch.memory import ALERT_TABLES
from logscan.model.errors import StateError, Where

NAME = "state.sqlite"
_BUSY_S = 30.0  # how long a writer waits for another one

_RUN_TABLES = """
CREATE TABLE files (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL,             -- its last name
    dev INTEGER NOT NULL, ino INTEGER NOT NULL, member TEXT NOT NULL,
    size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL,
    mark TEXT NOT NULL, line INTEGER NOT NULL, header TEXT NOT NULL,  -- where reading goes on
    known TEXT NOT NULL, why TEXT NOT NULL, doubt TEXT NOT NULL, notes TEXT NOT NULL,
    reached TEXT NOT NULL,          -- the mark of all that was read, tails too
    whole INTEGER NOT NULL, plain INTEGER NOT NULL,
    gone_at TEXT,                   -- when no file with its content was there any more
    dropped INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE copies (
    path TEXT PRIMARY KEY,
    dev INTEGER NOT NULL, ino INTEGER NOT NULL, member TEXT NOT NULL,
    size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL,
    file INTEGER NOT NULL,          -- whose content it holds; 0: it is no log
    why TEXT NOT NULL
) STRICT;
CREATE TABLE parts (
    name TEXT PRIMARY KEY,
    tail INTEGER NOT NULL,
    first INTEGER, last INTEGER,    -- microseconds since 1970, of its events; null: none has a time
    untimed INTEGER NOT NULL,
    level INTEGER NOT NULL,
    rules TEXT NOT NULL,
    rows INTEGER NOT NULL, bytes INTEGER NOT NULL,
    made_at TEXT NOT NULL,
    tables TEXT NOT NULL            -- those that it has rows of
) STRICT;
CREATE TABLE runs (
    at TEXT PRIMARY KEY,            -- when it began, RFC 3339
    finished TEXT NOT NULL,
    outcome TEXT NOT NULL,          -- done | nothing new | failed | stopped
    told TEXT NOT NULL              -- JSON: what `logscan run` printed
) STRICT;
CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
"""

# Each step takes the file from the version that is its place to the next one; a step that was released never changes.
MIGRATIONS: tuple[str, ...] = (HISTORY_TABLES, ALERT_TABLES, _RUN_TABLES)


def open_state(path: Path, *, make: bool = True) -> sqlite3.Connection:
    """The state, brought to this version; nothing is written but within `transaction`.

    In:     path: NAME in a data folder
    Errors: StateError when it cannot be opened, or a later logscan wrote it
    """
    try:
        if make:
            path.parent.mkdir(parents=True, exist_ok=True)
        elif not path.is_file():
            raise StateError(
                "holds no archive", where=Where(str(path.parent)), hint="name the data folder of logscan.toml"
            )
        db = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
        try:
            _prepare(db, path)
        except BaseException:
            db.close()
            raise
    except (OSError, sqlite3.Error) as fault:
        raise state_error(path, fault) from fault
    return db


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA foreign_keys = ON")
    if _version(db) == len(MIGRATIONS):
        return
    with transaction(db):
        version = _version(db)
        if version > len(MIGRATIONS):
            what = f"was written by a later logscan: version {version}, this one knows {len(MIGRATIONS)}"
            raise StateError(what, where=Where(str(path)), hint="update logscan, or name another data folder")
        for step in MIGRATIONS[version:]:
            for statement in _statements(step):
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _statements(script: str) -> Iterator[str]:
    """One by one: `executescript` would end the transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """All of these changes or none."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield db
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def state_error(path: Path, fault: OSError | sqlite3.Error) -> StateError:
    """Why something that is kept cannot be read or written, and the way out."""
    words = (fault.strerror or str(fault)) if isinstance(fault, OSError) else str(fault)
    full = "no space" in words.lower() or "disk is full" in words or "quota" in words.lower()
    other = words.startswith("no such ")  # table, column: from before there was a release
    hint = "make room on the disk" if full else "check the folder and the rights to it"
    hint = "it is of an early logscan: name another data folder" if other else hint
    return StateError(f"cannot be read or written: {words}", where=Where(str(path)), hint=hint)
