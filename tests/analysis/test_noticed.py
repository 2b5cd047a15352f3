"""What is told of the times of a log, however it was rotated."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.analysis.course import Steps, course_of
from logscan.analysis.judgement import load_judgement
from logscan.analysis.noticed import coverages
from logscan.model.finding import Coverage
from logscan.model.resources import rules_dir
from tests.analysis.test_course import START, events

MEASURES = load_judgement([rules_dir()]).measures
STEPS = Steps(MEASURES.gap_s, MEASURES.jump_s)


def coverage(parts: dict[str, list[int | None]], zones: list[str | None] | None = None) -> Coverage:
    courses = {path: [course_of(events(seconds, zones), STEPS, offset=0, end=9)] for path, seconds in parts.items()}
    (found,) = coverages(courses, MEASURES)
    return found


def steady(start: int, stop: int) -> list[int | None]:
    return list(range(start, stop, 5))


def test_a_gap_is_told_where_it_is_much_longer_than_usual() -> None:
    found = coverage({"a.log": [*steady(0, 1000), *steady(4000, 5000)]})
    assert [(g.start, g.end, g.line) for g in found.gaps] == [
        (START + timedelta(seconds=995), START + timedelta(seconds=4000), 201)
    ]
    hourly = coverage({"a.log": [3600 * n for n in range(50)]})
    assert (hourly.gaps, hourly.gap_count) == ((), 0)


def test_a_gap_between_two_parts_belongs_to_the_log() -> None:
    found = coverage({"a.log": steady(4000, 5000), "a.log.2.gz": steady(0, 500), "a.log.1": steady(500, 1000)})
    assert (found.log, found.parts) == ("a.log", ("a.log.2.gz", "a.log.1", "a.log"))
    assert [(g.path, g.line, g.seconds) for g in found.gaps] == [("a.log", 1, 3005.0)]
    assert (found.first, found.last) == (START, START + timedelta(seconds=4995))


def test_a_clock_that_was_set_back_is_told_and_its_lead_is_no_gap() -> None:
    found = coverage({"a.log": [*steady(0, 1000), *steady(8200, 8700), *steady(1500, 3000)]})
    assert [(s.line, s.seconds) for s in found.set_back] == [(301, 7195.0)]
    assert [(s.line, s.seconds) for s in found.set_ahead] == [(201, 7205.0)]
    assert found.gaps == ()
    assert found.last == START + timedelta(seconds=8695)


def test_lines_a_little_out_of_order_are_counted() -> None:
    found = coverage({"a.log": [0, 9, 7, 20, 12, 30]})
    assert (found.disordered, found.furthest and found.furthest.seconds) == (2, 8.0)
    assert found.set_back_count == 0


@pytest.mark.parametrize(
    ("zones", "mixed"),
    [
        (["UTC", "+01:00"] * 100, ("+01:00", "UTC")),
        (["CET", "+01:00"] * 100, ()),
        (["UTC", "UTC (assumed)"] * 100, ("UTC", "UTC (assumed)")),
        (["+01:00"] * 100 + ["+02:00"] * 100, ()),
        (["Europe/Berlin", "+01:00"] * 100, ("+01:00", "Europe/Berlin")),
    ],
)
def test_zones_side_by_side_are_told_and_a_clock_change_is_not(zones: list[str | None], mixed: tuple[str, ...]) -> None:
    assert coverage({"a.log": steady(0, 1000)}, zones).mixed == mixed


def test_an_abbreviation_is_told_with_the_offset_it_was_read_as() -> None:
    zones = coverage({"a.log": steady(0, 25)}, ["IST", "UTC", "+01:00", "Europe/Berlin", "UTC (assumed)"]).zones
    assert {name: zone.read_as for name, zone in zones.items() if zone.read_as} == {"IST": "+05:30"}


def test_logs_without_times_are_told_too() -> None:
    found = coverage({"a.log": [None]})
    assert (found.first, found.last, found.parts) == (None, None, ("a.log",))


@given(st.lists(st.integers(0, 9000), min_size=2, max_size=40).map(sorted), st.data())
def test_how_a_log_was_rotated_changes_nothing_but_names(seconds: list[int], data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(seconds) - 1))
    whole = coverage({"a.log": [*seconds]})
    halves = coverage({"a.log": [*seconds[at:]], "a.log.1": [*seconds[:at]]})
    assert [(g.start, g.end) for g in halves.gaps] == [(g.start, g.end) for g in whole.gaps]
    assert (halves.first, halves.last, halves.zones, halves.disordered) == (
        whole.first, whole.last, whole.zones, whole.disordered,
    )  # fmt: skip
