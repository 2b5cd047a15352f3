"""One unit's row of SERIES."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.analysis.failures import Columns, read_failures
from logscan.analysis.judgement import load_judgement
from logscan.analysis.measure import Log, measure
from logscan.analysis.series import SERIES
from logscan.analysis.successes import Clients, Successes
from logscan.model.resources import rules_dir
from tests.analysis.simulate import START, Request, bad, observe

JUDGEMENT = load_judgement([rules_dir()])
FIRST = START.timestamp()


def row(requests: list[Request], successes: list[float] | None = None, covered: float = 36_000) -> dict[str, Any]:
    columns = Columns(read_failures(observe(map(bad, requests)).classified.lazy(), JUDGEMENT))
    log = Log(columns, JUDGEMENT.measures, FIRST, FIRST + covered, Clients.unknown(columns.height))
    good = FIRST + np.array(successes or [], dtype=float)
    return measure(np.arange(columns.height), Successes(good, np.ones(good.size)), log).row


def at(*times: float) -> list[Request]:
    return [Request(time) for time in times]


@given(st.lists(st.integers(0, 36_000), min_size=1, max_size=20), st.lists(st.integers(0, 36_000), max_size=20))
def test_only_columns_of_the_series_and_only_finite_numbers(times: list[int], successes: list[int]) -> None:
    found = row(at(*map(float, times)), sorted(map(float, successes)))
    assert set(found) <= set(SERIES)
    assert all(np.isfinite(value) for value in found.values() if isinstance(value, int | float))
    assert found["events"] == len(times)
    assert found["ok_before"] + found["ok_during"] <= len(successes)


def test_place_in_the_log() -> None:
    found = row(at(3600, 7200))
    assert (found["before_s"], found["span_s"], found["after_s"]) == (3600, 3600, 28_800)
    assert found["quiet_gaps"] == 8


def test_recovery_is_the_first_success_before_the_next_episode() -> None:
    found = row(at(1000, 5000, 9000, 13_000), [1010, 1011, 5030, 13_020])
    assert found["recovered_share"] == 0.75
    assert found["recovery_median_s"] == 20


def test_no_success_is_no_recovery() -> None:
    assert row(at(1000, 5000, 9000))["recovered_share"] == 0


def test_what_may_still_recover_is_not_held_against_it() -> None:
    assert row(at(1000, 5000, 35_990), [1010, 5010])["recovered_share"] == 1


def test_three_episodes_have_no_period() -> None:
    assert "period_s" not in row(at(1000, 4600, 8200))
    assert row(at(1000, 4600, 8200, 11_800))["period_s"] == pytest.approx(3600)


def test_phase_follows_the_recovery_when_it_drifts() -> None:
    starts, ok, now = [], [], 500.0
    for late in (30, 200, 90, 400, 10, 300, 150):
        starts.append(now)
        ok.append(now + late)
        now += late + 3600
    found = row(at(*starts), ok)
    assert found["phase_success"] > found["phase_clock"]


def test_minute_stamps_are_known() -> None:
    assert row(at(*(60.0 * n - 7 for n in range(1, 9))))["resolution_s"] == 60
    assert row(at(1, 2))["resolution_s"] == 1
    assert row(at(1.5, 2))["resolution_s"] == 0.001


def test_lines_without_times_are_only_counted() -> None:
    found = row([Request(None), Request(None)])
    assert (found["events"], found["episodes"]) == (2, 0)
    assert "span_s" not in found
