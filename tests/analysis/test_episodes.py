"""Retries are one episode."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.analysis.episodes import Episodes, collapse
from logscan.analysis.judgement import load_judgement
from logscan.model.resources import rules_dir

NONE = np.zeros(0)
MEASURES = load_judgement([rules_dir()]).measures


def episodes(times: list[float], successes: list[float] | None = None) -> Episodes:
    return collapse(np.array(times, dtype=float), np.array(successes or [], dtype=float), MEASURES, finest_s=2)


@given(st.lists(st.integers(0, 5000), max_size=30), st.lists(st.integers(0, 5000), max_size=30))
def test_every_failure_is_in_one_episode(times: list[int], successes: list[int]) -> None:
    found = episodes(sorted(map(float, times)), sorted(map(float, successes)))
    assert found.events.sum() == len(times)
    assert all(found.starts <= found.ends)
    assert all(found.ends[:-1] <= found.starts[1:])


def test_retries_close_together_are_one() -> None:
    found = episodes([0, 1, 2, 30, 500, 501, 2000])
    assert found.starts.tolist() == [0, 500, 2000]
    assert found.events.tolist() == [4, 2, 1]


@pytest.mark.parametrize(("every", "count"), [(30, 20), (1, 1)])
def test_a_steady_probe_is_not_one_episode_but_fast_retries_are(every: float, count: int) -> None:
    assert episodes([every * n for n in range(20)]).starts.size == count


def test_a_probe_each_minute_is_not_cut_by_its_jitter() -> None:
    assert episodes([60.0 * n + n % 3 for n in range(40)]).starts.size == 40


def test_short_lifetimes_are_cut_at_their_recoveries() -> None:
    times = [20.0 * n + offset for n in range(8) for offset in (0, 0.5)]
    assert episodes(times, [20.0 * n + 1 for n in range(8)]).starts.size == 8


def test_no_failure_no_episode() -> None:
    assert episodes([]).starts.size == 0
