import itertools
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from logscan.report.grid import COLUMNS, make_grid, steps_path, stretches, tally, ticks, time_ticks

START = datetime(2026, 3, 12, 5, 0, tzinfo=UTC)
WHEN = st.one_of(st.integers(0, 10_000_000), st.integers(0, 50), st.integers(900_000_000, 900_100_000))
ROWS = st.lists(st.tuples(WHEN.map(lambda s: START + timedelta(seconds=s)), st.integers(0, 500)), max_size=60)


def minutes(first: datetime, count: int, events: int = 10) -> list[tuple[datetime, int]]:
    return [(first + timedelta(minutes=k), events) for k in range(count)]


@given(ROWS, st.sampled_from([1, 60, 600, 86_400, 1_000_000]))
def test_every_event_is_in_a_column_or_counted_as_outside(rows: Any, bucket_s: int) -> None:
    parts, outside = stretches(rows, bucket_s)
    grids = [make_grid(part.first, part.last, bucket_s) for part in parts]
    inside = sum(sum(map(sum, tally([(when, "x", n) for when, n in rows], grid).values())) for grid in grids)
    assert inside + outside == sum(n for _, n in rows)
    assert all(1 <= grid.columns <= COLUMNS and grid.step >= bucket_s for grid in grids)
    assert len(parts) <= 4


@given(ROWS)
def test_the_order_of_rows_does_not_matter(rows: Any) -> None:
    assert stretches(rows, 60) == stretches(list(reversed(rows)), 60)


def test_a_lone_wrong_clock_does_not_stretch_the_axis() -> None:
    wild = [(datetime(1970, 1, 1, tzinfo=UTC), 1), (datetime(2106, 1, 1, tzinfo=UTC), 2)]
    parts, outside = stretches([*minutes(START, 600), *wild], 60)
    assert outside == 3
    assert [part.first for part in parts] == [int(START.timestamp())]


def test_logs_far_apart_get_an_axis_each() -> None:
    later = START + timedelta(days=200)
    parts, outside = stretches([*minutes(START, 600), *minutes(later, 60)], 60)
    assert [(part.first, part.events) for part in parts] == [
        (int(START.timestamp()), 6000),
        (int(later.timestamp()), 600),
    ]
    assert outside == 0


def test_a_quiet_night_or_a_few_events_do_not_divide_the_axis() -> None:
    night = [*minutes(START, 600), *minutes(START + timedelta(hours=20), 600)]
    assert len(stretches(night, 60)[0]) == 1
    assert len(stretches([(START, 1), (START + timedelta(days=9), 1)], 60)[0]) == 1


def test_no_more_than_four_stretches_are_drawn_and_the_rest_is_counted() -> None:
    rows = [row for k in range(7) for row in minutes(START + timedelta(days=10**k / 10), 3, 10 + k)]
    parts, outside = stretches(rows, 60)
    assert len(parts) <= 4
    assert sum(part.events for part in parts) + outside == sum(n for _, n in rows)


@given(st.integers(0, 10**9))
def test_ticks_are_round_few_and_reach_the_highest(highest: int) -> None:
    marks = ticks(highest)
    assert marks[0] == 0
    assert marks[-1] >= highest
    assert 2 <= len(marks) <= 6
    assert len({b - a for a, b in itertools.pairwise(marks)}) == 1


@given(st.integers(0, 4_000_000_000), st.integers(0, 400_000_000))
def test_time_ticks_stand_on_the_axis_and_say_the_day_first(first: int, length: int) -> None:
    marks = time_ticks(make_grid(first, first + length, 60))
    assert len(marks) <= 6
    assert all(0 <= place <= 1 for place, _, _ in marks)
    assert not marks or re.fullmatch(r"\d\d [A-Z][a-z]{2}", marks[0][2])


def test_a_path_has_a_box_for_each_column_with_events() -> None:
    assert steps_path([0, 5, 0, 10], [0, 5, 0, 0], 0.1, 200) == "M1 150.0V100.0H2V150.0ZM3 200.0V100.0H4V200.0Z"


def test_a_short_stretch_gets_room_around_it() -> None:
    assert (make_grid(600, 600, 60).columns, make_grid(600, 600, 60).start) == (19, 60)
    assert make_grid(0, 60 * 99, 60).columns == 100
