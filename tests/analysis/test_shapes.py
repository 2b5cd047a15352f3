"""The columns that say how failures run over the log."""

import numpy as np
import pytest

from logscan.analysis.judgement import load_judgement
from logscan.analysis.shapes import measure_marks, measure_shapes, measure_turnover
from logscan.analysis.stretch import Stretch
from logscan.analysis.successes import Successes
from logscan.model.resources import rules_dir

SETTINGS = load_judgement([rules_dir()]).measures
DAY = 86_400.0


def shapes(failures: np.ndarray, good: np.ndarray, last: float) -> dict[str, object]:
    stretch = Stretch(None, float(failures[0]), float(failures[-1]), True, 0.0, None, 1.0, 1.0)
    return measure_shapes(failures, Successes(good, np.ones(good.size)), stretch, SETTINGS, first=0, last=last)


def test_nights_are_a_daily_cycle() -> None:
    t = np.arange(0, 8 * DAY, 600)
    night = t % DAY < 6 * 3600
    got = shapes(t[night], t[~night], 8 * DAY)
    assert got["cycle_s"] == DAY
    assert float(str(got["cycle_strength"])) > 0.9
    assert (got["cycle_high"], got["cycle_low"]) == (1.0, 0.0)


def test_steady_failures_in_traffic_that_swings_are_no_cycle() -> None:
    t = np.arange(0, 8 * DAY, 600)
    day = np.concatenate([t[t % DAY >= 6 * 3600] + part for part in range(0, 600, 60)])
    got = shapes(t, np.sort(day), 8 * DAY)
    assert float(str(got.get("cycle_strength", 0.0))) < 0.2


def test_a_rate_that_grows_is_a_trend_and_no_step() -> None:
    t = np.arange(0, 16_000.0, 10)
    grows = (t * 7919 % 16_000) < t
    got = shapes(t[grows], t[~grows], 16_000)
    assert float(str(got["trend_p"])) < 0.01
    assert float(str(got["trend_tau"])) > 0.8
    assert float(str(got["ramp_ratio"])) > 1.3
    step = shapes(t[t > 8000], t[t <= 8000], 16_000)
    assert float(str(step["ramp_ratio"])) < 1


def test_three_clusters_are_three_bursts_and_three_spells() -> None:
    t = np.sort(np.concatenate([at + np.arange(30.0) * 3 for at in (1000, 30_000, 80_000)]))
    got = shapes(t, np.zeros(0), 100_000)
    assert (got["bursts"], got["spells"]) == (3, 3)
    assert got["bursts_share"] == 1.0


def test_turns_are_counted_from_onset_to_end() -> None:
    got = shapes(np.arange(1.0, 41, 2), np.arange(0.0, 41, 2), 100)
    assert got["alternations"] == 38
    assert got["turn_share"] == pytest.approx(1.0)


def test_clients_that_change_and_clients_that_stay() -> None:
    t = np.arange(600.0)
    assert measure_turnover(t, (t // 5).astype(np.int64), SETTINGS)["turnover"] > 0.9
    assert measure_turnover(t, (t % 5).astype(np.int64), SETTINGS)["turnover"] == 0.0


def test_without_marks_nothing_is_said_of_them() -> None:
    assert measure_marks(np.arange(3.0), np.zeros(0), SETTINGS, first=0, last=10) == {}
