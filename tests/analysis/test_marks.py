"""Episodes and marked moments."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.analysis.marks import after_marks, mark_before

MARKS = np.array([1000.0, 5200.0, 9700.0])


def test_episodes_right_after_every_mark_are_locked_to_them() -> None:
    found = after_marks(MARKS + 20, MARKS, 0, 20_000, within_s=300, shifts=500)
    assert found is not None
    assert found.marks == 3
    assert found.share == 1
    assert found.chance < 0.2
    assert found.p < 0.05


def test_episodes_at_other_times_are_not() -> None:
    found = after_marks(MARKS + 2000, MARKS, 0, 20_000, within_s=300, shifts=500)
    assert found is not None
    assert found.share == 0
    assert found.p == 1


def test_marks_outside_the_log_do_not_count() -> None:
    assert after_marks(MARKS, MARKS + 1e6, 0, 20_000, within_s=300, shifts=10) is None


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=20), st.lists(st.floats(0, 1000), min_size=1, max_size=5))
def test_share_is_the_plain_count(starts: list[float], marks: list[float]) -> None:
    found = after_marks(np.sort(starts), np.sort(marks), 0, 1000, within_s=30, shifts=5)
    held = sum(any(0 <= start - mark <= 30 for mark in marks) for start in starts)
    assert found is not None
    assert found.share == held / len(starts)


@pytest.mark.parametrize(
    ("begins", "marks", "place"),
    [
        (1000.0, [400.0, 990.0, 1010.0], 1),
        (1000.0, [400.0], None),
        (1000.0, [1000.0], 0),
        (1000.0, [1001.0], None),
        (1000.0, [], None),
        (50_000.0, [float(at) for at in range(0, 100_000, 400)], None),
    ],
)
def test_the_mark_before_a_beginning_is_the_last_one_near(begins: float, marks: list[float], place: int | None) -> None:
    found = mark_before(begins, np.array(marks), (0.0, 100_000.0), within_s=300.0, most=0.1)
    assert found == place
