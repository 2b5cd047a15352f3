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
GONE = "gone"  # of a finding: it is not there any more
WIDTH = {"credential": 0, "user": 0, "client": 0, "endpoint": 1, "upstream": 1, "service": 2, "all": 3}


@dataclass(frozen=True)
class Member:
    """A finding of an incident, as it was last seen."""

    cause: str
    severity: str
    level: str
    values: tuple[str, ...]
    state: str
    first_seen: datetime
    last_seen: datetime

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
    flapping: bool = False
    told: Told | None = None
    serial: int = 0
    acked: str = ""
    due: datetime | None = None
    within_s: float = 0.0
    silenced: bool = False

    @property
    def last_seen(self) -> datetime:
        return max(member.last_seen for member in self.members.values())

    @property
    def live(self) -> bool:
        return self.status != RESOLVED

    @property
    def failing(self) -> list[tuple[str, Member]]:
        """Its open findings, else those that are still there, else all of them: worst, widest, first."""
        here = {name: each for name, each in self.members.items() if each.state != GONE}
        open_ = {name: each for name, each in here.items() if each.state == "open"} or here or self.members
        return sorted(open_.items(), key=lambda item: (-item[1].rank, -item[1].width, item[1].first_seen, item[0]))

    @property
    def severity(self) -> str:
        worst = self.failing[0][1].severity
        return max(worst, self.level or worst, key=severity_rank)

    @property
    def width(self) -> int:
        return max(member.width for _, member in self.failing)

    @property
    def scopes(self) -> int:
        return len({(member.level, member.values) for _, member in self.failing})


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
    scope = finding.scope
    return Member(
        named, finding.severity, scope.level, scope.values, finding.state, finding.first_seen, finding.last_seen
    )


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
