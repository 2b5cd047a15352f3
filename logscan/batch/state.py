"""What scheduled runs remember, in one SQLite file."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from logscan.batch.history import HISTORY_TABLES
from logscan.batch.memory import ALERT_TABLES
from logscan.model.errors import SettingsError, Where

_WAIT_S = 30.0  # for another process that writes

# One script each, run once, in this order; `user_version` tells how many were. They are never changed, only added.
MIGRATIONS: tuple[str, ...] = (HISTORY_TABLES, ALERT_TABLES)


def open_state(path: Path) -> sqlite3.Connection:
    """The state, brought to the newest version.

    Law:    nothing is written but within `transaction`
    Errors: SettingsError when the file is no state, cannot be written, or was written by a newer logscan
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        state = sqlite3.connect(path, timeout=_WAIT_S, isolation_level=None)
    except (OSError, sqlite3.Error) as fault:
        raise _unusable(path, fault) from fault
    try:
        state.execute("PRAGMA journal_mode=WAL")
        state.execute("PRAGMA synchronous=FULL")
        _migrate(state, path)
    except sqlite3.Error as fault:
        state.close()
        raise _unusable(path, fault) from fault
    except SettingsError:
        state.close()
        raise
    return state


def _unusable(path: Path, fault: Exception) -> SettingsError:
    hint = "check the folder's owner, rights and free space"
    return SettingsError(f"the state cannot be used: {fault}", where=Where(str(path)), hint=hint)


@contextmanager
def transaction(state: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """All of the block, or nothing of it."""
    state.execute("BEGIN IMMEDIATE")
    try:
        yield state
    except BaseException:
        state.execute("ROLLBACK")
        raise
    state.execute("COMMIT")


def _migrate(state: sqlite3.Connection, path: Path) -> None:
    with transaction(state):
        done = int(state.execute("PRAGMA user_version").fetchone()[0])
        if done > len(MIGRATIONS):
            what = f"was written by a newer logscan (version {done}, this one knows {len(MIGRATIONS)})"
            raise SettingsError(what, where=Where(str(path)), hint="use that logscan, or another data folder")
        for script in MIGRATIONS[done:]:
            for statement in _statements(script):
                state.execute(statement)
        state.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _statements(script: str) -> Iterator[str]:
    """One by one: `executescript` would end the transaction."""
    waiting = ""
    for line in script.splitlines(keepends=True):
        waiting += line
        if sqlite3.complete_statement(waiting):
            yield waiting
            waiting = ""
