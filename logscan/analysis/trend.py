"""Whether rates rise or fall: the Mann-Kendall test."""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from logscan.analysis.recurrence import Floats


class Trend(NamedTuple):
    """tau: -1 all fall to 1 all rise; p: probability of such a trend by chance, two-sided."""

    tau: float
    p: float


def mann_kendall(values: Floats) -> Trend | None:
    """The monotone trend of equally spaced values.

    Law:    reversed values give the opposite tau and the same p; any increasing change of the values changes neither
    Errors: None for fewer than three values, or when all are equal
    Source: Mann (1945), Kendall (1975); variance corrected for ties, continuity correction of one
    """
    n = values.size
    if n < 3 or np.all(values == values[0]):
        return None
    signs = np.sign(values[None, :] - values[:, None])
    s = float(np.triu(signs, 1).sum())
    _, tied = np.unique(values, return_counts=True)
    ties = float((tied * (tied - 1) * (2 * tied + 5)).sum())
    variance = (n * (n - 1) * (2 * n + 5) - ties) / 18
    z = (s - np.sign(s)) / math.sqrt(variance)
    return Trend(s / (n * (n - 1) / 2), math.erfc(abs(z) / math.sqrt(2)))


def ramp_ratio(values: Floats) -> float | None:
    """How much better a ramp that begins (or ends) somewhere fits than a step: squared errors of step / of ramp.

    In:     values per window, at least five
    Law:    more than 1 for what rises or falls bit by bit, less for what jumps; equals the fits over all places
    Errors: None when all values are equal or there are too few
    """
    n = values.size
    if n < 5 or np.all(values == values[0]):
        return None
    off = values - values.mean()
    left = float((off**2).sum())
    steps, ramps = _shapes(n)
    return (_least_error(off, left, steps) + 1e-4 * left) / (_least_error(off, left, ramps) + 1e-4 * left)


class _Shapes(NamedTuple):
    """Shapes less their means, a row each, and the sum of squares of each."""

    centred: Floats
    squares: Floats


@lru_cache(maxsize=64)
def _shapes(n: int) -> tuple[_Shapes, _Shapes]:
    """Every step and every ramp over n windows."""
    at = np.arange(n, dtype=np.float64)
    places = np.arange(1, n - 1)
    steps = (at[None, :] >= places[:, None]).astype(np.float64)
    ramps = np.concatenate((np.maximum(0, at[None, :] - places[:, None] + 1), np.minimum(0, at - places[:, None])))
    return _centred(steps), _centred(ramps)


def _centred(shapes: Floats) -> _Shapes:
    centred = shapes - shapes.mean(axis=1, keepdims=True)
    return _Shapes(centred, np.maximum((centred**2).sum(axis=1), 1e-12))


def _least_error(off: Floats, left: float, shapes: _Shapes) -> float:
    """The smallest sum of squared errors of a + b * shape."""
    explained = (shapes.centred @ off) ** 2 / shapes.squares
    return max(0.0, left - float(explained.max()))
