"""The band of hours that holds most, against all bands."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from logscan.analysis.bands import best_band
from logscan.analysis.recurrence import likelihood

HOURS = st.lists(st.integers(0, 6), min_size=24, max_size=24)


def plain(failing: list[int], good: list[int]) -> float:
    best = 0.0
    for first in range(24):
        for length in range(1, 24):
            hours = {(first + at) % 24 for at in range(length)}
            a, b = sum(failing[h] for h in hours), sum(good[h] for h in hours)
            c, d = sum(failing) - a, sum(good) - b
            if a * (c + d) > c * (a + b):
                one, two, all_ = (
                    likelihood(np.array([x], dtype=float), np.array([y], dtype=float))[0]
                    for x, y in ((a, a + b), (c, c + d), (a + c, a + b + c + d))
                )
                best = max(best, round(float(one + two - all_), 9))
    return best


@given(HOURS, HOURS)
def test_no_band_is_more_surprising(failing: list[int], good: list[int]) -> None:
    band, best = best_band(np.array(failing), np.array(good)), plain(failing, good)
    if band is None:
        assert best <= 1e-9 or not sum(good)
        return
    hours = {(band[0] + at) % 24 for at in range(band[1])}
    assert plain([n if h in hours else 0 for h, n in enumerate(failing)], good) >= 0
    a, b = sum(failing[h] for h in hours), sum(good[h] for h in hours)
    c, d = sum(failing) - a, sum(good) - b
    one, two, all_ = (
        likelihood(np.array([x], dtype=float), np.array([y], dtype=float))[0]
        for x, y in ((a, a + b), (c, c + d), (a + c, a + b + c + d))
    )
    assert round(float(one + two - all_), 9) == best


def test_a_band_may_pass_midnight() -> None:
    failing = np.array([9 if hour in {22, 23, 0, 1} else 0 for hour in range(24)])
    assert best_band(failing, np.full(24, 9) - failing) == (22, 4)


def test_without_successes_no_hour_stands_out() -> None:
    assert best_band(np.full(24, 3), np.zeros(24, dtype=np.int64)) is None
    assert best_band(np.full(24, 3), np.full(24, 3)) is None
