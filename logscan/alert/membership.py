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
_LATELY = timedelta(hours=1)
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
    home = _known(seen, incidents, since)
    for wide in (True, False):  # what hits everybody first: the rest may be no more than parts of it
        new = {name: each for name, each in _of_width(seen, wide=wide).items() if name not in home}
        new = {name: each for name, each in new.items() if not _is_part(each, seen, home, incidents.values())}
        home |= _successors(new, seen, home, incidents, since)
        home |= _again({name: each for name, each in new.items() if name not in home}, seen, incidents)
    found = {key: _with(each, {n: seen[n] for n in home if home[n] == key}, whole) for key, each in incidents.items()}
    for wide in (True, False):
        for page in pages:
            new = _of_width({name: seen[name] for name in page.members if name in seen and name not in home}, wide=wide)
            for name, member in sorted(new.items(), key=lambda item: (item[1].first_seen, item[0])):
                if not _is_part(member, seen, home, found.values()):
                    home[name] = _founded(found, page, name, member)
    return found


def _of_width(seen: Mapping[str, Member], *, wide: bool) -> dict[str, Member]:
    return {name: each for name, each in seen.items() if (each.width == _WIDEST) is wide}


def _founded(found: dict[str, Incident], page: Page, name: str, member: Member) -> str:
    """Put it into an incident of its kind that begins with it, or a new one. Out: its id"""
    known = next((each for each in _in_order(found.values()) if _takes(each, page, member)), None)
    if known is not None:
        found[known.id] = _joined(known, name, member)
        return known.id
    key = identity(page, member)
    if key in found:
        key = identity(page, member, member.first_seen.isoformat())
    found[key] = begun(key, page, name, member)
    return key


def _known(seen: Mapping[str, Member], incidents: Mapping[str, Incident], since: datetime | None) -> dict[str, str]:
    """Those that fail as, where and when an incident does or did: one that goes on before one that is over, one that
    began alike before others.
    """
    found = {}
    for name, member in seen.items():
        ranked = [
            (each.live, _begins(member, old, since), max(last for _, last in old), each.id, min(old)[0])
            for each in incidents.values()
            if (
                old := [other.span for other in each.members.values() if _is_still(other, member, seen, live=each.live)]
            )
            and any(_meet(member.span, span) for span in (old if member.width == _WIDEST else _spans(each)))
        ]
        if ranked:
            *_, key, first = max(ranked)
            longer = member.first_seen < first - _NEAR
            found[name] = (_going_on(member, incidents) if longer else "") or key
    return found


def _begins(member: Member, spans: Sequence[Span], since: datetime | None) -> bool:
    """Whether it began when one of them did, or before what is looked at, as that did."""
    return any(abs(max(first, since or first) - member.first_seen) <= _NEAR for first, _ in spans)


def _going_on(member: Member, incidents: Mapping[str, Incident]) -> str:
    """An incident that goes on and began with this, for the same cause; empty when there is none."""
    found = [
        each.id
        for each in _in_order(incidents.values())
        for old in each.members.values()
        if each.live and old.cause == member.cause and _meet(old.span, member.span)
        if abs(old.first_seen - member.first_seen) <= _NEAR
    ]
    return found[0] if found else ""


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
        (each, old, _met(old, here[each.id])) for each in _in_order(incidents.values()) for old in each.members.values()
    ]
    became = {
        name: next(
            (each.id for each, old, there in left if _became(old, member, since, live=each.live, there=there)), ""
        )
        for name, member in new.items()
    }
    return {name: key for name, key in became.items() if key}


def _became(old: Member, member: Member, since: datetime | None, *, live: bool, there: bool) -> bool:
    """In:  there: the old one is still there; then only a better name beside a vague one comes of it
    Law: what begins while another thing fails did not come of that, however many it hits
    """
    if (there and not (live and old.cause == UNCLASSIFIED != member.cause)) or _longer(old, member, since, live=live):
        return False
    renamed = (old.level, old.values) == (member.level, member.values) and _meet(old.span, member.span)
    if renamed and _as_early(old, member, since):
        return True
    return live and _rescoped(old, member, since)


def _longer(old: Member, member: Member, since: datetime | None, *, live: bool) -> bool:
    """Whether it is vague and failed long before, or after what is over: what always fails came of no outage."""
    before = member.first_seen < max(old.first_seen, since or old.first_seen) - _NEAR
    return member.cause == UNCLASSIFIED and (before or (not live and member.last_seen > old.last_seen + _NEAR))


