"""Burst states against all state sequences."""

import itertools
import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from logscan.analysis.bursts import burst_runs


def brute_force(counts: list[int], times: float, gamma: float) -> float:
    """The most that any sequence of states saves."""
    mean, enter, best = sum(counts) / len(counts), gamma * math.log(len(counts)), 0.0
    for states in itertools.product((0, 1), repeat=len(counts)):
        saved = sum(c * math.log(times) - mean * (times - 1) for c, s in zip(counts, states, strict=True) if s)
        saved -= enter * sum(1 for a, b in itertools.pairwise((0, *states)) if b > a)
        best = max(best, saved)
    return best


@given(st.lists(st.integers(0, 30), min_size=2, max_size=9), st.sampled_from([2.0, 4.0]))
def test_no_other_sequence_of_states_is_cheaper(counts: list[int], times: float) -> None:
    runs = burst_runs(np.array(counts, dtype=np.float64), times)
    mean = sum(counts) / len(counts)
    saved = sum(
        sum(c * math.log(times) - mean * (times - 1) for c in counts[start:end]) - math.log(len(counts))
        for start, end in zip(runs.start, runs.end, strict=True)
    )
    assert math.isclose(saved, brute_force(counts, times, 1.0), abs_tol=1e-9)


def test_even_counts_are_no_burst() -> None:
    assert burst_runs(np.full(50, 7.0), 4).start.size == 0


def test_three_bursts_are_three_runs() -> None:
    counts = np.zeros(90)
    counts[[5, 6, 40, 77]] = 30
    runs = burst_runs(counts, 4)
    assert runs.start.tolist() == [5, 40, 77]
    assert runs.end.tolist() == [7, 41, 78]


def test_nothing_has_no_bursts() -> None:
    assert burst_runs(np.zeros(10), 4).start.size == 0
    assert burst_runs(np.zeros(0), 4).start.size == 0
