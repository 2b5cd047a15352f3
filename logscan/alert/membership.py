"""Which findings are one incident: it keeps its identity though its findings come, go, widen and are renamed."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from logscan.alert.incident import ACTIVE, RESOLVED, Incident, Member
from logscan.rules.correlate import Page

_ID = 16  # hexadecimal digits


def identity(page: Page, founder: str) -> str:
    """Law: follows from the rule, its group and the first finding alone, so that a lost memory finds it again"""
    text = "\0".join((page.rule, *(f"{name}={value}" for name, value in page.values), founder))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_ID]


def assign(seen: Mapping[str, Member], pages: Sequence[Page], incidents: Mapping[str, Incident]) -> dict[str, Incident]:
    """The incidents with the findings of now; new ones where a page asks for them.

    In:  seen: all findings of now; pages: what rules call worth telling, first things first
    Law: a finding is of one incident; none leaves its incident; the order of findings changes nothing
    """
    found = dict(incidents)
    home = {name: each.id for each in sorted(incidents.values(), key=_older_first) for name in each.members}
    for name, member in sorted(seen.items()):
        own = home.get(name, "")
        if not own or not _meet(incidents[own].members[name], member):
            own = _left_by(member, incidents.values(), seen, wider=not own) or own
        if own:
            found[own] = _joined(found[own], name, member)
            home[name] = own
    for page in pages:
        fresh = {name: seen[name] for name in page.members if name in seen and name not in home}
        for name in sorted(fresh, key=lambda each: (fresh[each].first_seen, each)):
            known = next((each.id for each in found.values() if _takes(each, page, fresh[name])), None)
            known = known or identity(page, name)
            begun = _begun(known, page, name, fresh[name])
            found[known] = _joined(found[known], name, fresh[name]) if known in found else begun
            home[name] = known
    return {key: _told_apart(each, home) for key, each in found.items()}


def _older_first(incident: Incident) -> tuple[bool, str, str]:
    # a finding that two remember is of the one that still goes on
    return incident.live, incident.started.isoformat(), incident.id


def _left_by(member: Member, incidents: Collection[Incident], seen: Mapping[str, Member], *, wider: bool) -> str:
    """The incident of which a finding is gone, and this is what became of it: a wider scope, or a better name.

    In:  wider: other scopes of its cause count, in what goes on
    Law: gone is also what gave its name to a later one, as `analysis/identity.py` does when an outage begins: known
         again by its scope and time, it is not told once more
    """
    for each in sorted(incidents, key=lambda one: (not one.live, one.started, one.id)):
        for name, gone in each.members.items():
            cause, scope = gone.cause == member.cause, (gone.level, gone.values) == (member.level, member.values)
            alike = scope or (wider and cause and each.live)
            if alike and _meet(gone, member) and not (name in seen and _meet(gone, seen[name])):
                return each.id
    return ""


def _meet(one: Member, other: Member) -> bool:
    return one.first_seen <= other.last_seen and other.first_seen <= one.last_seen


def _takes(incident: Incident, page: Page, member: Member) -> bool:
    """What begins about when one of its findings began is of the same incident."""
    if not incident.live or (incident.rule, incident.values) != (page.rule, page.values):
        return False
    near = timedelta(seconds=page.timespan_s)
    return any(abs(member.first_seen - each.first_seen) <= near for each in incident.members.values())


def _begun(key: str, page: Page, name: str, member: Member) -> Incident:
    return Incident(
        id=key,
        rule=page.rule,
        values=page.values,
        timespan_s=page.timespan_s,
        level=page.level,
        status=ACTIVE,
        members={name: member},
        started=member.first_seen,
        starts=(member.first_seen,),
    )


def _joined(incident: Incident, name: str, member: Member) -> Incident:
    started = min(incident.started, member.first_seen) if incident.told is None else incident.started
    return replace(incident, members={**incident.members, name: member}, started=started)


def _told_apart(incident: Incident, home: Mapping[str, str]) -> Incident:
    """A finding that another incident has taken over is not of this one any more."""
    own = {name: each for name, each in incident.members.items() if home.get(name, incident.id) == incident.id}
    if incident.status == RESOLVED or len(own) == len(incident.members) or not own:
        return incident
    return replace(incident, members=own)
