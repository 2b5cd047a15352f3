"""What is to be told before it happens: the next time that something expires or fails again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from logscan.alert.incident import DUE, EXPIRING, RESOLVED, Incident, Notice, member_of, with_told
from logscan.alert.membership import begun, identity
from logscan.model.finding import Finding
from logscan.rules.correlate import Page

_LEAST = timedelta(minutes=1)  # nearer times are one


def expected(
    findings: Sequence[Finding],
    pages: Sequence[Page],
    known: Mapping[str, Incident],
    *,
    now: datetime,
    lead: timedelta,
    silenced: Callable[[Incident], bool],
) -> tuple[dict[str, Incident], list[Notice]]:
    """Tell each expected time once, no longer than `lead` before it.

    In:  pages: those that tell of an expiry; known: what is remembered of such
    Law: a time that moves by less than its own doubt, or half a period, is the same; what is past is not told
    """
    found = {key: _passed(each, now) for key, each in known.items()}
    notices = []
    for key, (page, finding, when) in _soonest(findings, pages, now).items():
        member = member_of(finding)
        if member is None:
            continue
        old = found.get(key)
        same = old is not None and old.due is not None and abs(when - old.due) <= _doubt(finding)
        if same and old is not None and old.told:
            continue
        serial, within_s = old.serial if old else 0, finding.next_within_s or 0.0
        if when - now > lead:
            continue
        incident = replace(begun(key, page, finding.id, member), status=DUE, due=when, within_s=within_s, serial=serial)
        incident = replace(incident, silenced=silenced(incident))
        if not incident.silenced:
            incident = with_told(incident, EXPIRING, now)
            notices.append(Notice(f"{key}-{incident.serial}", EXPIRING, now, incident))
        found[key] = incident
    return found, notices


def _soonest(
    findings: Sequence[Finding], pages: Sequence[Page], now: datetime
) -> dict[str, tuple[Page, Finding, datetime]]:
    """What comes next of each subject, by the identity that it is told under."""
    by_id = {finding.id: finding for finding in findings}
    found: dict[str, tuple[Page, Finding, datetime]] = {}
    for page in pages:
        for name in page.members if page.tells == "expiry" else ():
            finding = by_id.get(name)
            member = member_of(finding) if finding else None
            when = next_time(finding, now) if finding else None
            if finding is None or member is None or when is None:
                continue
            key = identity(page, member)
            if key not in found or when < found[key][2]:
                found[key] = page, finding, when
    return found


def next_time(finding: Finding, now: datetime) -> datetime | None:
    """The next of what is foreseen: a failure that comes back, or the end of what was presented."""
    times = (finding.next_expected, finding.facts.expires if finding.facts else None)
    return min((when for when in times if when and when > now), default=None)


def _doubt(finding: Finding) -> timedelta:
    near = max(timedelta(seconds=finding.next_within_s or 0.0), _LEAST)
    return min(near, timedelta(seconds=finding.period_s / 2)) if finding.period_s else near


def _passed(incident: Incident, now: datetime) -> Incident:
    over = incident.due is not None and now >= incident.due
    return replace(incident, status=RESOLVED) if over else incident
