"""Each measure against a plain computation of the same thing."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.analysis.recurrence import (
    best_split,
    best_step,
    burst_stretch,
    dispersion_index,
    fold_period,
    gap_statistics,
    middle_of,
    most_distinct,
    most_in,
    per_window,
    phase_strength,
)

QUANTILES = (0.5, 0.35, 0.2, 0.1, 0.05)
TIMES = st.lists(st.integers(0, 2000), min_size=1, max_size=25).map(lambda found: np.array(sorted(found), dtype=float))


def test_equal_gaps_are_as_regular_as_can_be() -> None:
    found = gap_statistics(np.arange(0, 600, 60.0))
    assert (found.median, found.mad, found.cv, found.longest, found.floor, found.score) == (60, 0, 0, 60, 1, 1)


def test_no_gap_no_number() -> None:
    assert set(gap_statistics(np.array([5.0]))) == {None}


@given(TIMES, st.integers(-(10**6), 10**6))
def test_gaps_do_not_depend_on_the_origin(times: np.ndarray, shift: int) -> None:
    moved = gap_statistics(times + shift)
    assert [each or 0 for each in moved] == pytest.approx([each or 0 for each in gap_statistics(times)])


@given(st.integers(30, 5000), st.lists(st.booleans(), min_size=8, max_size=30), st.integers(0, 1000))
def test_a_grid_with_holes_gives_its_period(period: int, there: list[bool], phase: int) -> None:
    places = [place for place, here in enumerate(there) if here]
    gaps = np.diff(places)
    found = fold_period(
        phase + period * np.array(places, dtype=float), tolerance=0.1, quantiles=QUANTILES, missed_share=0.5
    )
    if (
        len(places) < 3
        or 2 * gaps.size < gaps.sum()
        or math.gcd(*gaps.tolist()) > 1
        or 1 not in np.quantile(gaps, QUANTILES)
    ):
        return  # half of the grid is missing, or it cannot be seen
    assert found is not None
    assert found.seconds == pytest.approx(period)
    assert found.cycles == pytest.approx(gaps.sum())


def test_chance_has_no_period() -> None:
    gaps = np.random.default_rng(7).exponential(600, 60)
    found = fold_period(gaps.cumsum(), tolerance=0.1, quantiles=QUANTILES, missed_share=0.5)
    assert found is None or found.cv > 0.15


def test_phases() -> None:
    assert phase_strength(np.arange(7, 1207, 60.0), 60) == pytest.approx(1)
    assert phase_strength(np.arange(0, 60, 3.0), 60) == pytest.approx(0, abs=1e-9)
    assert phase_strength(np.zeros(0), 60) is None


@given(st.lists(st.integers(0, 9), min_size=2, max_size=20))
def test_dispersion_is_variance_over_mean(counts: list[int]) -> None:
    mean = sum(counts) / len(counts)
    found = dispersion_index(np.array(counts, dtype=float))
    if mean == 0:
        assert found is None
    else:
        assert found == pytest.approx(sum((count - mean) ** 2 for count in counts) / len(counts) / mean)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 4)), max_size=40))
def test_counts_per_window_are_those_of_a_histogram(rows: list[tuple[int, int]]) -> None:
    times, weights = (
        (np.array(part, dtype=float) for part in zip(*sorted(rows), strict=True)) if rows else np.zeros((2, 0))
    )
    edges = np.linspace(3, 47, 12)
    assert np.array_equal(per_window(times, edges), np.histogram(times, edges)[0])
    assert np.array_equal(per_window(times, edges, weights), np.histogram(times, edges, weights=weights)[0])


@given(TIMES, st.integers(1, 500))
def test_the_densest_stretch(times: np.ndarray, width: int) -> None:
    most = max(sum(start <= time <= start + width for time in times) for start in times)
    assert most_in(times, width) == most
    densest = burst_stretch(times, width)
    assert densest is not None
    assert densest[0] == pytest.approx(most / times.size)
    assert sum(densest[1] - width <= time <= densest[1] for time in times) >= most
    assert densest[1] in times


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 5)), min_size=1, max_size=30), st.integers(1, 100))
def test_most_different_codes_in_any_stretch(rows: list[tuple[int, int]], width: int) -> None:
    rows = sorted(rows)
    times, codes = np.array([row[0] for row in rows], dtype=float), np.array([row[1] for row in rows])
    most = max(len({code for time, code in rows if end - width < time <= end}) for end, _ in rows)
    assert most_distinct(times, codes, width) == most


def _gain(bad: float, seen: float) -> float:
    return sum(part * math.log(part / seen) for part in (bad, seen - bad) if part > 0)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=10))
def test_the_best_step_is_the_best_of_all_stretches(rows: list[tuple[int, int]]) -> None:
    bad = np.array([row[0] for row in rows], dtype=float)
    seen = bad + np.array([row[1] for row in rows])
    found = best_step(bad, seen)
    if bad.sum() == 0:
        assert found is None
        return
    best = 0.0
    for start in range(len(rows)):
        for end in range(start + 1, len(rows) + 1):
            inside, asked = bad[start:end].sum(), seen[start:end].sum()
            rest, left = bad.sum() - inside, seen.sum() - asked
            if inside * left > rest * asked:
                best = max(best, _gain(inside, asked) + _gain(rest, left) - _gain(bad.sum(), seen.sum()))
    assert found is not None
    assert found.score == pytest.approx(best, abs=1e-6)


def test_the_split_is_where_successes_end() -> None:
    successes = np.arange(0.0, 100)
    failures = np.concatenate(([20.5], np.arange(100.0, 130)))
    assert failures[best_split(failures, successes, np.ones(100))] == 100
    assert best_split(np.arange(100.0, 130), successes, np.ones(100)) == 0


@given(TIMES)
def test_medians_and_quartiles_are_numpys(times: np.ndarray) -> None:
    assert middle_of(times) == np.median(times)
    found, gaps = gap_statistics(times), np.diff(times)
    if found.score is not None and found.median and found.mad is not None:
        low, middle, high = np.quantile(gaps, [0.25, 0.5, 0.75])
        skew = (high + low - 2 * middle) / (high - low) if high > low else 0.0
        assert found.mad == np.median(np.abs(gaps - np.median(gaps)))
        assert found.score == pytest.approx(((1 - abs(skew)) + max(0.0, 1 - found.mad / found.median)) / 2)
