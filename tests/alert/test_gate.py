"""The gate: told once when it begins, once when it is over, and between only what is worse."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from logscan.alert.gate import Gate, Quiet, Seen, gate
from logscan.alert.incident import Incident, Memory
from logscan.model.finding import Finding
from tests.alert.made import DAY, HOUR, MINUTE, START, finding, page, seen

QUIET = Quiet()


class Watch:
    """A gate that is asked again and again; `said` is what it told: kind and reasons."""

    def __init__(self, quiet: Quiet = QUIET) -> None:
        self.memory, self.quiet, self.ids = Memory(), quiet, set[str]()
        self.silent: set[str] = set()

    def at(self, now: datetime, *findings: Finding, cover: Seen | None = None, called: bool = True) -> list[str]:
        pages = [page(*(each.id for each in findings))] if called else []
        found = self.gate(now, findings, pages, cover or seen(now))
        self.ids |= {notice.incident.id for notice in found.notices}
        return [":".join((notice.kind, *notice.reasons)) for notice in found.notices]

    def gate(self, now: datetime, findings: Sequence[Finding], pages: Any, cover: Seen) -> Gate:
        quiet, silenced = self.quiet, lambda each: each.id in self.silent or "*" in self.silent
        found = gate(findings, pages, self.memory, seen=cover, now=now, quiet=quiet, silenced=silenced)
        if found.notices:
            again = gate(findings, pages, found.memory, seen=cover, now=now, quiet=quiet, silenced=silenced)
            assert not again.notices
            assert not again.summary
        self.memory = found.memory
        return found

    @property
    def one(self) -> Incident:
        (incident,) = self.memory.incidents.values()
        return incident


def going(minutes: float, **changes: Any) -> Finding:
    """The usual outage, as it is seen so many minutes after it began."""
    return finding(last_seen=START + minutes * MINUTE, **changes)


def test_told_when_it_begins_and_when_it_is_over() -> None:
    watch = Watch()
    assert watch.at(START + 5 * MINUTE, going(5)) == ["new"]
    assert watch.at(START + 10 * MINUTE, going(10)) == []
    assert watch.at(START + 20 * MINUTE, going(11, state="resolved")) == []
    assert watch.at(START + 30 * MINUTE, going(11, state="resolved")) == ["resolved"]
    assert watch.at(START + DAY, going(11, state="resolved")) == []
    assert len(watch.ids) == 1


def test_nothing_is_resolved_without_traffic_after_it() -> None:
    for state in ("closed", "gone"):
        watch = Watch()
        watch.at(START + 5 * MINUTE, going(5))
        left = [going(5, state="closed")] if state == "closed" else []
        dead = Seen(START + HOUR, START + 5 * MINUTE)
        assert watch.at(START + HOUR, *left, cover=dead) == ["silent"]
        assert watch.at(START + 2 * HOUR, *left, cover=dead) == []
        assert watch.at(START + 3 * HOUR, *left) == ["resolved"]


def test_clients_that_stay_away_are_silent_though_others_succeed() -> None:
    watch = Watch()
    watch.at(START + 5 * MINUTE, going(5))
    assert watch.at(START + HOUR, going(5, state="silent")) == ["silent"]
    assert watch.at(START + 2 * HOUR, going(5, state="resolved")) == ["resolved"]


def test_who_fails_with_everybody_is_not_silent() -> None:
    watch = Watch()
    watch.at(START + 5 * MINUTE, going(5))
    now = START + 90 * MINUTE
    wide = finding("w", cause="server_auth_config", scope="all", first_seen=START + 10 * MINUTE, last_seen=now)
    pages = [page("a1"), page("w", cause="server_auth_config")]
    told = watch.gate(now, [going(5, state="silent"), wide], pages, seen(now)).notices
    assert [notice.incident.width for notice in told] == [3]
    over = replace(wide, state="resolved")
    later = now + HOUR
    kinds = [each.kind for each in watch.gate(later, [going(5, state="silent"), over], pages, seen(later)).notices]
    assert sorted(kinds) == ["resolved", "silent"]


def test_silent_and_failing_again_is_told() -> None:
    watch = Watch()
    watch.at(START + 5 * MINUTE, going(5))
    watch.at(START + HOUR, going(5, state="silent"))
    assert watch.at(START + 2 * HOUR, going(119)) == ["changed:again"]
    assert len(watch.ids) == 1


def test_a_log_that_stops_is_told_once() -> None:
    watch = Watch()
    watch.at(START + 5 * MINUTE, going(5))
    last = seen(START + 5 * MINUTE)
    assert watch.at(START + 20 * HOUR, going(5), cover=last) == []
    assert watch.at(START + 30 * HOUR, going(5), cover=last) == ["silent"]
    assert watch.at(START + 31 * HOUR, going(5), cover=last) == []
    assert watch.at(START + 32 * HOUR, going(1920)) == ["changed:again"]


def test_what_could_not_be_read_whole_resolves_nothing() -> None:
    watch = Watch()
    watch.at(START + 5 * MINUTE, going(5))
    assert watch.at(START + DAY, cover=seen(START + DAY, whole=False)) == []
    assert watch.at(START + DAY) == ["resolved"]


def test_what_can_not_be_read_for_a_day_is_told_as_silent() -> None:
    watch = Watch()
    watch.at(START + 5 * MINUTE, going(5))
    for hour in range(1, 26):
        assert watch.at(START + hour * HOUR, cover=seen(START + hour * HOUR, whole=False)) == []
    assert watch.at(START + 27 * HOUR, cover=seen(START + 27 * HOUR, whole=False)) == ["silent"]
    assert watch.at(START + 28 * HOUR, cover=seen(START + 28 * HOUR, whole=False)) == []
    assert watch.at(START + 29 * HOUR) == ["resolved"]


def test_a_file_that_can_never_be_read_keeps_nothing_going_that_is_seen_to_be_over() -> None:
    watch = Watch()
    watch.at(START + 5 * MINUTE, going(5))
    found = going(5, state="resolved")
    assert watch.at(START + HOUR, found, cover=seen(START + HOUR, whole=False)) == ["resolved"]


def test_what_is_called_otherwise_is_not_taken_for_unread() -> None:
    """Its failures are seen under another name: a file that cannot be read does not keep it going."""
    watch = Watch()
    watch.at(START + 5 * MINUTE, going(5))
    end: dict[str, Any] = {"last_seen": START + 6 * MINUTE, "cause": "token_invalid"}
    assert watch.at(START + 6 * MINUTE, going(5), finding("b2", **end)) == []
    over = finding("b2", **end, state="resolved")
    assert watch.at(START + HOUR, over, cover=seen(START + HOUR, whole=False)) == ["resolved"]


def test_what_comes_back_within_one_stretch_began_no_later_than_its_last_failure() -> None:
    watch = Watch()
    watch.at(START + 5 * MINUTE, going(5))
    assert watch.at(START + 40 * MINUTE, going(5, state="resolved")) == ["resolved"]
    assert watch.at(START + 59 * MINUTE, going(50)) == ["new"]
    assert watch.one.started == START + 50 * MINUTE


def test_what_comes_back_began_with_its_last_turn() -> None:
    watch = Watch()
    watch.at(START + 5 * MINUTE, going(5))
    assert watch.at(START + HOUR, going(5, state="resolved")) == ["resolved"]
    blip = finding("b2", first_seen=START + 50 * MINUTE, last_seen=START + 61 * MINUTE, state="resolved")
    turn = finding("c3", first_seen=START + 5 * HOUR, last_seen=START + 5.2 * HOUR)
    assert watch.at(START + 5.2 * HOUR, blip, turn) == ["new"]
    assert watch.one.started == START + 5 * HOUR


def test_findings_that_come_and_go_in_one_incident_are_forgotten() -> None:
    watch = Watch()
    for hour in range(0, 24 * 14, 2):
        now = START + hour * HOUR
        steady = finding("steady", last_seen=now)
        guest = finding(f"guest{hour}", scope=f"client:198.51.100.{hour % 250}", first_seen=now, last_seen=now)
        watch.gate(now, [steady, guest], [page("steady", f"guest{hour}")], seen(now))
    sizes = [len(each.members) for each in watch.memory.incidents.values() if "steady" in each.members]
    assert max(sizes) <= 30


def test_what_began_and_ended_while_nobody_looked_is_told_once() -> None:
    watch = Watch()
    assert watch.at(START + 9 * HOUR, going(20, state="resolved")) == ["new"]
    assert watch.one.status == "resolved"
    assert watch.at(START + 10 * HOUR, going(20, state="resolved")) == []


def test_it_comes_back_under_the_same_identity() -> None:
    watch = Watch()
    watch.at(START + 5 * MINUTE, going(5))
    watch.at(START + HOUR, going(5, state="resolved"))
    assert watch.at(START + 2 * DAY, going(2879)) == ["new"]
    assert watch.one.started > START + DAY
    assert len(watch.ids) == 1


def test_it_came_back_and_was_over_again_while_nobody_looked() -> None:
    watch = Watch()
    watch.at(START + 5 * MINUTE, going(5))
    watch.at(START + HOUR, going(5, state="resolved"))
    assert watch.at(START + 2 * DAY, going(2000, state="resolved")) == ["new"]
    assert watch.at(START + 3 * DAY, going(2000, state="resolved")) == []


def test_an_end_that_is_known_better_later_is_no_come_back() -> None:
    watch = Watch()
    watch.at(START + 5 * MINUTE, going(5))
    assert watch.at(START + 40 * MINUTE, going(8, state="resolved")) == ["resolved"]
    assert watch.at(START + 60 * MINUTE, going(25, state="resolved")) == []
    assert watch.at(START + 90 * MINUTE, going(70, state="resolved")) == ["new"]


def test_what_no_rule_asks_for_any_more_stays_over() -> None:
    watch = Watch()
    watch.at(START + 5 * MINUTE, going(5))
    watch.at(START + HOUR, going(5, state="resolved"))
    assert watch.at(START + 2 * DAY, going(2879, severity="low"), called=False) == []
    assert watch.one.status == "resolved"


def test_what_rules_do_not_ask_for_is_not_told() -> None:
    assert Watch().at(START + 5 * MINUTE, going(5), called=False) == []


def test_worse_is_told_and_better_is_not() -> None:
    watch = Watch()
    watch.at(START + 5 * MINUTE, going(5, severity="medium"))
    assert watch.at(START + 10 * MINUTE, going(10, severity="critical")) == ["changed:severity"]
    assert watch.at(START + 15 * MINUTE, going(15, severity="medium")) == []
    assert watch.at(START + 20 * MINUTE, going(20, severity="critical")) == []


def test_wider_is_told() -> None:
    watch = Watch()
    watch.at(START + 5 * MINUTE, going(5))
    wide = replace(finding("w", scope="all", last_seen=START + 10 * MINUTE), first_seen=START)
    assert watch.at(START + 10 * MINUTE, wide) == ["changed:scope"]
    assert watch.at(START + 15 * MINUTE, wide) == []


def test_twice_as_many_scopes_are_wider_and_one_more_of_many_is_not() -> None:
    watch = Watch()
    found = [finding(f"f{k}", scope=f"client:192.0.2.{k}", last_seen=START + DAY) for k in range(8)]
    assert watch.at(START + 5 * MINUTE, *found[:2]) == ["new"]
    assert watch.at(START + 10 * MINUTE, *found[:3]) == []
    assert watch.at(START + 15 * MINUTE, *found[:4]) == ["changed:scope"]
    assert watch.at(START + 20 * MINUTE, *found[:7]) == []
    assert watch.at(START + 25 * MINUTE, *found) == ["changed:scope"]


def test_a_better_name_is_told() -> None:
    watch = Watch()
    watch.at(START + 5 * MINUTE, going(5, cause="unclassified"))
    named = replace(going(10), id="named")
    assert watch.at(START + 10 * MINUTE, named) == ["changed:cause"]
    assert len(watch.ids) == 1


def test_a_reminder_comes_after_a_quiet_time_while_it_goes_on() -> None:
    watch = Watch()
    watch.at(START + 5 * MINUTE, going(5))
    assert watch.at(START + 23 * HOUR, going(23 * 60)) == []
    assert watch.at(START + 25 * HOUR, going(25 * 60)) == ["ongoing"]
    assert watch.at(START + 26 * HOUR, going(26 * 60)) == []
    assert watch.at(START + 50 * HOUR, going(50 * 60)) == ["ongoing"]


def test_who_has_taken_it_is_not_reminded_but_told_of_worse() -> None:
    watch = Watch()
    watch.at(START + 5 * MINUTE, going(5))
    watch.memory = replace(watch.memory, incidents={watch.one.id: replace(watch.one, acked="ada")})
    assert watch.at(START + 2 * DAY, going(2880)) == []
    assert watch.at(START + 3 * DAY, going(4320, severity="critical")) == ["changed:severity"]
    assert watch.one.acked == ""


def test_time_is_that_of_the_events() -> None:
    """An old log that is read in one go reminds as it would have then; the clock moves nothing."""
    watch = Watch()
    watch.at(START + 5 * MINUTE, going(5))
    for hour in (1, 2, 3):
        assert watch.at(START + hour * HOUR, going(10), cover=seen(START + 10 * MINUTE)) == []


def test_a_clock_that_runs_ahead_in_a_log_moves_nothing() -> None:
    watch = Watch()
    ahead = seen(START + 3650 * DAY)
    assert watch.at(START + 5 * MINUTE, going(5), cover=ahead) == ["new"]
    assert watch.at(START + 10 * MINUTE, going(10), cover=ahead) == []


def test_what_comes_and_goes_is_told_of_once_and_then_left_until_it_stays_away() -> None:
    watch = Watch()
    told = []
    last = 0.0
    for minute in range(0, 8 * 60, 5):
        failing = minute % 60 < 10
        last = minute if failing else last
        told += watch.at(START + minute * MINUTE, going(last, state="open" if failing else "resolved"))
    assert told == ["new", "resolved", "new", "resolved", "new:flapping"]
    for hour in range(8, 16):
        told += watch.at(START + hour * HOUR, going(last, state="resolved"))
    assert told[-1] == "resolved"
    assert told.count("resolved") == 3
    assert len(watch.ids) == 1


def test_silenced_nothing_is_told_and_nothing_is_missed() -> None:
    watch = Watch()
    watch.silent = {"*"}
    assert watch.at(START + 5 * MINUTE, going(5)) == []
    assert watch.one.silenced
    watch.silent = set()
    assert watch.at(START + 10 * MINUTE, going(10)) == ["new"]
    watch.silent = {watch.one.id}
    assert watch.at(START + 15 * MINUTE, going(15, severity="critical")) == []
    assert watch.at(START + HOUR, going(15, state="resolved")) == []
    watch.silent = set()
    assert watch.at(START + 2 * HOUR, going(15, state="resolved")) == ["resolved"]


def test_what_began_and_ended_in_silence_is_no_news() -> None:
    watch = Watch()
    watch.silent = {"*"}
    watch.at(START + 5 * MINUTE, going(5))
    watch.at(START + HOUR, going(5, state="resolved"))
    watch.silent = set()
    assert watch.at(START + 2 * HOUR, going(5, state="resolved")) == []
    assert watch.at(START + 2 * DAY, going(2880)) == ["new"]


def test_what_is_long_over_is_forgotten() -> None:
    watch = Watch()
    watch.at(START + 5 * MINUTE, going(5))
    watch.at(START + HOUR, going(5, state="resolved"))
    watch.at(START + 29 * DAY)
    assert watch.memory.incidents
    watch.at(START + 31 * DAY)
    assert not watch.memory.incidents


def test_the_worst_is_told_first() -> None:
    watch = Watch()
    low = finding("l", cause="api_key_invalid", severity="low", last_seen=START + HOUR)
    pages = [page("l", cause="api_key_invalid"), page("a1")]
    found = watch.gate(START + HOUR, [low, going(60)], pages, seen(START + HOUR))
    assert [notice.incident.severity for notice in found.notices] == ["high", "low"]


def test_the_same_notice_has_the_same_id_each_time_it_is_made() -> None:
    cover = seen(START + HOUR)
    made = [gate([going(60)], [page("a1")], Memory(), seen=cover, now=START + HOUR, quiet=QUIET) for _ in range(2)]
    assert made[0] == made[1]


class Story(NamedTuple):
    """Minutes in which each of some findings fails; a finding goes by the states that its past gives."""

    spells: tuple[tuple[tuple[int, int], ...], ...]
    step: int


def stories() -> st.SearchStrategy[Story]:
    spell = st.tuples(st.integers(0, 1440), st.integers(1, 120)).map(lambda t: (t[0], t[0] + t[1]))
    spells = st.lists(spell, min_size=1, max_size=5).map(lambda found: tuple(sorted(found)))
    return st.builds(Story, st.lists(spells, min_size=1, max_size=4).map(tuple), st.sampled_from([5, 7, 30, 240]))


def as_seen(name: int, spells: tuple[tuple[int, int], ...], minute: int) -> Finding | None:
    begun = [(low, min(high, minute)) for low, high in spells if low <= minute]
    if not begun:
        return None
    last = max(high for _, high in begun)
    state = "open" if any(low <= minute <= high for low, high in spells) else "resolved"
    scope = f"client:192.0.2.{name}"
    return finding(
        f"f{name}", scope=scope, state=state, first_seen=START + begun[0][0] * MINUTE, last_seen=START + last * MINUTE
    )


@settings(max_examples=25)
@given(stories())
@example(Story((((0, 10), (60, 70), (120, 130), (180, 190)),), 5))
@example(Story((((0, 120),), ((30, 40),), ((400, 401),)), 7))
def test_with_a_moving_clock_nothing_is_told_twice_and_nothing_missed(story: Story) -> None:
    watch = Watch(Quiet(reminder=timedelta(days=9), flap_starts=99))
    home: dict[str, str] = {}
    state: dict[str, str] = {}
    for minute in range(0, 1900, story.step):
        now = START + minute * MINUTE
        found = [each for k, spells in enumerate(story.spells) if (each := as_seen(k, spells, minute))]
        told = watch.gate(now, found, [page(*(each.id for each in found))], seen(now)).notices
        assert len({notice.incident.id for notice in told}) == len(told)
        for notice in told:
            before = state.get(notice.incident.id, "resolved")
            assert (notice.kind == "new") is (before == "resolved"), "begun twice, or ended before it began"
            assert notice.kind in ("new", "resolved", "changed")
            over = notice.kind == "resolved" or notice.incident.status == "resolved"
            state[notice.incident.id] = "resolved" if over else "active"
        for incident in watch.memory.incidents.values():
            for name in incident.members:
                assert home.setdefault(name, incident.id) == incident.id, "an incident changed its identity"
        for each in found:
            assert each.id in home, "a finding that a rule asked for was missed"
            assert each.state != "open" or state[home[each.id]] == "active", "an outage that goes on was not told"
    assert set(state.values()) <= {"resolved"}, "the end was not told"


def test_of_what_comes_and_goes_the_last_turn_decides_whether_it_goes_on() -> None:
    watch, late = Watch(), START + 6 * HOUR
    first = finding("a", scope="all", last_seen=START + HOUR)
    last = finding("a", scope="all", first_seen=late, last_seen=late + HOUR)
    # of all its turns the report now makes one that is over and one of the others, which comes again and again
    others = finding("b", scope="all", severity="medium", pattern="recurring_bursts", last_seen=START + HOUR)
    kinds = [
        [each.kind for each in watch.gate(now, found, [page(*(each.id for each in found))], seen(now)).notices]
        for now, found in (
            (START + HOUR, [first]),
            (START + 2 * HOUR, [replace(first, state="resolved")]),
            (late + HOUR, [last]),
            (late + 2 * HOUR, [replace(last, state="resolved"), others]),
        )
    ]
    assert kinds == [["new"], ["resolved"], ["new"], ["resolved"]]


@settings(max_examples=15)
@given(stories(), st.integers(1, 3), st.integers(10, 120))
def test_people_never_get_more_than_the_limit_and_each_notice_stands_somewhere(
    story: Story, rate: int, minutes: int
) -> None:
    within = timedelta(minutes=minutes)
    watch = Watch(Quiet(rate=rate, rate_within=within))
    sent: list[datetime] = []
    waiting: set[str] = set()
    for minute in range(0, 2400, 10):
        now = START + minute * MINUTE
        found = [each for k, spells in enumerate(story.spells) if (each := as_seen(k, spells, minute))]
        pages = [replace_rule(each, k) for k, each in enumerate(found)]
        told = watch.gate(now, found, pages, seen(now))
        alone = [notice for notice in told.notices if not notice.held]
        sent += [now] * (len(alone) + bool(told.summary))
        waiting |= {notice.incident.id for notice in told.notices if notice.held}
        waiting -= {notice.incident.id for notice in (*alone, *told.summary)}
    assert all(sum(low <= when < low + within for when in sent) <= rate for low in sent)
    assert not waiting


def replace_rule(each: Finding, at: int) -> Any:
    return page(each.id, rule=f"rule-{each.id}")


def test_two_weeks_of_runs_leave_a_small_memory() -> None:
    watch = Watch(Quiet(keep=timedelta(days=2)))
    sizes = []
    for run in range(14 * 24 * 4):
        now = START + run * 15 * MINUTE
        name = run // 8
        begun = START + name * 2 * HOUR
        state = "open" if run % 8 < 3 else "resolved"
        scope = f"client:192.0.2.{name}"
        here = finding(f"f{name}", scope=scope, first_seen=begun, last_seen=min(now, begun + 30 * MINUTE), state=state)
        watch.at(now, here)
        sizes.append(len(watch.memory.incidents))
    assert max(sizes) <= 2 * 12 + 2
    assert len(watch.ids) == 14 * 12


@pytest.mark.parametrize("state", ["closed", "resolved"])
def test_a_short_trouble_is_told_and_settles(state: str) -> None:
    watch = Watch()
    assert watch.at(START + 6 * MINUTE, going(5, state=state)) == ["new"]
    assert watch.at(START + 11 * MINUTE, going(5, state=state)) == []
    assert watch.at(START + 25 * MINUTE, going(5, state=state)) == ["resolved"]
