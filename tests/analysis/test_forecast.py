"""When it is to be expected again."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.analysis.forecast import Forecast, project, runs_out
from tests.analysis.simulate import HOUR, at, bad, crowd, findings, steady

STARTS = np.array([0.0, 100, 200, 300])


def test_the_next_turn_lies_behind_the_end_of_the_log() -> None:
    assert project(STARTS, 100, 0, 330).at == 400
    assert project(STARTS, 100, 0, 1234).at == 1300


@given(st.floats(301, 5000), st.floats(0, 20))
def test_it_is_a_whole_number_of_periods_ahead_and_less_sure_the_further(last: float, spread: float) -> None:
    found = project(STARTS, 100, spread, last)
    assert found.at >= last
    assert (found.at - 300) % 100 == pytest.approx(0)
    assert found.within_s >= 2 * spread


def test_a_token_that_runs_out_has_a_next_time() -> None:
    end = 10 * HOUR
    client = steady("192.0.2.80", end, 50)
    expiring = [each for each in client if each.at]
    failed, born = [], 0.0
    for each in expiring:
        if each.at is not None and each.at - born >= HOUR:
            failed.append(bad(each))
            born = each.at
    found = [each for each in findings([*crowd(6, end), *client, *failed]) if each.pattern == "lifetime_cycle"]
    assert len(found) == 1
    assert found[0].next_expected is not None
    assert abs((found[0].next_expected - at(end)).total_seconds()) < HOUR
    assert found[0].next_within_s is not None
    assert found[0].next_within_s < 600
    assert any("shorter than the period" in each for each in found[0].caveats)


NOON = 1_773_230_400  # 2026-03-11T12:00:00Z
ENDS = pl.Series([None, NOON - 60, NOON, NOON + 900, NOON + 7200], dtype=pl.Int64()) * 1_000_000


def test_of_what_runs_out_the_first_that_is_still_to_come_is_told() -> None:
    assert runs_out(ENDS, NOON, 300) == Forecast(NOON + 900, 300)
    assert runs_out(ENDS, NOON + 900, 300) == Forecast(NOON + 7200, 300)


def test_what_has_run_out_tells_nothing_of_what_is_to_come() -> None:
    assert runs_out(ENDS, NOON + 7200, 300) is None
    assert runs_out(ENDS.head(1), NOON, 300) is None


def test_midnight_sharp_may_be_a_day_alone() -> None:
    midnight = NOON + 43_200
    assert runs_out(pl.Series([midnight * 1_000_000]), NOON, 300) == Forecast(midnight, 86_400)
