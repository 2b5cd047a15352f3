"""Odds ratios and their tests, held against scipy's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control, fisher_exact, hypergeom
from scipy.stats.contingency import odds_ratio

from logscan.analysis.odds import Table, corrected, odds_of

CELLS = st.integers(0, 60)


@given(CELLS, CELLS, CELLS, CELLS)
def test_the_probability_is_that_of_fishers_exact_test(a: int, b: int, c: int, d: int) -> None:
    expected = fisher_exact([[a, b], [c, d]], alternative="greater").pvalue
    assert Table(a, b, c, d).p == pytest.approx(expected, rel=1e-6, abs=1e-12)


@given(*[st.integers(1, 60)] * 4)
def test_the_ratio_and_its_interval_are_those_of_woolf(a: int, b: int, c: int, d: int) -> None:
    found, reference = odds_of(Table(a, b, c, d)), odds_ratio([[a, b], [c, d]], kind="sample")
    interval = reference.confidence_interval(0.95)
    assert found.ratio == pytest.approx(reference.statistic)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))


@given(CELLS, CELLS, CELLS, CELLS)
def test_swapping_the_groups_gives_the_reciprocals(a: int, b: int, c: int, d: int) -> None:
    one, two = odds_of(Table(a, b, c, d)), odds_of(Table(c, d, a, b))
    assert (one.ratio, one.low, one.high) == pytest.approx((1 / two.ratio, 1 / two.high, 1 / two.low))


def test_q_is_the_smallest_rate_at_which_each_is_still_told() -> None:
    assert corrected([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.02, 0.04, 0.04, 0.02])
    assert corrected([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_q_is_that_of_benjamini_and_hochberg(p: list[float]) -> None:
    assert corrected(p) == pytest.approx(list(false_discovery_control(p)))


@pytest.mark.parametrize("cells", [(900, 40_000, 700, 60_000), (5_000, 100_000, 5_000, 100_000), (0, 9, 9, 9)])
def test_large_tables_are_as_exact(cells: tuple[int, int, int, int]) -> None:
    a, b, c, d = cells
    expected = float(hypergeom.sf(a - 1, a + b + c + d, a + c, a + b))
    assert Table(*cells).p == pytest.approx(expected, rel=1e-6)
