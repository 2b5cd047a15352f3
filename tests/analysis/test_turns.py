"""Turns against the plain sequence and the plain sets."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.analysis.turns import alternations, turnover

TIMES = st.lists(st.integers(0, 30), max_size=20)


@given(TIMES, TIMES)
def test_alternations_are_the_changes_in_the_merged_sequence(failures: list[int], successes: list[int]) -> None:
    merged = sorted([(t, 0) for t in successes] + [(t, 1) for t in failures])
    changes = sum(1 for (_, a), (_, b) in itertools.pairwise(merged) if a != b)
    got = alternations(np.array(sorted(failures), dtype=np.float64), np.array(sorted(successes), dtype=np.float64))
    assert got == changes


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 6)), min_size=1, max_size=40), st.integers(1, 3))
def test_turnover_equals_the_plain_sets(seen: list[tuple[int, int]], least: int) -> None:
    sets = [{client for window, client in seen if window == at} for at in range(6)]
    near = [len(a & b) / len(a | b) for a, b in itertools.pairwise(sets) if len(a) >= least and len(b) >= least]
    window, client = np.array(seen).T
    got = turnover(window, client, 6, least)
    assert got == (pytest.approx(1 - sum(near) / len(near)) if near else None)
