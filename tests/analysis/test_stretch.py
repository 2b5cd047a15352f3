"""When it began and whether it ended."""

import numpy as np
import pytest

from logscan.analysis.stretch import Stretch, find_stretch
from logscan.analysis.successes import NO_SUCCESS, Successes


def stretch(failures: list[float], successes: list[float]) -> Stretch:
    good = np.array(successes, dtype=float)
    edges = np.linspace(0, 1000, 101)
    found = Successes(good, np.ones(good.size)) if successes else NO_SUCCESS
    return find_stretch(np.array(failures, dtype=float), found, edges, least_share=0.6, open_chance=0.01)


def test_a_step_up_that_lasts() -> None:
    found = stretch([*range(600, 1000, 7)], [*range(3, 600, 7)])
    assert (found.begins, found.good, found.open) == (600, 598, True)
    assert (found.before, found.during, found.share) == (0, 1, 1)


def test_a_step_up_and_down() -> None:
    found = stretch([*range(400, 500, 3)], [*range(1, 400, 3), *range(500, 1000, 3)])
    assert (found.begins, found.ends, found.open) == (400, 499, False)


def test_a_stray_failure_is_before_the_onset() -> None:
    found = stretch([100, *range(600, 1000, 7)], [*range(3, 600, 7)])
    assert found.begins == 600
    assert found.before == pytest.approx(1 / 87)


def test_scattered_failures_have_no_steep_stretch() -> None:
    found = stretch([100, 300, 500, 700, 900], [*range(3, 1000, 4)])
    assert (found.begins, found.ends) == (100, 900)
    assert found.share < 0.6


def test_without_successes_the_counts_decide() -> None:
    found = stretch([*range(600, 1000, 7)], [])
    assert (found.begins, found.good, found.before, found.during, found.open) == (600, None, None, 1, True)
    assert found.score > 4
