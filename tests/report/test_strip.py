from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from logscan.report.strip import HEIGHT, WIDTH, episode_marks, recurrence_strip
from tests.report.scans import finding

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


def test_a_strip_shows_turns_that_were_left_out_and_the_next_one() -> None:
    episodes = finding().episodes
    strip = recurrence_strip(finding(episodes=(*episodes[:9], *episodes[11:])), (START, END), 5)
    assert strip
    assert [turn.title for turn in strip.turns if not turn.seen] == [
        "2026-03-12 15:00:00: expected, nothing failed",
        "2026-03-12 16:00:00: expected, nothing failed",
    ]
    assert len(strip.turns) == 23
    assert strip.expected
    assert strip.expected.title == "next expected about 2026-03-13 05:00:00"
    assert strip.axis[0] < episodes[0][0] < END < strip.axis[1]
    assert [turn.x for turn in strip.turns] == sorted(turn.x for turn in strip.turns)
    assert strip.turns[-1].x < strip.expected.x <= strip.expected.x + strip.expected.width <= WIDTH
    assert strip.rows[-1] == ("2026-03-13 04:00:00", "2026-03-13 04:00:40", "40 s", 16, "60 min")
    assert (len(strip.rows), strip.earlier) == (5, 18)


def test_a_next_time_far_off_does_not_squeeze_what_has_been() -> None:
    far = recurrence_strip(finding(next_expected=START + timedelta(days=30)), (START, END), 5)
    assert far
    assert far.expected is None
    assert far.axis[1] <= END + timedelta(hours=1)


@given(EPISODES, st.floats(0.001, 1e7), st.integers(-100_000, 10_000_000))
def test_whatever_the_episodes_a_strip_is_small_and_inside(episodes: Any, period: float, due: int) -> None:
    odd = finding(
        episodes=tuple(episodes), period_s=period, next_expected=START + timedelta(seconds=due), next_within_s=period
    )
    strip = recurrence_strip(odd, (START, END), 7)
    assert (strip is None) == (not episodes)
    if strip:
        assert len(strip.turns) <= 200
        assert len(strip.rows) <= 7
        assert all(0 <= turn.x <= WIDTH for turn in strip.turns)
        assert all(0 <= mark.x <= mark.x + mark.width <= WIDTH + 0.2 for mark in strip.marks)
