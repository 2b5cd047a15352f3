"""The course of a log's times does not depend on how the log was divided, and is what a plain look finds."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from logscan.analysis.course import (
    Course,
    Step,
    Steps,
    Zoned,
    course_of,
    gathered,
    joined,
    replaced,
    usual_step_s,
    when,
)

START = datetime(2026, 3, 12, tzinfo=UTC)
STEPS = Steps(gap_s=300, jump_s=120)
ZERO = int(START.timestamp() * 1e6)


def events(seconds: list[int | None], zones: list[str | None] | None = None, first: int = 1) -> pl.DataFrame:
    times = [None if s is None else START + timedelta(seconds=s) for s in seconds]
    return pl.DataFrame(
        {
            "@timestamp": times,
            "logscan.line": range(first, first + len(times)),
            "event.timezone": zones or ["UTC"] * len(times),
        },
        schema={"@timestamp": pl.Datetime("us", "UTC"), "logscan.line": pl.UInt64(), "event.timezone": pl.String()},
    )


def course(seconds: list[int | None], zones: list[str | None] | None = None) -> Course:
    return course_of(events(seconds, zones), STEPS, offset=0, end=len(seconds))


def at(second: int) -> int:
    return ZERO + second * 1_000_000


def test_a_gap_a_jump_and_a_slip_are_each_told_with_their_line() -> None:
    found = course([0, 10, 400, None, 395, 390, 100, 101])
    assert found.gaps == (Step(at(10), at(400), "", 3),)
    assert (found.jumps, found.jumped) == ((Step(at(390), at(100), "", 7),), 1)
    assert (found.back, found.furthest) == (2, Step(at(400), at(395), "", 5))
    assert (found.events, found.first, found.last, found.top) == (7, at(0), at(101), at(400))


def test_zones_are_counted_with_their_first_and_last_time() -> None:
    found = course([0, 5, 3, 9], ["UTC", "+01:00", "UTC", None])
    assert found.zones == {"+01:00": Zoned(1, at(5), at(5)), "UTC": Zoned(2, at(0), at(3))}


def test_places_are_told_once_they_are_known() -> None:
    found = replaced(course([0, 400, 395, 100]), lambda _, line: ("b.log", line + 10))
    assert found.first_at == ("b.log", 11)
    steps = [*found.gaps, *found.jumps, found.furthest]
    assert [step and (step.path, step.line) for step in steps] == [("b.log", 12), ("b.log", 14), ("b.log", 13)]
    assert replaced(course([None]), lambda _, line: ("b.log", line)) == course([None])


def test_a_stretch_without_times_is_nothing() -> None:
    assert course([None, None]) == Course(0, 2, STEPS)
    assert joined([course([None]), course([5])]).events == 1


def test_the_usual_step_is_told_to_a_power_of_two() -> None:
    assert 1 <= usual_step_s(course(list(range(100))), 0.99) < 2
    assert usual_step_s(course([5]), 0.99) == 0
    assert 1 <= usual_step_s(course([*range(1000), 9000]), 0.99) < 2
    assert when(at(7)) == START + timedelta(seconds=7)


LOG = st.lists(
    st.one_of(st.none(), st.integers(0, 3000), st.sampled_from([0, 299, 300, 301, 119, 120, 121])), max_size=30
)


@given(LOG, st.lists(st.integers(0, 30), max_size=4), st.randoms(use_true_random=False))
def test_how_a_log_is_divided_changes_nothing(seconds: list[int | None], cuts: list[int], random: Random) -> None:
    zones = ["UTC" if n % 3 else "+01:00" for n in range(len(seconds))]
    whole = course_of(events(seconds, [*zones]), STEPS, offset=0, end=len(seconds))
    places = sorted({0, len(seconds), *(c for c in cuts if c < len(seconds))})
    parts = [course_of(events(seconds[a:b], [*zones[a:b]], a + 1), STEPS, offset=a, end=b) for a, b in pairwise(places)]
    if parts:
        assert joined(parts) == whole
        assert gathered(random.sample(parts, len(parts))) == (whole,)


@given(LOG)
def test_gaps_are_what_a_plain_look_finds(seconds: list[int | None]) -> None:
    told = [s for s in seconds if s is not None]
    plain, top = [], None
    for s in told:
        if top is not None and s - top >= 300:
            plain.append((top, s))
        top = s if top is None else max(top, s)
    found = course(seconds)
    assert [(g.start, g.end) for g in found.gaps] == [(at(a), at(b)) for a, b in plain]
    moved = [b - a for a, b in pairwise(told)]
    assert (found.jumped, found.back) == (sum(m <= -120 for m in moved), sum(-120 < m < 0 for m in moved))
