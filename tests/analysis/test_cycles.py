"""Cycles of a known length."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.analysis.cycles import cycle_at

EVEN = np.ones(96)
NIGHT = np.tile(np.repeat([0.0, 1.0, 0.0], [4, 3, 5]), 8)  # twelve windows a cycle


def test_what_repeats_is_alike_after_a_cycle_and_not_after_half() -> None:
    found = cycle_at(NIGHT, EVEN, 12)
    assert found is not None
    assert found.same == pytest.approx(1.0)
    assert found.half < 0
    assert (found.high, found.low) == (1.0, 0.0)


def test_a_step_is_alike_after_half_a_cycle_as_well() -> None:
    found = cycle_at(np.repeat([0.0, 1.0], 48), EVEN, 12)
    assert found is not None
    assert found.half > found.same > 0.5


def test_one_burst_is_alike_at_no_distance() -> None:
    burst = np.zeros(96)
    burst[40:42] = 1
    found = cycle_at(burst, EVEN, 12)
    assert found is not None
    assert found.same < 0.1


def test_windows_without_traffic_say_nothing() -> None:
    weights = EVEN.copy()
    weights[20:30] = 0
    broken = NIGHT.copy()
    broken[20:30] = 0.5
    found = cycle_at(broken, weights, 12)
    assert found is not None
    assert found.same == pytest.approx(1.0, abs=0.05)


def test_less_than_two_cycles_cannot_be_compared() -> None:
    assert cycle_at(NIGHT[:20], EVEN[:20], 12) is None
    assert cycle_at(EVEN, EVEN, 12) is None


@given(st.lists(st.floats(0, 1, width=16), min_size=8, max_size=20))
def test_equals_the_plain_sums(values: list[float]) -> None:
    found = cycle_at(np.array(values), np.ones(len(values)), 4)
    mean = sum(values) / len(values)
    spread = sum((v - mean) ** 2 for v in values) / len(values)
    if found is None:
        assert spread < 1e-9
        return
    pairs = [(a - mean) * (b - mean) for a, b in zip(values, values[4:], strict=False)]
    assert found.same == pytest.approx(sum(pairs) / len(pairs) / spread)
