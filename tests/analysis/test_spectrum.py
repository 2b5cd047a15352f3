"""Periods in uneven samples, held against scipy's periodogram and against noise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import lombscargle

from logscan.analysis.spectrum import chance_power, lomb_scargle, period_power

SAMPLES = st.lists(
    st.tuples(st.integers(0, 500), st.floats(-5, 5, width=16)), min_size=9, max_size=40, unique_by=lambda x: x[0]
)


@given(SAMPLES, st.integers(1, 190))
def test_is_what_scipy_has(samples: list[tuple[int, float]], step: int) -> None:
    t, values = (np.array(part, dtype=float) for part in zip(*samples, strict=True))
    if np.ptp(values) < 1e-3:
        return
    steps = 0.002137 * np.array([step, step + 0.5])  # at a half or a quarter of whole times, sine or cosine may vanish
    found = lomb_scargle(t, values, steps)
    expected = lombscargle(t, values - values.mean(), 2 * np.pi * steps, normalize=True)
    assert found == pytest.approx(expected, abs=1e-6)
    assert lomb_scargle(t[::-1] + 1000, 3 * values[::-1] + 7, steps) == pytest.approx(found, abs=1e-6)


def test_noise_seldom_reaches_what_chance_seldom_reaches() -> None:
    dice = np.random.default_rng(5)
    grid = np.arange(1, 51) / 100.0
    t = np.arange(100.0)
    limit = chance_power(100, 50, 0.1)
    highest = [lomb_scargle(t, dice.normal(size=100), grid).max() for _ in range(400)]
    assert 0.05 <= float(np.mean(np.array(highest) > limit)) <= 0.15


def test_every_other_day_is_enough_for_a_day() -> None:
    dice = np.random.default_rng(1)
    t = np.arange(0.0, 12.0, 1 / 12)
    kept = t[np.floor(t) % 2 == 0]
    daily = (kept % 1 < 1 / 3) + dice.normal(0, 0.2, kept.size)
    assert (period_power(kept, daily, 1.0, finest=1 / 3, chance=0.001) or 0) > 0.5
    assert period_power(kept, dice.normal(size=kept.size), 1.0, finest=1 / 3, chance=0.001) is None


@pytest.mark.parametrize("shape", ["step", "burst", "other", "constant", "short"])
def test_what_is_no_day(shape: str) -> None:
    t = np.arange(0.0, 12.0, 1 / 12)
    values = {
        "step": (t > 5).astype(float),
        "burst": ((t > 5) & (t < 5.4)).astype(float),
        "other": np.sin(2 * np.pi * t / 1.6),
        "constant": np.ones_like(t),
        "short": np.sin(2 * np.pi * t),
    }[shape]
    short = shape == "short"
    assert (
        period_power(t[:10] if short else t, values[:10] if short else values, 1.0, finest=1 / 3, chance=0.001) is None
    )
