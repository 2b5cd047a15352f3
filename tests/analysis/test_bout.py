"""The latest bout: since when it fails as it fails now, whatever went before and however much always fails."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from logscan.analysis.bout import Asked, Latest, latest_bout
from logscan.analysis.judgement import load_judgement
from logscan.analysis.successes import NO_SUCCESS, Successes
from logscan.model.resources import rules_dir

MEASURES = load_judgement([rules_dir()]).measures
MINUTE, HOUR = 60.0, 3600.0


def traffic(hours: float, outages: list[tuple[float, float]], *, noise: float = 0.15, step: float = 7.0) -> Asked:
    """A request each step: all are refused in outages (hours), and of the others the share `noise`."""
    t = np.arange(0, hours * HOUR, step)
    draw = np.random.default_rng(5).random(t.size)
    bad = draw < noise
    for begin, end in outages:
        bad |= (t >= begin * HOUR) & (t < end * HOUR)
    return Asked(t[bad], Successes(t[~bad], np.ones(int((~bad).sum()))))


def latest(asked: Asked, hours: float) -> Latest | None:
    return latest_bout(asked, (0.0, hours * HOUR), MEASURES)


def near(got: float | None, hours: float, slack: float = 2 * MINUTE) -> bool:
    return got is not None and abs(got - hours * HOUR) <= slack


def test_of_many_outages_the_latest_and_whether_it_lasts() -> None:
    times = [(1.0, 1.8), (2.5, 3.4), (4.1, 4.9), (6.0, 7.0), (8.2, 8.9)]
    for count in range(1, 6):
        found = latest(traffic(9.5, times[:count]), 9.5)
        assert found is not None
        assert near(found[0], times[count - 1][0])
        assert near(found[1], times[count - 1][1])
        assert not found[2]
    found = latest(traffic(8.4, times), 8.4)
    assert found is not None
    assert near(found[0], 8.2)
    assert found[2]


def test_what_fails_alike_all_the_time_has_no_bouts() -> None:
    assert latest(traffic(9, [], noise=0.15), 9) is None
    assert latest(traffic(9, [(0, 9)]), 9) is None
    assert latest(Asked(np.arange(0, 9 * HOUR, 30), NO_SUCCESS), 9) is None


def test_what_is_half_mended_is_not_over() -> None:
    t = np.arange(0, 9 * HOUR, 7.0)
    half = (t >= 4 * HOUR) & ((t < 5 * HOUR) | (np.arange(t.size) % 2 == 0))
    found = latest(Asked(t[half], Successes(t[~half], np.ones(int((~half).sum())))), 9)
    assert found is not None
    assert near(found[0], 4)
    assert found[2]
    assert near(found[1], 9)


def test_what_began_before_the_last_day_has_no_known_beginning() -> None:
    found = latest(traffic(30, [(2, 20)], step=60), 30)
    assert found is not None
    assert found[0] is None
    assert near(found[1], 20)


def test_a_night_without_requests_ends_nothing() -> None:
    asked = traffic(20, [(3, 4), (18, 20)])
    awake = (asked.failures < 5 * HOUR) | (asked.failures > 17 * HOUR)
    let_in = (asked.successes.t < 5 * HOUR) | (asked.successes.t > 17 * HOUR)
    found = latest(
        Asked(asked.failures[awake], Successes(asked.successes.t[let_in], asked.successes.weight[let_in])), 20
    )
    assert found is not None
    assert near(found[0], 18)
    assert found[2]


@given(st.lists(st.tuples(st.integers(25, 120), st.integers(25, 120)), min_size=1, max_size=5), st.integers(0, 30))
def test_what_went_before_does_not_move_the_latest(pairs: list[tuple[int, int]], noise: int) -> None:
    at, times = 0.0, []
    for calm, length in pairs:
        times.append(((at + calm) / 60, (at + calm + length) / 60))
        at += calm + length
    hours = at / 60 + 0.5
    whole, alone = (latest(traffic(hours, each, noise=noise / 200), hours) for each in (times, times[-1:]))
    assert whole is not None
    assert alone is not None
    assert near(whole[0], times[-1][0])
    assert near(whole[1], times[-1][1])
    assert whole == alone


def test_there_may_be_nothing_to_look_at() -> None:
    assert latest(Asked(np.zeros(0), NO_SUCCESS), 9) is None
    assert latest(traffic(0.05, []), 0.05) is None