def _rescoped(old: Member, member: Member, since: datetime | None) -> bool:
    alike, meet = old.cause == member.cause, _meet(old.span, member.span)
    clearer = old.cause == UNCLASSIFIED and member.width > old.width
    narrower = alike and member.width < old.width
    return meet and (narrower or ((alike or clearer) and _as_early(old, member, since)))


def _as_early(old: Member, member: Member, since: datetime | None) -> bool:
    return member.first_seen <= (max(old.first_seen, since) if since else old.first_seen) + _NEAR


def _again(new: Mapping[str, Member], seen: Mapping[str, Member], incidents: Mapping[str, Incident]) -> dict[str, str]:
    """Those that fail as and where an incident did, and later; of what hits everybody only lately, where it goes on."""
    found = {}
    for name, member in new.items():
        ranked = [
            (other.last_seen, each.id)
            for each in incidents.values()
            for other in each.members.values()
            if _is_now(other, member, seen)
            if not (each.live and member.width == _WIDEST) or member.first_seen - other.last_seen <= _LATELY
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
    until = max((each.last_seen for each in here.values()), default=None)

    def state(old: Member) -> str:
        """What others of it outlast is gone, not unread: what was read stays, under whatever name."""
        return GONE if whole or old.state == GONE or (until and old.last_seen <= until) else UNSEEN

    gone = {name: replace(each, state=state(each)) for name, each in left.items()}
    rest = {f"{name}@{each.first_seen:%Y%m%dT%H%M%S}" if name in here else name: each for name, each in gone.items()}
    begun = min((each.first_seen for each in here.values()), default=incident.started)
    started = min(incident.started, begun) if incident.told is None else incident.started
    return replace(incident, members={**rest, **here}, started=started)


def _same(one: Member, other: Member) -> bool:
    """Alike in what fails and where; of several clients told together, any that is among the others."""
    alike = (one.cause, one.level) == (other.cause, other.level)
    return alike and (one.values == other.values or not set(one.values).isdisjoint(other.values))


def _is_now(old: Member, member: Member, seen: Mapping[str, Member]) -> bool:
    """Whether they are alike, unless another finding is what became of the old one and this one began beside that: an
    outage in what always fails is no more of the same.
    """
    return _same(old, member) and not (
        member.first_seen > old.first_seen + _NEAR
        and any(
            each.subject == member.subject == old.subject
            and each.first_seen <= old.first_seen + _NEAR
            and _meet(each.span, member.span)
            for each in seen.values()
        )
    )


def _is_still(old: Member, member: Member, seen: Mapping[str, Member], *, live: bool) -> bool:
    """As `_is_now`, of what may be over: everybody's vague failures that last beyond an outage are no more of that."""
    wide = member.width == _WIDEST
    return _is_now(old, member, seen) and not (wide and not live and _longer(old, member, None, live=live))


def _met(old: Member, here: Iterable[Member]) -> bool:
    return any(_same(each, old) and _meet(each.span, old.span) for each in here)


def _is_part(
    member: Member, seen: Mapping[str, Member], home: Mapping[str, str], incidents: Iterable[Incident]
) -> bool:
    """Whether everybody failed then and there, and this is no more than a part of that, or a vaguer name for it: not
    what is more severe, as an outage is beside a little that always fails.
    """
    narrow = member.width < _WIDEST
    for incident in incidents:
        here = [seen[name] for name, key in home.items() if key == incident.id]
        wide = _wide(here) or ([] if incident.live else _wide(incident.members.values()))
        causes = {each.cause for each in wide}
        vaguer = member.cause == UNCLASSIFIED and (narrow or causes - {UNCLASSIFIED})
        if (
            wide
            and member.rank <= max(each.rank for each in wide)
            and (vaguer or (narrow and member.cause in causes))
            and _within(member, (*incident.spans, *(m.span for m in wide)))
        ):
            return True
    return False


def _wide(members: Iterable[Member]) -> list[Member]:
    return [each for each in members if each.width == _WIDEST]


def _within(member: Member, spans: Iterable[Span]) -> bool:
    return any(first - _NEAR <= member.first_seen and member.last_seen <= last + _NEAR for first, last in spans)


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
