"""Cycles of a known length in rates per window, such as a day or a week."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from logscan.analysis.recurrence import Floats


class Cycle(NamedTuple):
    """same: how alike windows one cycle apart are, half: half a cycle apart; pairs: windows compared.

    high and low: the rates of the half of the phases in which most, and least, fails
    """

    same: float
    half: float
    pairs: int
    high: float
    low: float


def cycle_at(values: Floats, weights: Floats, lag: int) -> Cycle | None:
    """How well values repeat after `lag` windows (an even number).

    In:     values per window; weights: 0 where nothing is known of a window
    Law:    1 for what repeats exactly; near 0 for chance, a step, or one burst; equals the plain sums
    Errors: None when values are constant, or fewer windows than one cycle can be compared
    Source: autocorrelation; Box, Jenkins and Reinsel, Time Series Analysis, section 2.1
    """
    known = weights > 0
    if known.sum() < 2:
        return None
    mean = float(np.average(values[known], weights=weights[known]))
    off = np.where(known, values - mean, 0.0)
    spread = float((off**2 * weights).sum() / weights.sum())
    pairs = int((known[lag:] & known[:-lag]).sum()) if values.size > lag else 0
    if spread <= 0 or pairs < lag:
        return None
    same, half = _alike(off, weights, lag, spread), _alike(off, weights, lag // 2, spread)
    return Cycle(same, half, pairs, *extremes(values, np.arange(values.size) % lag, weights))


def extremes(values: Floats, phase: NDArray[np.int64], weights: Floats | None = None) -> tuple[float, float]:
    """The mean of the quarter of the phases with the highest values, and of that with the lowest."""
    known = np.ones_like(values) if weights is None else weights
    held, sums = np.bincount(phase, known), np.bincount(phase, values * known)
    by_phase = np.sort(sums[held > 0] / held[held > 0])
    part = max(1, by_phase.size // 4)
    return float(by_phase[-part:].mean()), float(by_phase[:part].mean())


def _alike(off: Floats, weights: Floats, lag: int, spread: float) -> float:
    both = np.sqrt(weights[lag:] * weights[:-lag])
    total = float(both.sum())
    return float((off[lag:] * off[:-lag] * both).sum() / total / spread) if total > 0 else 0.0
