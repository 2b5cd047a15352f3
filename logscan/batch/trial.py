"""What `logscan alert` shows and changes: incidents, silences, and whether sinks can be reached."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from sqlite3 import Connection
from typing import Any

from logscan.alert.document import marked_test
from logscan.alert.incident import Incident, moment_text
from logscan.alert.sinks.sink import Delivery, Entry, Sink
from logscan.batch import outbox
from logscan.batch.config import Config
from logscan.batch.memory import (
    add_silence,
    drop_silences,
    live_documents,
    read_documents,
    read_memory,
    read_silences,
)
from logscan.batch.notice import lasts
from logscan.batch.state import NAME, open_state, transaction
from logscan.model.errors import SettingsError, Where


def try_sinks(config: Config, sinks: Sequence[Sink], now: datetime) -> dict[str, str]:
    """Hand each sink a notice that says it is a test. Out: name -> what went wrong, empty when it was taken

    Law: nothing is remembered, and what sinks show of incidents stays as it is
    """
    document = marked_test(now, url=config.alerts.url)
    live: Sequence[Mapping[str, Any]] = ()
    health: Mapping[str, Any] = {}
    path, believed = config.data / NAME, lasts(())
    if path.is_file():
        state = open_state(path)
        memory = read_memory(state)
        live, health, believed = live_documents(state), memory.health, lasts(memory.evaluated)
        state.close()
    found = {}
    for sink in sinks:
        entry = Entry(document["id"], document)
        outcome = sink.deliver(Delivery((entry,), live, now, believed, health))
        found[sink.name] = outcome.fault or outcome.refused.get(entry.notice, "")
    return found


def listed(state: Connection, *, every: bool) -> list[dict[str, str]]:
    """Incidents, those that go on first, then by when they began."""
    documents = read_documents(state)
    found = [each for each in read_memory(state).incidents.values() if every or each.live]
    found.sort(key=lambda each: (not each.live, each.started, each.id))
    return [_row(each, documents.get(each.id, {})) for each in found]


def standing(state: Connection) -> list[str]:
    """In words: silences, and what sinks have not got."""
    silent = [
        f"{each['incident']} is silent until {each['until']}" + (f": {each['reason']}" if each["reason"] else "")
        for each in read_silences(state)
    ]
    waiting = []
    for left in outbox.left(state):
        counts = [f"{left.waiting} waiting"] * bool(left.waiting) + [f"{left.refused} refused"] * bool(left.refused)
        waiting.append(f"sink {left.sink}: {', '.join(counts)}" + (f": {left.fault}" if left.fault else ""))
    return silent + waiting


def find(state: Connection, name: str) -> Incident:
    """By its id, or the beginning of it. Errors: SettingsError when there is none, or more than one"""
    found = [each for key, each in read_memory(state).incidents.items() if key.startswith(name) and name]
    if len(found) == 1:
        return found[0]
    hint = f"write more of one of: {', '.join(each.id for each in found[:5])}" if found else "see: logscan alert list"
    what = f"{len(found)} incidents begin with `{name}`" if found else f"there is no incident `{name}`"
    raise SettingsError(what, where=Where("INCIDENT"), hint=hint)


def quieten(state: Connection, incident: Incident, *, until: datetime, now: datetime, reason: str) -> None:
    """One silence in place of all that the incident had; none when its end is past."""
    with transaction(state):
        drop_silences(state, incident.id)
        if until > now:
            add_silence(state, {"incident": incident.id, "until": moment_text(until), "reason": reason})


def _row(incident: Incident, document: Mapping[str, Any]) -> dict[str, str]:
    marks = {
        "silenced": incident.silenced,
        "flapping": incident.flapping,
        f"taken by {incident.acked}": bool(incident.acked),
    }
    return {
        "incident": incident.id,
        "status": incident.status,
        "severity": incident.severity,
        "started": moment_text(incident.started),
        "last_seen": moment_text(incident.last_seen),
        "told": moment_text(incident.told.at) if incident.told else "-",
        "title": str(document.get("finding", {}).get("title") or incident.rule),
        "marks": ", ".join(name for name, holds in marks.items() if holds),
    }
