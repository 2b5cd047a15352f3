"""From a scan to what people are told: the one step that a run takes after each evaluation."""

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from logscan.alert.document import about, described, document, summary
from logscan.alert.gate import Gate, Quiet, Seen, gate
from logscan.alert.incident import Incident, Notice
from logscan.alert.rows import finding_rows
from logscan.alert.silence import Silence, of_state, silences
from logscan.alert.sinks.sink import Document, Outcome, Sink
from logscan.batch import outbox
from logscan.batch.memory import (
    Documents,
    end_silences,
    live_documents,
    read_documents,
    read_memory,
    read_silences,
    write_memory,
)
from logscan.batch.state import transaction
from logscan.batch.words import words_of
from logscan.engine.scan import Answer
from logscan.model.finding import Scan
from logscan.model.severity import severity_rank
from logscan.rules.alerts import AlertRules
from logscan.rules.correlate import correlate

_LEAST, _UNKNOWN = timedelta(minutes=15), timedelta(hours=25)  # how long what is said is believed
_MISSED = 3  # runs that may fail before it is not


@dataclass(frozen=True)
class Alerting:
    """All that alerts are told by: settings, rules and sinks, ready to use. url: where people find the report"""

    rules: AlertRules
    sinks: tuple[Sink, ...] = ()
    quiet: Quiet = field(default_factory=Quiet)
    silences: tuple[Silence, ...] = ()
    url: str = ""


class Told(NamedTuple):
    """What one evaluation told.

    kinds   notices by kind;  active: incidents that go on;  silenced: of which so many are not to be told
    sinks   what became of the delivery to each;  left: what none has got yet
    """

    kinds: Mapping[str, int]
    active: int
    silenced: int
    sinks: Mapping[str, Outcome]
    left: tuple[outbox.Left, ...]

    @property
    def faults(self) -> tuple[str, ...]:
        """What could not be delivered, in words."""
        return tuple(f"{name}: {each.fault}" for name, each in self.sinks.items() if each.fault)


def notify(state: sqlite3.Connection, answer: Answer | None, alerting: Alerting, now: datetime) -> Told:
    """Evaluate, remember, put into the outbox, and deliver what is there.

    In:  answer: the scan that was made; None when nothing new was read, and only what waits is to be delivered
    Law: memory and outbox change together; what a crash interrupts is delivered at the next call, under the same ids
    """
    kinds: Counter[str] = Counter()
    if answer is not None:
        kinds.update(_evaluate(state, answer, alerting, now))
    return deliver(state, alerting, now, kinds=kinds)


def deliver(
    state: sqlite3.Connection, alerting: Alerting, now: datetime, *, kinds: Mapping[str, int] | None = None
) -> Told:
    """Hand the sinks what waits, and those that show a state what goes on."""
    memory = read_memory(state)
    live = live_documents(state)

    def for_sink(sink: Sink) -> Sequence[Document]:
        return [each for each in live if severity_rank(each["severity"]) >= severity_rank(sink.level)]

    outcomes = outbox.drain(state, alerting.sinks, for_sink, now, lasts(memory.evaluated))
    going = [each for each in memory.incidents.values() if each.live]
    silenced = sum(each.silenced for each in going)
    return Told(dict(kinds or {}), len(going), silenced, outcomes, tuple(outbox.left(state)))


def lasts(evaluated: Sequence[datetime]) -> timedelta:
    """How long what is said now is to be believed when nothing more is heard: some runs may fail, not all."""
    if len(evaluated) < 2:
        return _UNKNOWN
    return max(_LEAST, _MISSED * (evaluated[-1] - evaluated[-2]))


def _evaluate(state: sqlite3.Connection, answer: Answer, alerting: Alerting, now: datetime) -> list[str]:
    scan = answer.scan
    pages = correlate(finding_rows(scan.told, now), alerting.rules.correlations)
    with transaction(state):
        end_silences(state, now)
        quieted = silences((*alerting.silences, *map(of_state, read_silences(state))), now)
        memory = read_memory(state)
        judged = gate(scan.told, pages, memory, seen=coverage(scan), now=now, quiet=alerting.quiet, silenced=quieted)
        documents = _documents(answer, judged, read_documents(state), alerting.url)
        write_memory(state, judged.memory, documents)
        for sink in alerting.sinks:
            for each in _for(sink, judged, documents, now, alerting.url):
                outbox.put(state, sink.name, each, now)
        outbox.forget(state, [sink.name for sink in alerting.sinks], now)
    return [notice.kind for notice in judged.notices]


def coverage(scan: Scan) -> Seen:
    lasts_ = [each.last for each in scan.inputs if each.last]
    traffic = [bucket for bucket, what, events in scan.timeline if what == "ok" and events]
    return Seen(max(lasts_, default=None), max(traffic, default=None), whole=not scan.partial and not scan.faults)


def _documents(answer: Answer, judged: Gate, before: Documents, url: str) -> dict[str, dict[str, Any]]:
    """Of each incident that goes on or is told of, as sinks are to know it from now on."""
    notices = {notice.incident.id: notice for notice in judged.notices}
    incidents = judged.memory.incidents
    asked = {key: each for key, each in incidents.items() if each.live or key in notices}
    findings = {found.id: found for found in answer.scan.told}
    worst = {key: _worst(each, findings) for key, each in asked.items()}
    words = words_of(answer.scan, answer.library, set(worst.values())) if any(worst.values()) else {}
    made = {}
    for key, incident in asked.items():
        name = worst[key]
        known = described(findings[name], words[name]) if name else before[key]["finding"]
        if key in notices:
            made[key] = document(notices[key], known, url=url)
        else:
            last = before.get(key) or document(Notice(f"{key}-0", "new", incident.started, incident), known, url=url)
            made[key] = {**last, "incident": about(incident), "finding": known}
    return made


def _worst(incident: Incident, findings: Mapping[str, Any]) -> str:
    """The finding that stands for all of them; empty when none is there any more."""
    return next((name for name, _ in incident.failing if name in findings), "")


def _for(
    sink: Sink, judged: Gate, documents: Mapping[str, dict[str, Any]], now: datetime, url: str
) -> list[Mapping[str, Any]]:
    def loud(severity: str) -> bool:
        return severity_rank(severity) >= severity_rank(sink.level)

    alone = [each for each in judged.notices if not (sink.for_people and each.held)]
    found: list[Mapping[str, Any]] = [documents[each.incident.id] for each in alone]
    found = [each for each in found if loud(each["severity"])]
    summed = [each for each in judged.summary if sink.for_people and loud(each.incident.severity)]
    return [*found, summary(summed, documents, now, url=url)] if summed else found
