"""From a scan to what people are told: the one step that a run takes after each evaluation."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any, NamedTuple

from logscan.alert.document import about, as_begun, described, document, summary
from logscan.alert.gate import Gate, Quiet, Seen, gate
from logscan.alert.incident import CHANGED, Incident, Notice, moment, moment_text
from logscan.alert.rows import finding_rows
from logscan.alert.settings import AlertSettings
from logscan.alert.silence import Silence, of_state, silences
from logscan.alert.sinks.sink import Delivery, Outcome, Sink
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
from logscan.model.taxonomy import UNCLASSIFIED
from logscan.report.context import build_page
from logscan.report.picture import timeline_pictures
from logscan.rules.alerts import AlertRules
from logscan.rules.correlate import correlate

_LEAST, _UNKNOWN = timedelta(minutes=15), timedelta(hours=25)  # how long what is said is believed
_MISSED = 3  # runs that may fail before it is not


@dataclass(frozen=True)
class Alerting:
    """All that alerts are told by. rules: read once there are findings; url: where people find the report"""

    rules: Callable[[], AlertRules]
    sinks: tuple[Sink, ...] = ()
    quiet: Quiet = field(default_factory=Quiet)
    silences: tuple[Silence, ...] = ()
    url: str = ""


def load_alerting(settings: AlertSettings, rules: Callable[[], AlertRules]) -> Alerting:
    """Errors: none; Faults of the rules once they are read"""
    return Alerting(rules, settings.sinks, settings.quiet, settings.silences, settings.url)


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


def notify(
    state: sqlite3.Connection, answer: Answer | None, alerting: Alerting, now: datetime, *, whole: bool = True
) -> Told:
    """Evaluate, remember, put into the outbox, and deliver what is there.

    In:  answer: the scan that was made; None when nothing new was read: then a log that has stopped is still told of;
         whole: every log that is there was read
    Law: memory and outbox change together; what a crash interrupts is delivered at the next call, under the same ids
    """
    kinds = Counter(_evaluate(state, answer, alerting, now, whole=whole))
    picture = partial(_picture, answer) if answer else lambda: None
    return deliver(state, alerting, now, kinds=kinds, picture=cache(picture))


def deliver(
    state: sqlite3.Connection,
    alerting: Alerting,
    now: datetime,
    *,
    kinds: Mapping[str, int] | None = None,
    picture: Callable[[], bytes | None] = lambda: None,
) -> Told:
    """Hand the sinks what waits, and those that show a state what goes on."""
    memory = read_memory(state)
    live = live_documents(state)

    def said(sink: Sink) -> Delivery:
        loud = [each for each in live if severity_rank(each["severity"]) >= severity_rank(sink.level)]
        waiting = [(each.sink, each.waiting, each.refused) for each in outbox.left(state)]
        health = {**memory.health, "outbox": waiting}
        return Delivery((), loud, now, lasts(memory.evaluated), health, picture)

    # Last those that only show how things are: they tell of what the others did not take.
    sinks = sorted(alerting.sinks, key=lambda sink: sink.shows_state)
    outcomes = outbox.drain(state, sinks, said, now)
    going = [each for each in memory.incidents.values() if each.live]
    silenced = sum(each.silenced for each in going)
    return Told(dict(kinds or {}), len(going), silenced, outcomes, tuple(outbox.left(state)))


def _picture(answer: Answer) -> bytes | None:
    """The last stretch of the timeline."""
    timeline = build_page(answer.scan, answer.library).timeline
    pictures = timeline_pictures(timeline) if timeline else ()
    return pictures[-1] if pictures else None


def lasts(evaluated: Sequence[datetime]) -> timedelta:
    """How long what is said now is to be believed when nothing more is heard: some runs may fail, not all."""
    if len(evaluated) < 2:
        return _UNKNOWN
    return max(_LEAST, _MISSED * (evaluated[-1] - evaluated[-2]))


def _evaluate(
    state: sqlite3.Connection, answer: Answer | None, alerting: Alerting, now: datetime, *, whole: bool
) -> list[str]:
    found = answer.scan.told if answer else ()
    pages = correlate(finding_rows(found, now), alerting.rules().correlations) if found else []
    with transaction(state):
        end_silences(state, now)
        quieted = silences((*alerting.silences, *map(of_state, read_silences(state))), now)
        memory = read_memory(state)
        until = memory.health.get("until")
        seen = coverage(answer.scan, whole=whole) if answer else Seen(moment(until) if until else None, whole=False)
        judged = gate(found, pages, memory, seen=seen, now=now, quiet=alerting.quiet, silenced=quieted)
        documents = _documents(answer, judged, read_documents(state), alerting.url)
        health = _health(answer.scan, now) if answer else memory.health
        write_memory(state, replace(judged.memory, health=health), documents)
        for sink in alerting.sinks:
            for each in _for(sink, judged, documents, now, alerting.url):
                outbox.put(state, sink.name, each, now)
        outbox.forget(state, [sink.name for sink in alerting.sinks], now)
    return [notice.kind for notice in judged.notices]


def _health(scan: Scan, now: datetime) -> dict[str, Any]:
    """As `Delivery.health` has it, but for the outbox."""
    until = coverage(scan).until
    counts = Counter((each.severity, each.state) for each in scan.told)
    return {
        "evaluated": moment_text(now),
        "until": moment_text(until) if until else None,
        "lines": scan.lines,
        "events": scan.events,
        "rejects": scan.rejects,
        "failures": scan.auth_failures,
        "faults": len(scan.faults),
        "findings": [[severity, state, count] for (severity, state), count in sorted(counts.items())],
    }


def coverage(scan: Scan, *, whole: bool = True) -> Seen:
    lasts_ = [each.last for each in scan.inputs if each.last]
    traffic = [bucket for bucket, what, events in scan.timeline if what == "ok" and events]
    since = min((bucket for bucket, _, events in scan.timeline if events), default=None)
    return Seen(max(lasts_, default=None), max(traffic, default=None), whole and not scan.partial, since)


def _documents(answer: Answer | None, judged: Gate, before: Documents, url: str) -> dict[str, dict[str, Any]]:
    """Of each incident that goes on or is told of, as sinks are to know it from now on."""
    notices = {notice.incident.id: notice for notice in judged.notices}
    incidents = judged.memory.incidents
    asked = {key: each for key, each in incidents.items() if each.live or key in notices}
    findings = {found.id: found for found in answer.scan.told} if answer else {}
    worst = {key: _worst(each, findings) for key, each in asked.items()}
    asked_for = set(worst.values()) - {""}
    words = words_of(answer.scan, answer.library, asked_for) if answer and asked_for else {}
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
    """The finding that stands for all of them: the worst, if possible of a known cause; empty when none is there."""
    here = [(name, each) for name, each in incident.failing if name in incident.here and name in findings]
    return min(here, key=lambda one: one[1].cause == UNCLASSIFIED, default=("", None))[0]


def _for(
    sink: Sink, judged: Gate, documents: Mapping[str, dict[str, Any]], now: datetime, url: str
) -> list[Mapping[str, Any]]:
    def loud(severity: str) -> bool:
        return severity_rank(severity) >= severity_rank(sink.level)

    alone = [each for each in judged.notices if not (sink.for_people and each.held)]
    found: list[Mapping[str, Any]] = [documents[each.incident.id] for each in alone]
    found = [each for each in found if loud(each["severity"])]
    found = [as_begun(each) if _unknown(each) and not loud(each["severity_before"]) else each for each in found]
    summed = [each for each in judged.summary if sink.for_people and loud(each.incident.severity)]
    return [*found, summary(summed, documents, now, url=url)] if summed else found


def _unknown(told: Mapping[str, Any]) -> bool:
    return told["kind"] == CHANGED and bool(told["severity_before"])
