"""Periods in values that are not evenly spaced, as in a log of which parts are lost."""

import numpy as np

from logscan.analysis.recurrence import Floats


def lomb_scargle(t: Floats, values: Floats, frequencies: Floats) -> Floats:
    """How much of the values' variance one sine of each frequency explains: 0 nothing, 1 all of it.

    In:     times in any unit, at least three, not all values equal; frequencies: cycles in that unit, positive
    Law:    the same whatever the origin of the times; values may be shifted and scaled; order does not matter
    Source: Lomb (1976), Scargle (1982), standard normalisation; VanderPlas, Understanding the Lomb-Scargle Periodogram
            (arXiv:1703.09824), section 5
    """
    off = values - values.mean()
    angle = 2 * np.pi * frequencies[:, None] * (t - t.mean())[None, :]
    # The shift in time that makes sine and cosine independent of each other over these very times.
    shift = np.arctan2(np.sin(2 * angle).sum(axis=1), np.cos(2 * angle).sum(axis=1)) / 2
    angle -= shift[:, None]
    sine, cosine = np.sin(angle), np.cos(angle)
    squares = [np.maximum((wave**2).sum(axis=1), 1e-12) for wave in (sine, cosine)]
    power = (sine @ off) ** 2 / squares[0] + (cosine @ off) ** 2 / squares[1]
    return np.asarray(power / (off**2).sum(), dtype=np.float64)


def chance_power(points: int, frequencies: int, chance: float) -> float:
    """The power that the highest of so many independent frequencies reaches in noise with this probability.

    Law:    more points, less power; more frequencies, more
    Source: Baluev (2008), equation 6, for the standard normalisation; frequencies as if independent of each other
    """
    if points <= 3:
        return 1.0
    each = -np.expm1(np.log1p(-chance) / max(1, frequencies))
    return float(1 - each ** (2 / (points - 3)))


def period_power(t: Floats, values: Floats, period: float, *, finest: float, chance: float) -> float | None:
    """How much of the variance a known period explains, when what is left holds no stronger one.

    In:     finest: the shortest period that is looked at, of the unit of the times
    Out:    None when chance would do as well, or a trend, one burst or another period explains more of it
    Law:    gaps make a period show at others, too: those are no more in what is left once the sine is taken out
    """
    span = float(t.max() - t.min()) if t.size else 0.0
    if t.size < 4 or span < period or np.all(values == values[0]):
        return None
    angle = 2 * np.pi * (t - t.mean()) / period
    waves = np.stack((np.ones_like(t), np.sin(angle), np.cos(angle)), axis=1)
    left = values - waves @ np.linalg.lstsq(waves, values, rcond=None)[0]
    whole, rest = float(((values - values.mean()) ** 2).sum()), float((left**2).sum())
    mine, count = 1 - rest / whole, int(span / finest)
    if mine < chance_power(t.size, count, chance):
        return None
    others = np.arange(1, 4 * count + 1) / (4 * span)
    return None if rest / whole * lomb_scargle(t, left, others).max() > mine else mine
