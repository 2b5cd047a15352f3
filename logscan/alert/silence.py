"""What is not to be told for a while, because somebody knows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from logscan.alert.incident import Incident, moment


@dataclass(frozen=True)
class Silence:
    """Incidents of which all that is given holds. Texts may hold `*` and `?`; an empty one holds for any.

    scope  of any finding: its value, or one of them
    since  and until: the first and the first not any more; None: open
    """

    incident: str = ""
    cause: str = ""
    scope: str = ""
    rule: str = ""
    since: datetime | None = None
    until: datetime | None = None
    reason: str = ""

    def holds(self, incident: Incident, now: datetime) -> bool:
        if (self.since and now < self.since) or (self.until and now >= self.until):
            return False
        members = incident.members.values()
        return (
            _like(incident.id, self.incident)
            and _like(incident.rule, self.rule)
            and any(_like(each.cause, self.cause) for each in members)
            and (not self.scope or all(any(_like(value, self.scope) for value in each.values) for each in members))
        )


def silences(known: Sequence[Silence], now: datetime) -> Callable[[Incident], bool]:
    return lambda incident: any(each.holds(incident, now) for each in known)


def of_state(value: Mapping[str, Any]) -> Silence:
    """As `logscan alert silence` keeps it."""
    until = moment(value["until"]) if value.get("until") else None
    return Silence(incident=str(value["incident"]), until=until, reason=str(value.get("reason", "")))


def _like(text: str, asked: str) -> bool:
    return not asked or fnmatchcase(text, asked)
