from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from logscan.report.strip import HEIGHT, WIDTH, episode_marks

START = datetime(2026, 3, 12, 5, 0, tzinfo=UTC)
END = START + timedelta(hours=24)
EPISODES = st.lists(
    st.tuples(st.integers(-90_000, 180_000), st.integers(0, 40_000), st.integers(1, 900)).map(
        lambda t: (START + timedelta(seconds=t[0]), START + timedelta(seconds=t[0] + t[1]), t[2])
    ),
    max_size=400,
)


@given(EPISODES)
def test_marks_stay_inside_in_order_and_few_whatever_the_episodes(episodes: Any) -> None:
    marks = episode_marks(episodes, START, END)
    assert bool(marks) == bool(episodes)
    assert len(marks) <= 200
    for mark in marks:
        assert 0 <= mark.x <= mark.x + mark.width <= WIDTH + 0.2
        assert 0 < mark.height <= HEIGHT
    assert [m.x for m in marks] == sorted(m.x for m in marks)


@given(EPISODES)
def test_the_order_of_episodes_does_not_matter(episodes: Any) -> None:
    assert episode_marks(episodes, START, END) == episode_marks(list(reversed(episodes)), START, END)


def test_near_episodes_become_one_mark_that_says_so() -> None:
    near = [(START + timedelta(seconds=k), START + timedelta(seconds=k), 2) for k in range(5)]
    assert [m.title for m in episode_marks(near, START, END)] == [
        "2026-03-12 05:00:00 – 05:00:04: 10 failed in 5 episodes"
    ]


def test_an_axis_without_length_is_no_fault() -> None:
    assert len(episode_marks([(START, START, 1)], START, START)) == 1
