"""What is to be told now, and what is not: the gate between findings and people."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from logscan.alert.expiry import expected
from logscan.alert.incident import (
    ACTIVE,
    CHANGED,
    GONE,
    NEW,
    ONGOING,
    RESOLVED,
    SILENT,
    UNSEEN,
    WIDTH,
    Incident,
    Memory,
    Notice,
    Span,
    Told,
    member_of,
    with_told,
)
from logscan.alert.limit import limited
from logscan.alert.membership import assign
from logscan.model.finding import Finding
from logscan.model.severity import severity_rank
from logscan.model.taxonomy import UNCLASSIFIED
from logscan.rules.correlate import Page


@dataclass(frozen=True)
class Seen:
    """What the logs cover.

    since    time of the oldest event that is looked at; None: not known
    until    time of the newest event; None when there is none
    traffic  requests succeeded then or later; None: none did
    whole    everything that was to be read was read
    """

    until: datetime | None
    traffic: datetime | None = None
    whole: bool = True
    since: datetime | None = None

    def traffic_since(self, when: datetime) -> bool:
        return self.traffic is not None and self.traffic > when


@dataclass(frozen=True)
class Quiet:
    """When to keep quiet. See docs/alerts.md.

    Units: lengths of event time, but for `silent_after` and `lead`, which are of the clock
    """

    reminder: timedelta = timedelta(hours=24)
    settle: timedelta = timedelta(minutes=15)
    silent_after: timedelta = timedelta(hours=26)
    flap_starts: int = 3
    flap_within: timedelta = timedelta(hours=6)
    wider: float = 2.0
    rate: int = 20
    rate_within: timedelta = timedelta(hours=1)
    lead: timedelta = timedelta(days=1)
    keep: timedelta = timedelta(days=30)


class Gate(NamedTuple):
    """notices: to be told, worst first; memory: for the next time; summary: what people get as one message."""

    notices: tuple[Notice, ...]
    memory: Memory
    summary: tuple[Notice, ...] = ()


_GONE_FOR = timedelta(days=2)  # event time
Silenced = Callable[[Incident], bool]


def gate(
    findings: Sequence[Finding],
    pages: Sequence[Page],
    memory: Memory,
    *,
    seen: Seen,
    now: datetime,
    quiet: Quiet,
    silenced: Silenced = lambda _: False,
) -> Gate:
    """Tell once when something begins, once when it is over, and between only what is worse.

    In:     findings: all of now; pages: what the rules call worth telling; now: of the clock
    Out:    notices, the memory with them, and those of them that people get as one summary
    Law:    asked again with the same, and the memory it gave, it has nothing to tell; an incident never changes its
            id; nothing is called resolved without traffic after it
    """
    at = min(now, seen.until) if seen.until else now
    members = {each.id: member for each in findings if (member := member_of(each))}
    before = {key: each for key, each in memory.incidents.items() if not each.due}
    kept: dict[str, Incident] = {}
    notices: list[Notice] = []
    asked = [page for page in pages if page.tells != "expiry"]
    called = frozenset(name for page in asked for name in page.members)
    known = assign(members, asked, before, since=seen.since, whole=seen.whole)
    look = _Look(seen, now, at, quiet, called, frozenset(key for key, each in known.items() if _hits_everybody(each)))
    for key, incident in sorted(known.items()):
        judged = _judged(_without_old(incident, look), look)
        quieted = replace(judged, silenced=silenced(judged))
        notice = _notice(quieted, at, now, quiet)
        if notice and not quieted.silenced:
            kept[key] = with_told(quieted, notice.kind, at)
            notices.append(replace(notice, incident=kept[key]))
        else:
            # what came and went in silence is no news when the silence ends
            unsaid = notice is not None and quieted.status == RESOLVED and notice.kind == NEW
            unheard = replace(with_told(quieted, notice.kind, at), serial=quieted.serial) if notice and unsaid else None
            kept[key] = unheard or quieted
    due = {key: each for key, each in memory.incidents.items() if each.due}
    coming, told = expected(findings, pages, due, now=now, lead=quiet.lead, silenced=silenced)
    notices += told
    kept |= coming
    kept = {key: each for key, each in kept.items() if not _forgotten(each, at, now, quiet)}
    notices.sort(key=lambda each: (-severity_rank(each.incident.severity), each.incident.started, each.id))
    evaluated = tuple(dict.fromkeys((*memory.evaluated, now)))[-3:]
    whole = replace(memory, incidents=kept, evaluated=evaluated)
    return Gate(*limited(notices, whole, now=now, rate=quiet.rate, within=quiet.rate_within))


class _Look(NamedTuple):
    seen: Seen
    now: datetime
    at: datetime
    quiet: Quiet
    called: frozenset[str]
    outages: frozenset[str]  # incidents of everybody: of whom else nothing is heard, fails in those


def _judged(incident: Incident, look: _Look) -> Incident:
    """Its state as the logs have it now."""
    quiet, at, last = look.quiet, look.at, incident.last_seen
    called = incident.live or not look.called.isdisjoint(incident.here)
    again = called and incident.over is not None and last > _known_quiet(incident, incident.over, quiet)
    incident = replace(incident, spans=_failed(incident, at))
    if not incident.live and not again:
        return incident
    starts = tuple(start for start in incident.starts if start > at - quiet.flap_within) + (at,) * again
    found = replace(
        incident,
        status=ACTIVE if again else incident.status,
        over=None if again else incident.over,
        starts=starts,
        started=_restart(incident, quiet) if again else incident.started,
        flapping=len(starts) >= quiet.flap_starts,
    )
    if found.over is None and _goes_on(incident):
        deaf = look.now - at > quiet.silent_after
        return replace(found, status=SILENT, over=last) if deaf else replace(found, status=ACTIVE)
    deaf = any(each.state == UNSEEN for each in incident.members.values()) and look.now - last <= quiet.silent_after
    if at - last < quiet.settle or deaf:
        return found  # what could not be read may hold more of it, for as long as such a fault takes to be mended
    calm = quiet.flap_within if found.flapping else quiet.settle
    return replace(found, over=last, status=_end(incident, look) if at - last >= calm else found.status)


def _goes_on(incident: Incident) -> bool:
    """Whether one of its findings is open, and none that is over failed after that: else its last turn is over."""
    ended = [each.last_seen for each in incident.here.values() if each.state in ("resolved", "closed")]
    still = [each.last_seen for each in incident.members.values() if each.state == "open"]
    return bool(still) and max(still) >= max(ended, default=max(still))


def _known_quiet(incident: Incident, over: datetime, quiet: Quiet) -> datetime:
    """Until when it was seen to be quiet: a failure before is a late line, or its end is known better now."""
    told = incident.told
    return told.at if told and told.kind == RESOLVED and not incident.live else over + quiet.settle


def _end(incident: Incident, look: _Look) -> str:
    """Resolved when each of its findings is: its clients succeed again, or, where that is not known, others do."""
    seen = look.seen
    for each in incident.members.values():
        unsure = each.state in ("silent", UNSEEN)
        if unsure or (each.state != "resolved" and not seen.traffic_since(each.last_seen)):
            return incident.status if look.outages - {incident.id} else SILENT
    return RESOLVED


def _hits_everybody(incident: Incident) -> bool:
    return any(each.state == "open" and each.width == max(WIDTH.values()) for each in incident.here.values())


def _without_old(incident: Incident, look: _Look) -> Incident:
    """Findings that are not there any more say nothing of now; those that have been gone for long are forgotten."""
    late = {
        name: each
        for name, each in incident.members.items()
        if each.state != GONE or look.at - each.last_seen <= _GONE_FOR
    }
    return replace(incident, members=late) if late and incident.live else incident


def _failed(incident: Incident, at: datetime) -> tuple[Span, ...]:
    """The stretches in which it failed, lately; those that touch are one."""
    found: list[Span] = []
    for first, last in sorted((*incident.spans, *(each.span for each in incident.here.values()))):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        elif at - last <= _GONE_FOR:
            found.append((first, last))
    return tuple(found)


def _restart(incident: Incident, quiet: Quiet) -> datetime:
    """When its last turn began; where one stretch holds earlier turns, too: no later than its last failure."""
    over = incident.over or incident.last_seen
    begun = incident.last_seen
    for each in sorted(incident.here.values(), key=lambda each: each.last_seen, reverse=True):
        if each.first_seen > over and each.last_seen >= begun - quiet.settle:
            begun = min(begun, each.first_seen)
    return begun


def _notice(incident: Incident, at: datetime, now: datetime, quiet: Quiet) -> Notice | None:
    told = incident.told
    known = told is not None and told.kind != RESOLVED
    reasons: tuple[str, ...] = ()
    if incident.status == RESOLVED:
        # what came and went while nobody looked is told once, as new and over
        kind = RESOLVED if known else NEW if told is None or _later(incident, told) else ""
    elif not known:
        kind, reasons = NEW, ("flapping",) * incident.flapping
    elif told is not None and incident.status == SILENT:
        kind = "" if told.kind == SILENT else SILENT
    elif told is not None and (worse := _worse(incident, told, quiet)):
        kind, reasons = CHANGED, worse
    else:
        kind = ONGOING if told and _reminds(incident, told, at, quiet) else ""
    if not kind:
        return None
    before = told.severity if told and known else ""
    return Notice(f"{incident.id}-{incident.serial + 1}", kind, now, incident, reasons, before)


def _later(incident: Incident, told: Told) -> bool:
    """Whether it came back after it was called resolved, and is over again already."""
    return incident.over is not None and incident.over > told.last_seen


def _worse(incident: Incident, told: Told, quiet: Quiet) -> tuple[str, ...]:
    causes = {each.cause for _, each in incident.failing} - {UNCLASSIFIED}
    found = {
        "again": told.kind == SILENT,
        "severity": severity_rank(incident.severity) > severity_rank(told.severity),
        "scope": incident.width > told.width or incident.scopes >= max(quiet.wider * told.scopes, told.scopes + 1),
        "cause": bool(causes) and causes.isdisjoint(told.causes),
        "flapping": incident.flapping and not told.flapping,
    }
    return tuple(name for name, holds in found.items() if holds)


def _reminds(incident: Incident, told: Told, at: datetime, quiet: Quiet) -> bool:
    return not incident.acked and at - told.at >= quiet.reminder and incident.last_seen > told.last_seen


def _forgotten(incident: Incident, at: datetime, now: datetime, quiet: Quiet) -> bool:
    if incident.due:
        return now > incident.due + quiet.keep
    return incident.status == RESOLVED and at - incident.last_seen > quiet.keep
