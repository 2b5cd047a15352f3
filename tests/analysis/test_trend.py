"""Mann-Kendall against the plain definition and known values."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.analysis.trend import mann_kendall, ramp_ratio

VALUES = st.lists(st.integers(0, 6), min_size=3, max_size=15).map(lambda each: np.array(each, dtype=np.float64))


@given(VALUES)
def test_tau_is_the_plain_count_of_rising_and_falling_pairs(values: np.ndarray) -> None:
    got = mann_kendall(values)
    pairs = list(itertools.combinations(values, 2))
    if len(set(values)) == 1:
        assert got is None
        return
    assert got is not None
    assert got.tau == pytest.approx(sum(np.sign(b - a) for a, b in pairs) / len(pairs))


@given(VALUES)
def test_reversed_values_give_the_opposite(values: np.ndarray) -> None:
    one, other = mann_kendall(values), mann_kendall(values[::-1])
    assert (one is None) == (other is None)
    if one and other:
        assert one.tau == pytest.approx(-other.tau)
        assert one.p == pytest.approx(other.p)


def test_the_known_example() -> None:
    """Ten rising values: S = 45, variance 125, z = 44 / sqrt(125)."""
    got = mann_kendall(np.arange(10, dtype=np.float64))
    assert got is not None
    assert got.tau == 1
    assert got.p == pytest.approx(8.3e-5, rel=0.01)


def test_too_few_values_have_no_trend() -> None:
    assert mann_kendall(np.array([1.0, 2.0])) is None


def test_a_ramp_is_told_from_a_step() -> None:
    ramp = ramp_ratio(np.linspace(0, 1, 16))
    step = ramp_ratio(np.repeat([0.0, 1.0], 8))
    assert ramp is not None
    assert step is not None
    assert ramp > 5
    assert step < 0.2


def test_it_is_the_same_for_what_falls() -> None:
    values = np.array([9.0, 8, 8, 6, 5, 3, 3, 1])
    assert ramp_ratio(values) == pytest.approx(ramp_ratio(values[::-1]), rel=0.2)
