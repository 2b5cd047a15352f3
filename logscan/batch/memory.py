"""The gate's memory in SQLite."""

import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from logscan.alert.incident import Incident, Memory, from_json, moment, moment_text, to_json

# A step of batch/state.py.
ALERT_TABLES = """
CREATE TABLE incidents (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL,      -- JSON: what the gate remembers
    document TEXT NOT NULL   -- JSON: what sinks were last told
) STRICT;
CREATE TABLE alerting (name TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE silences (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE outbox (
    sink TEXT NOT NULL, notice TEXT NOT NULL, document TEXT NOT NULL, created TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0, next_try TEXT NOT NULL, fault TEXT NOT NULL DEFAULT '',
    refused INTEGER NOT NULL DEFAULT 0,   -- 1: the sink said no, and is not asked again
    PRIMARY KEY (sink, notice)
) STRICT;
"""

Documents = Mapping[str, Mapping[str, Any]]


def read_memory(state: sqlite3.Connection) -> Memory:
    rows = state.execute("SELECT id, body FROM incidents ORDER BY id").fetchall()
    told = {name: json.loads(body) for name, body in state.execute("SELECT name, body FROM alerting").fetchall()}
    return Memory(
        incidents={key: from_json(json.loads(body)) for key, body in rows},
        evaluated=tuple(map(moment, told.get("evaluated", []))),
        sent=tuple(map(moment, told.get("sent", []))),
        held=told.get("held", {}),
        health=told.get("health", {}),
    )


def write_memory(state: sqlite3.Connection, memory: Memory, documents: Documents) -> None:
    """Within a transaction of the caller.

    In:  documents: what sinks are told of an incident, where that is new
    Law: what has not changed is not written; what the memory lacks is gone
    """
    known = dict(state.execute("SELECT id, body FROM incidents").fetchall())
    for key in known.keys() - memory.incidents.keys():
        state.execute("DELETE FROM incidents WHERE id = ?", (key,))
    for key, incident in memory.incidents.items():
        body = _text(to_json(incident))
        if known.get(key) != body:
            state.execute(
                "INSERT INTO incidents (id, body, document) VALUES (?, ?, '{}')"
                " ON CONFLICT (id) DO UPDATE SET body = excluded.body",
                (key, body),
            )
        if key in documents:
            state.execute("UPDATE incidents SET document = ? WHERE id = ?", (_text(documents[key]), key))
    rest = {
        "evaluated": [moment_text(when) for when in memory.evaluated],
        "sent": [moment_text(when) for when in memory.sent],
        "held": memory.held,
        "health": memory.health,
    }
    for name, value in rest.items():
        state.execute(
            "INSERT INTO alerting (name, body) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body",
            (name, _text(value)),
        )


def live_documents(state: sqlite3.Connection) -> list[dict[str, Any]]:
    """What sinks were last told of each incident that goes on."""
    rows = state.execute("SELECT body, document FROM incidents WHERE document != '{}' ORDER BY id").fetchall()
    live = [(from_json(json.loads(body)), json.loads(document)) for body, document in rows]
    return [document for incident, document in live if incident.live and incident.told]


def read_documents(state: sqlite3.Connection) -> dict[str, dict[str, Any]]:
    """By incident, those that are over among them."""
    rows = state.execute("SELECT id, document FROM incidents WHERE document != '{}' ORDER BY id").fetchall()
    return {key: json.loads(document) for key, document in rows}


def change_incident(state: sqlite3.Connection, incident: Incident) -> None:
    """Within a transaction of the caller."""
    state.execute("UPDATE incidents SET body = ? WHERE id = ?", (_text(to_json(incident)), incident.id))


def read_silences(state: sqlite3.Connection) -> list[dict[str, Any]]:
    rows = state.execute("SELECT id, body FROM silences ORDER BY id").fetchall()
    return [{**json.loads(body), "id": key} for key, body in rows]


def add_silence(state: sqlite3.Connection, silence: Mapping[str, Any]) -> int:
    """Within a transaction of the caller. Out: its number"""
    return int(state.execute("INSERT INTO silences (body) VALUES (?)", (_text(silence),)).lastrowid or 0)


def drop_silences(state: sqlite3.Connection, incident: str) -> None:
    """Within a transaction of the caller."""
    for silence in read_silences(state):
        if silence["incident"] == incident:
            state.execute("DELETE FROM silences WHERE id = ?", (silence["id"],))


def end_silences(state: sqlite3.Connection, now: datetime) -> None:
    """Forget those that are over, within a transaction of the caller."""
    for silence in read_silences(state):
        if silence["until"] and moment(silence["until"]) <= now:
            state.execute("DELETE FROM silences WHERE id = ?", (silence["id"],))


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, sort_keys=True)
