"""What is still to be delivered: written in the same step as the memory, taken out only once a sink has it."""

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from logscan.alert.incident import moment
from logscan.alert.sinks.sink import Delivery, Entry, Outcome, Sink
from logscan.batch.state import transaction

_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
_KEEP = timedelta(days=14)  # what no sink took for so long is of no use any more
_AT_ONCE = 500  # entries of one sink in one run


class Left(NamedTuple):
    """What a sink has not got yet. refused: it said no, and is not asked again; oldest: the first of the others"""

    sink: str
    waiting: int
    refused: int
    oldest: datetime | None
    fault: str


def put(state: sqlite3.Connection, sink: str, document: Mapping[str, Any], now: datetime) -> None:
    """Within a transaction of the caller. Law: the same notice stands there once for each sink"""
    told = json.dumps(document, ensure_ascii=True)
    when = _stamp(now)
    state.execute(
        "INSERT OR IGNORE INTO outbox (sink, notice, document, created, next_try) VALUES (?, ?, ?, ?, ?)",
        (sink, document["id"], told, when, when),
    )


def drain(
    state: sqlite3.Connection, sinks: Sequence[Sink], said: Callable[[Sink], Delivery], now: datetime
) -> dict[str, Outcome]:
    """Hand every sink what it has not got yet, oldest first.

    In:  said: a delivery with all but what is pending
    Law: an entry leaves only after its sink has taken it; one sink's fault holds no other up; none is tried earlier
         than it asked for
    """
    found = {}
    for sink in sinks:
        pending = _due(state, sink.name, now)
        if not pending and not sink.shows_state:
            found[sink.name] = Outcome()
            continue
        outcome = sink.deliver(said(sink)._replace(pending=pending))
        with transaction(state):
            _note(state, sink.name, pending, outcome, now)
        found[sink.name] = outcome
    return found


def left(state: sqlite3.Connection) -> list[Left]:
    rows = state.execute(
        "SELECT sink, SUM(refused = 0), SUM(refused), MIN(CASE WHEN refused = 0 THEN created END), MAX(fault)"
        " FROM outbox GROUP BY sink ORDER BY sink"
    ).fetchall()
    return [
        Left(sink, waiting, refused, moment(oldest) if oldest else None, fault)
        for sink, waiting, refused, oldest, fault in rows
    ]


def forget(state: sqlite3.Connection, sinks: Sequence[str], now: datetime) -> None:
    """Drop what is too old, and what was for a sink that is no more, within a transaction of the caller."""
    state.execute("DELETE FROM outbox WHERE created < ?", (_stamp(now - _KEEP),))
    marks = ", ".join("?" * len(sinks))
    state.execute(f"DELETE FROM outbox WHERE sink NOT IN ({marks})", tuple(sinks))  # noqa: S608 - marks alone


def _due(state: sqlite3.Connection, sink: str, now: datetime) -> tuple[Entry, ...]:
    rows = state.execute(
        "SELECT notice, document, tries FROM outbox WHERE sink = ? AND refused = 0 AND next_try <= ?"
        " ORDER BY created, rowid LIMIT ?",
        (sink, _stamp(now), _AT_ONCE),
    ).fetchall()
    return tuple(Entry(notice, json.loads(document), tries) for notice, document, tries in rows)


def _note(state: sqlite3.Connection, sink: str, pending: Sequence[Entry], outcome: Outcome, now: datetime) -> None:
    for entry in pending:
        key = (sink, entry.notice)
        if entry.notice in outcome.delivered:
            state.execute("DELETE FROM outbox WHERE sink = ? AND notice = ?", key)
        elif entry.notice in outcome.refused:
            state.execute(
                "UPDATE outbox SET refused = 1, tries = tries + 1, fault = ? WHERE sink = ? AND notice = ?",
                (outcome.refused[entry.notice], *key),
            )
        else:
            wait = outcome.wait or min(_FIRST_WAIT * 2 ** min(entry.tries, 10), _LONGEST_WAIT)
            state.execute(
                "UPDATE outbox SET tries = tries + 1, next_try = ?, fault = ? WHERE sink = ? AND notice = ?",
                (_stamp(now + wait), outcome.fault, *key),
            )


def _stamp(when: datetime) -> str:
    """Sorts as text."""
    return when.astimezone(UTC).isoformat(timespec="microseconds")
