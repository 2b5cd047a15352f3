"""Whatever the analysis calls things from run to run, and however it cuts them: one incident for each outage."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from logscan.alert.gate import Quiet, Seen, gate
from logscan.alert.incident import Memory, Notice
from logscan.model.finding import Bout, Finding
from tests.alert.made import HOUR, MINUTE, START, finding, page

NAMES = [f"{number:012x}" for number in range(40)]
WINDOW = timedelta(hours=30)
QUIET = Quiet(reminder=timedelta(days=99), flap_starts=99)


@dataclass(frozen=True)
class World:
    """Outages of everybody as minutes since START, far enough apart to be told apart; some clients fail all the time."""

    outages: tuple[tuple[int, int], ...]
    step: int
    seed: int

    def runs(self) -> Iterator[datetime]:
        end = self.outages[-1][1] + 120
        yield from (START + minute * MINUTE for minute in range(self.step, end, self.step))

    def spans(self, now: datetime) -> list[tuple[datetime, datetime, bool]]:
        """What the window shows of the outages: first, last, whether it lasts."""
        found = []
        for low, high in self.outages:
            first, last = max(START + low * MINUTE, now - WINDOW), min(START + high * MINUTE, now)
            if first <= last:
                found.append((first, last, now < START + high * MINUTE))
        return found


def worlds() -> st.SearchStrategy[World]:
    lengths = st.tuples(st.integers(20, 300), st.integers(6, 240))

    def laid_out(pairs: list[tuple[int, int]], step: int, seed: int) -> World:
        at, found = 0, []
        for calm, length in pairs:
            # settle, and a run that sees it: what begins again sooner has not ended
            begin = at + max(calm, 20 + 2 * step)
            found.append((begin, begin + max(length, 2 * step)))
            at = found[-1][1]
        return World(tuple(found), step, seed)

    several = st.lists(lengths, min_size=1, max_size=9)
    return st.builds(laid_out, several, st.sampled_from([5, 7, 15]), st.integers(0, 10_000))


def analysed(world: World, now: datetime, draw: random.Random) -> list[Finding]:
    """A day's report of the same facts: the names are dealt anew, and outages stand alone, or as one finding of which
    the latest bout is told, or with what fails all the time.
    """
    spans, names = world.spans(now), draw.sample(NAMES, 20)
    oldest = max(START, now - WINDOW)
    noise = finding(
        names.pop(),
        cause="unclassified",
        scope="client:203.0.113.1",
        severity="medium",
        first_seen=oldest,
        last_seen=now,
    )
    if not spans:
        return [noise]
    first, last, lasts = spans[-1]
    cut = draw.choice(["alone", "together", "with noise", "earlier together"])
    severity = "critical" if lasts and draw.random() < 0.7 else "high"
    cause = draw.choice(["server_auth_config", "server_auth_config", "signing_key_unavailable"]) if lasts else ""
    shape = {"scope": "all", "cause": cause or "server_auth_config", "severity": severity}
    state = "open" if lasts else draw.choice(["closed", "resolved"])
    if cut in ("together", "with noise"):
        begun = spans[0][0] if cut == "together" else oldest
        bout = Bout(first, last, lasts)
        until = last if cut == "together" else now
        whole = finding(names.pop(), first_seen=begun, last_seen=until, bout=bout, state="open", **shape)
        return [whole] if cut == "with noise" else [whole, noise]
    found = [noise, finding(names.pop(), first_seen=first, last_seen=last, state=state, **shape)]
    old = {"scope": "all", "cause": "server_auth_config", "severity": "high", "state": "closed"}
    if cut == "earlier together" and len(spans) > 2:
        early, late = spans[0], spans[-2]
        bout = Bout(late[0], late[1], open=False)
        return [*found, finding(names.pop(), first_seen=early[0], last_seen=late[1], bout=bout, **old)]
    return [*found, *(finding(names.pop(), first_seen=low, last_seen=high, **old) for low, high, _ in spans[:-1])]


def watched(world: World) -> list[Notice]:
    draw, memory, told = random.Random(world.seed), Memory(), list[Notice]()  # noqa: S311 (no secret)
    for now in world.runs():
        findings = analysed(world, now, draw)
        severe = [each for each in findings if each.severity != "medium"]
        pages = [page(each.id, cause=each.cause) for each in severe]
        cover = Seen(now, now, since=max(START, now - WINDOW))
        found = gate(findings, pages, memory, seen=cover, now=now, quiet=QUIET)
        memory = found.memory
        told += found.notices
    return told


@settings(max_examples=30)
@given(worlds())
def test_each_outage_is_told_once_when_it_begins_and_once_when_it_is_over(world: World) -> None:
    told = watched(world)
    assert len({each.id for each in told}) == len(told)
    assert {each.kind for each in told} <= {"new", "changed", "resolved"}
    begun = [each for each in told if each.kind == "new"]
    over = [each for each in told if each.kind == "resolved"]
    assert len(begun) == len(over) == len(world.outages)
    for (low, high), new, end in zip(world.outages, begun, over, strict=True):
        assert new.incident.id == end.incident.id
        assert START + low * MINUTE <= new.at <= START + high * MINUTE + HOUR
        assert abs(new.incident.started - (START + low * MINUTE)) <= world.step * MINUTE
        assert START + high * MINUTE < end.at <= START + high * MINUTE + HOUR
        between = [each for each in told if new.at < each.at < end.at]
        assert {each.kind for each in between} <= {"changed"}
        assert {each.incident.id for each in between} <= {new.incident.id}


@settings(max_examples=10)
@given(worlds())
def test_a_memory_that_is_lost_finds_the_same_identities(world: World) -> None:
    draw = random.Random(world.seed)  # noqa: S311 (no secret)
    ids = set()
    for now in world.runs():
        findings = [each for each in analysed(world, now, draw) if each.cause == "server_auth_config"][:1]
        pages = [page(each.id, cause=each.cause) for each in findings]
        told = gate(findings, pages, Memory(), seen=Seen(now, now), now=now, quiet=QUIET).notices
        ids |= {each.incident.id for each in told}
    assert len(ids) <= 1
