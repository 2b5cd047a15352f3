"""Which findings are one incident: it keeps its identity though its findings come, go, widen and are renamed."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from logscan.alert.incident import ACTIVE, GONE, UNSEEN, WIDTH, Incident, Member, Span
from logscan.model.taxonomy import UNCLASSIFIED
from logscan.rules.correlate import Page

_ID = 16  # hexadecimal digits
_WIDEST = max(WIDTH.values())
_NEAR = timedelta(minutes=15)  # beginnings and ends are known no better while it goes on


def identity(page: Page, founder: Member, *more: str) -> str:
    """Law: follows from the rule, its group, and what of its first finding does not change, so that a lost memory
    finds it again
    """
    cause, level, values = founder.subject
    named = (page.rule, *(f"{name}={value}" for name, value in page.values), cause, level, *values, *more)
    return hashlib.sha256("\0".join(named).encode("utf-8", "surrogatepass")).hexdigest()[:_ID]


def assign(
    seen: Mapping[str, Member],
    pages: Sequence[Page],
    incidents: Mapping[str, Incident],
    *,
    since: datetime | None = None,
    whole: bool = True,
) -> dict[str, Incident]:
    """The incidents with the findings of now; new ones where a page asks for them.

    In:  seen: all findings of now, by the names they go by now; pages: what rules call worth telling, first things
         first; since: the begin of what is looked at; whole: everything was read, so that what is not there is gone
    Law: a finding is of one incident, and which one follows from what fails, where and when, not from its name; the
         order of findings changes nothing
    """
    home = _known(seen, incidents)
    new = {name: each for name, each in seen.items() if name not in home}
    part = {name for name, each in new.items() if any(_explains(one, each, seen, home) for one in incidents.values())}
    home |= _successors({name: each for name, each in new.items() if name not in part}, seen, home, incidents, since)
    home |= _again({name: each for name, each in new.items() if name not in {*part, *home}}, incidents)
    found = {key: _with(each, {n: seen[n] for n in home if home[n] == key}, whole) for key, each in incidents.items()}
    for page in pages:
        fresh = {name: seen[name] for name in page.members if name in seen and name not in {*part, *home}}
        for name, member in sorted(fresh.items(), key=lambda item: (item[1].first_seen, item[0])):
            if any(_explains(each, member, seen, home) for each in found.values()):
                continue
            known = next((each for each in _in_order(found.values()) if _takes(each, page, member)), None)
            key = known.id if known else identity(page, member)
            if known is None and key in found:
                key = identity(page, member, member.first_seen.isoformat())
            found[key] = _joined(known, name, member) if known else begun(key, page, name, member)
            home[name] = key
    return found


def _known(seen: Mapping[str, Member], incidents: Mapping[str, Incident]) -> dict[str, str]:
    """Those that fail as, where and when an incident does or did: one that goes on before one that is over."""
    found = {}
    for name, member in seen.items():
        ranked = [
            (each.live, max(old), each.id)
            for each in incidents.values()
            if (old := [other.last_seen for other in each.members.values() if other.subject == member.subject])
            and (any(_meet(member.span, span) for span in _spans(each)))
        ]
        if ranked:
            found[name] = max(ranked)[-1]
    return found


def _successors(
    new: Mapping[str, Member],
    seen: Mapping[str, Member],
    home: Mapping[str, str],
    incidents: Mapping[str, Incident],
    since: datetime | None,
) -> dict[str, str]:
    """What became of a finding that is gone: another scope of its cause, in what goes on, or a better name for it."""
    here: dict[str, list[Member]] = {key: [] for key in incidents}
    for name, key in home.items():
        here[key].append(seen[name])
    left = [
        (each.id, each.live, old)
        for each in _in_order(incidents.values())
        for old in each.members.values()
        if not _met(old, here[each.id]) or (each.live and old.cause == UNCLASSIFIED)
    ]
    became = {
        name: next((key for key, live, old in left if _became(old, member, since, live=live)), "")
        for name, member in new.items()
    }
    return {name: key for name, key in became.items() if key}


def _became(old: Member, member: Member, since: datetime | None, *, live: bool) -> bool:
    """Law: what begins while another thing fails did not come of that, however many it hits"""
    renamed = (old.level, old.values) == (member.level, member.values) and _meet(old.span, member.span)
    return (renamed and _as_early(old, member, since)) or (live and _rescoped(old, member, since))


def _rescoped(old: Member, member: Member, since: datetime | None) -> bool:
    alike = old.cause == member.cause and _meet(old.span, member.span)
    return alike and (member.width < old.width or _as_early(old, member, since))


def _as_early(old: Member, member: Member, since: datetime | None) -> bool:
    return member.first_seen <= (max(old.first_seen, since) if since else old.first_seen) + _NEAR


def _again(new: Mapping[str, Member], incidents: Mapping[str, Incident]) -> dict[str, str]:
    """Those that fail as and where an incident did, and later."""
    found = {}
    for name, member in new.items():
        ranked = [
            (other.last_seen, each.id)
            for each in incidents.values()
            for other in each.members.values()
            if other.subject == member.subject
        ]
        if ranked and max(ranked)[0] < member.first_seen:
            found[name] = max(ranked)[1]
    return found


def _with(incident: Incident, here: Mapping[str, Member], whole: bool) -> Incident:  # noqa: FBT001
    """With its findings as they are now; of the others, those that nothing has taken the place of."""
    left = {
        name: each
        for name, each in incident.members.items()
        if not _met(each, here.values()) and not any(_rescoped(each, other, None) for other in here.values())
    }
    gone = {name: replace(each, state=GONE if whole or each.state == GONE else UNSEEN) for name, each in left.items()}
    rest = {f"{name}@{each.first_seen:%Y%m%dT%H%M%S}" if name in here else name: each for name, each in gone.items()}
    begun = min((each.first_seen for each in here.values()), default=incident.started)
    started = min(incident.started, begun) if incident.told is None else incident.started
    return replace(incident, members={**rest, **here}, started=started)


def _met(old: Member, here: Iterable[Member]) -> bool:
    return any(each.subject == old.subject and _meet(each.span, old.span) for each in here)


def _explains(incident: Incident, member: Member, seen: Mapping[str, Member], home: Mapping[str, str]) -> bool:
    """Whether everybody failed then and there, and this is no more than a part of that, or a vaguer name for it."""
    here = [seen[name] for name, key in home.items() if key == incident.id]
    wide = [each for each in (here if incident.live else incident.members.values()) if each.width == _WIDEST]
    causes = {each.cause for each in wide}
    if not (member.width < _WIDEST and member.cause in causes) and not (
        member.cause == UNCLASSIFIED and (member.width < _WIDEST or causes - {UNCLASSIFIED})
    ):
        return False
    return any(
        first - _NEAR <= member.first_seen and member.last_seen <= last + _NEAR
        for first, last in (*incident.spans, *(each.span for each in wide))
        if wide
    )


def _spans(incident: Incident) -> list[Span]:
    return [*incident.spans, *(each.span for each in incident.members.values())]


def _in_order(incidents: Iterable[Incident]) -> list[Incident]:
    """Those that go on first, then by age."""
    return sorted(incidents, key=lambda each: (not each.live, each.started, each.id))


def _meet(one: Span, other: Span) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _takes(incident: Incident, page: Page, member: Member) -> bool:
    """What begins about when one of its findings began is of the same incident."""
    if not incident.live or (incident.rule, incident.values) != (page.rule, page.values):
        return False
    near = timedelta(seconds=page.timespan_s)
    return any(abs(member.first_seen - each.first_seen) <= near for each in incident.members.values())


def begun(key: str, page: Page, name: str, member: Member) -> Incident:
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
