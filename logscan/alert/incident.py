"""What the gate remembers of an incident, and what it has to tell of one."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from logscan.model.finding import Finding
from logscan.model.severity import severity_rank

NEW, ONGOING, CHANGED, RESOLVED, SILENT, EXPIRING = "new", "ongoing", "changed", "resolved", "silent", "expiring"
KINDS = (NEW, ONGOING, CHANGED, RESOLVED, SILENT, EXPIRING)
ACTIVE, DUE = "active", "due"  # states of an incident; the others are RESOLVED and SILENT
GONE, UNSEEN = "gone", "unseen"  # of a finding: it is not there any more; or not in what could be read
WIDTH = {"credential": 0, "user": 0, "client": 0, "endpoint": 1, "upstream": 1, "service": 2, "all": 3}


Span = tuple[datetime, datetime]  # first and last failure


@dataclass(frozen=True)
class Member:
    """A finding of an incident, as it was last seen: of several bouts, the latest."""

    cause: str
    severity: str
    level: str
    values: tuple[str, ...]
    state: str
    first_seen: datetime
    last_seen: datetime

    @property
    def subject(self) -> tuple[str, str, tuple[str, ...]]:
        """What fails, and where: by this it is known again, whatever the analysis of the day calls it."""
        return self.cause, self.level, self.values

    @property
    def span(self) -> Span:
        return self.first_seen, self.last_seen

    @property
    def width(self) -> int:
        return WIDTH.get(self.level, 0)

    @property
    def rank(self) -> int:
        return severity_rank(self.severity)


@dataclass(frozen=True)
class Told:
    """What people know of an incident: the last notice of it, and the worst that any notice said since it began."""

    at: datetime
    kind: str
    severity: str
    width: int
    scopes: int
    causes: tuple[str, ...]
    last_seen: datetime
    flapping: bool = False


@dataclass(frozen=True)
class Incident:
    """One or more findings that are told as one.

    id        never changes, also when it ends and comes back
    status    active | silent | resolved; due: what is expected is still to come
    over      of its last failure, once it has been quiet for a while, though that may not be long enough to say so
    starts    when it began and began again, lately
    spans     in which it failed, lately: whatever else comes to light of those is no news
    serial    notices of it so far
    acked     who or why; empty: nobody has taken it
    due       when that which is to be told before it happens is expected
    """

    id: str
    rule: str
    values: tuple[tuple[str, str], ...]
    timespan_s: float
    level: str
    status: str
    members: Mapping[str, Member]
    started: datetime
    over: datetime | None = None
    starts: tuple[datetime, ...] = ()
    spans: tuple[Span, ...] = ()
    flapping: bool = False
    told: Told | None = None
    serial: int = 0
    acked: str = ""
    due: datetime | None = None
    within_s: float = 0.0
    silenced: bool = False

    @property
    def last_seen(self) -> datetime:
        return max(last for _, last in (*self.spans, *(each.span for each in self.members.values())))

    @property
    def live(self) -> bool:
        return self.status != RESOLVED

    @property
    def here(self) -> dict[str, Member]:
        """Its findings that are still there."""
        return {name: each for name, each in self.members.items() if each.state not in (GONE, UNSEEN)}

    @property
    def failing(self) -> list[tuple[str, Member]]:
        """Its open findings, else those of this time, else all of them: worst, widest, first."""
        here = self.here
        found = (
            {name: each for name, each in here.items() if each.state == "open"}
            or {name: each for name, each in here.items() if each.last_seen >= self.started}
            or here
            or self.members
        )
        return sorted(found.items(), key=lambda item: (-item[1].rank, -item[1].width, item[1].first_seen, item[0]))

    @property
    def severity(self) -> str:
        worst = self.failing[0][1].severity
        return max(worst, self.level or worst, key=severity_rank)

    @property
    def width(self) -> int:
        return max(member.width for _, member in self.failing)

    @property
    def scopes(self) -> int:
        """Each client, user ... counts, whether the analysis tells of them together or one by one."""
        failing = [member for _, member in self.failing]
        if self.width == max(WIDTH.values()):
            return 1  # everybody
        return len({(member.level, value) for member in failing for value in member.values or ("",)})


@dataclass(frozen=True)
class Notice:
    """One thing to tell.

    id        the same at each try
    reasons   why it changed: severity, scope, cause, again, flapping
    before    the severity that was told last
    held      over the limit for people: it stands in the next summary
    """

    id: str
    kind: str
    at: datetime
    incident: Incident
    reasons: tuple[str, ...] = ()
    before: str = ""
    held: bool = False


@dataclass(frozen=True)
class Memory:
    """All that the gate knows from before.

    evaluated  when it last looked, newest last: the last two tell how often runs come
    sent       when people were told something, lately
    held       what waits for the next summary: incident -> kind
    health     how the last evaluation went, for sinks that show it
    """

    incidents: Mapping[str, Incident] = field(default_factory=dict)
    evaluated: tuple[datetime, ...] = ()
    sent: tuple[datetime, ...] = ()
    held: Mapping[str, str] = field(default_factory=dict)
    health: Mapping[str, Any] = field(default_factory=dict)


def member_of(finding: Finding) -> Member | None:
    """None for a finding without times: nobody can say when it was."""
    if finding.first_seen is None or finding.last_seen is None:
        return None
    named = finding.cause or (finding.detection.name if finding.detection else "")
    scope, bout, state = finding.scope, finding.bout, finding.state
    first, last = (bout.first, bout.last) if bout else (finding.first_seen, finding.last_seen)
    if bout and not bout.open and state == "open":
        state = "closed"  # something fails all the time, but what had begun is over
    return Member(named, finding.severity, scope.level, scope.values, state, first, last)


def with_told(incident: Incident, kind: str, at: datetime) -> Incident:
    """Once a notice of it is made. The worst that was said since it began stays: what falls and rises again is no news.

    In:  at: of the events, or of the clock for what is to come
    """
    last = incident.told if incident.told and incident.told.kind != RESOLVED else None
    told = Told(
        at=at,
        kind=kind if incident.status in (ACTIVE, DUE) else incident.status,
        severity=max(incident.severity, last.severity if last else incident.severity, key=severity_rank),
        width=max(incident.width, last.width if last else 0),
        scopes=max(incident.scopes, last.scopes if last else 0),
        causes=tuple(sorted({each.cause for each in incident.members.values()})),
        last_seen=incident.last_seen,
        flapping=incident.flapping,
    )
    acked = "" if kind in (NEW, CHANGED, RESOLVED) else incident.acked
    return replace(incident, told=told, serial=incident.serial + 1, acked=acked)


def to_json(incident: Incident) -> dict[str, Any]:
    """Plain values; times as RFC 3339."""
    found: dict[str, Any] = _plain(asdict(incident))
    return found


def from_json(value: Mapping[str, Any]) -> Incident:
    """Law: from_json(to_json(incident)) == incident"""
    told = value["told"]
    found = Incident(**{**value, "told": None})
    return replace(
        found,
        values=tuple((name, text) for name, text in value["values"]),
        members={
            name: Member(
                **{
                    **each,
                    "values": tuple(each["values"]),
                    "first_seen": moment(each["first_seen"]),
                    "last_seen": moment(each["last_seen"]),
                }
            )
            for name, each in value["members"].items()
        },
        started=moment(value["started"]),
        starts=tuple(map(moment, value["starts"])),
        spans=tuple((moment(first), moment(last)) for first, last in value.get("spans", ())),
        over=moment(value["over"]) if value["over"] else None,
        due=moment(value["due"]) if value["due"] else None,
        told=Told(
            **{
                **told,
                "at": moment(told["at"]),
                "last_seen": moment(told["last_seen"]),
                "causes": tuple(told["causes"]),
            }
        )
        if told
        else None,
    )


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def moment_text(when: datetime) -> str:
    """RFC 3339, UTC, with Z."""
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
