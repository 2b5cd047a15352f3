"""How failures lie in time: numbers only, no judgement. Times are sorted 1-D arrays in seconds."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Gaps(NamedTuple):
    """Units: seconds; cv, floor and score are ratios. None where there are too few gaps to say."""

    median: float | None = None
    mad: float | None = None
    cv: float | None = None
    longest: float | None = None
    floor: float | None = None
    score: float | None = None


class Period(NamedTuple):
    """Gaps folded by one period. cv: root mean square of what is left / period; missed: cycles without a start."""

    seconds: float
    cv: float
    cycles: float
    missed: float


class Step(NamedTuple):
    """The stretch [start, end) of windows in which failures are most unexpected. score: gain in log-likelihood."""

    start: int
    end: int
    score: float


def gap_statistics(starts: Floats) -> Gaps:
    """Gaps between sorted starts.

    Law:    order and origin of the starts do not matter; score is 1 for equal gaps
    Source: the timestamp score of RITA (activecm/rita, analysis/beacons.go): Bowley skew and median absolute
            deviation of the intervals; its deviation is taken relative to the median here, so that it has no unit
    """
    gaps = np.diff(starts)
    if gaps.size == 0:
        return Gaps()
    ordered = np.sort(gaps)
    median, longest = middle_of(ordered), float(ordered[-1])
    mad = middle_of(np.sort(np.abs(gaps - median)))
    if gaps.size < 2 or median <= 0:
        return Gaps(median, mad, longest=longest)
    low, middle, high = (_quantile(ordered, share) for share in (0.25, 0.5, 0.75))
    skew = (high + low - 2 * middle) / (high - low) if high - low > 0 else 0.0
    score = ((1 - abs(skew)) + max(0.0, 1 - mad / median)) / 2
    return Gaps(median, mad, float(gaps.std() / gaps.mean()), longest, float(ordered[0]) / median, score)


def middle_of(ordered: Floats) -> float:
    """Median of sorted numbers, at least one: many times faster for a few than numpy's."""
    half = ordered.size // 2
    return float(ordered[half]) if ordered.size % 2 else float(ordered[half - 1] + ordered[half]) / 2


def _quantile(ordered: Floats, share: float) -> float:
    """Quantile of sorted numbers, at least one, linear between two of them."""
    at = share * (ordered.size - 1)
    place = int(at)
    low, high = float(ordered[place]), float(ordered[min(place + 1, ordered.size - 1)])
    part = at - place
    return high - (high - low) * (1 - part) if part >= 0.5 else low + (high - low) * part


def fold_period(starts: Floats, *, tolerance: float, quantiles: Sequence[float], missed_share: float) -> Period | None:
    """The period whose multiples the gaps are; missed cycles do not lengthen it.

    In:     quantiles of the gaps where a period is looked for, most likely first
    Law:    starts on a grid of P, of which at most missed_share is absent and a quantile hits one gap of P, give P
    Units:  tolerance is the deviation, as a share of the period, that a fit may have
    Errors: None when there are no two gaps, or no gap is positive
    """
    gaps = np.diff(starts)
    gaps = gaps[gaps > 0]
    if gaps.size < 2:
        return None
    ordered = np.sort(gaps)
    best: Period | None = None
    for quantile in quantiles:
        period = _refined(gaps, _quantile(ordered, quantile), missed_share)
        if period is not None and (best is None or (best.cv > tolerance and period.cv < best.cv)):
            best = period
    return best


def _refined(gaps: Floats, guess: float, missed_share: float) -> Period | None:
    """Least squares period near a guess; multiples are rounded again after every step."""
    multiples = np.zeros(0)
    for _ in range(4):
        before, multiples = multiples, np.maximum(np.rint(gaps / guess), 1.0)
        if np.array_equal(before, multiples):
            break  # and so is the guess that follows from them
        guess = float((gaps * multiples).sum() / (multiples**2).sum())
        if guess <= 0:
            return None
    cycles = float(multiples.sum())
    missed = 1 - gaps.size / cycles
    if missed > missed_share:  # a period that is mostly absent is a common divisor, not a period
        return None
    left = gaps - multiples * guess
    return Period(guess, float(np.sqrt(np.mean(left**2)) / guess), cycles, missed)


def phase_strength(times: Floats, period: float) -> float | None:
    """Length of the mean unit vector of the phases: 1 when all times keep one phase, near 0 when they keep none.

    Source: the Rayleigh statistic (Fisher, Statistical Analysis of Circular Data, 1993, section 4.3)
    """
    if times.size == 0 or period <= 0:
        return None
    return float(abs(np.exp(2j * np.pi * times / period).mean()))


def dispersion_index(counts: Floats) -> float | None:
    """Variance / mean of counts per window: 1 for chance, less for regular, more for bursts."""
    mean = float(counts.mean()) if counts.size > 1 else 0.0
    return float(counts.var() / mean) if mean > 0 else None


def per_window(times: Floats, edges: Floats, weights: Floats | None = None) -> Floats:
    """How many sorted times (or how much of their weights) lie in each window; the last one holds its end.

    Law: the same as numpy's histogram, which sorts first
    """
    places = np.searchsorted(times, edges, side="left")
    places[-1] = np.searchsorted(times, edges[-1], side="right")
    if weights is None:
        return np.diff(places).astype(np.float64)
    return np.diff(np.concatenate(([0.0], weights.cumsum()))[places])


def burst_stretch(times: Floats, width: float) -> tuple[float, float] | None:
    """The largest share of the times that any stretch of this width holds, and the last time in the first such stretch.

    Law: equals the brute force over all stretches that begin at an event
    """
    if times.size == 0:
        return None
    ends = np.searchsorted(times, times + width, side="right")
    held = ends - np.arange(times.size)
    first = int(held.argmax())
    return float(held[first] / times.size), float(times[ends[first] - 1])


def most_in(times: Floats, width: float) -> int:
    """The largest number of times in any stretch of this width (both ends included)."""
    if times.size == 0:
        return 0
    return int((np.searchsorted(times, times + width, side="right") - np.arange(times.size)).max())


def best_step(failures: Floats, total: Floats) -> Step | None:
    """The stretch of windows with the most surprising failure rate against the rest.

    In:     failures and requests per window, of one length; where no request but failures was logged, give equal
            totals, and the counts themselves are compared
    Law:    equals the brute force over all stretches; ties go to the earlier start, then the longer stretch
    Errors: None when there is no failure
    Source: Kulldorff, A spatial scan statistic (1997), Bernoulli model; one dimension
    """
    size = failures.size
    if size == 0 or failures.sum() <= 0 or np.any(failures > total):
        return None
    bad, seen = np.concatenate(([0.0], failures.cumsum())), np.concatenate(([0.0], total.cumsum()))
    starts, ends = _stretches(size)
    inside, asked = bad[ends] - bad[starts], seen[ends] - seen[starts]
    outside, rest = bad[-1] - inside, seen[-1] - asked
    score = likelihood(inside, asked) + likelihood(outside, rest) - likelihood(bad[-1:], seen[-1:])
    higher = inside * rest > outside * asked
    score = np.where(higher, score, 0.0)
    rounded = np.round(score, 9)
    equal = np.flatnonzero(rounded == rounded.max())  # by start, then by end
    best = int(equal[starts[equal] == starts[equal[0]]][-1])
    return Step(int(starts[best]), int(ends[best]), float(score[best]))


@cache
def _stretches(size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Start and end of every stretch of so many windows, by start, then by end."""
    starts, ends = np.triu_indices(size + 1, k=1)
    return np.asarray(starts, dtype=np.int64), np.asarray(ends, dtype=np.int64)


def best_split(failures: Floats, successes: Floats, weights: Floats) -> int:
    """Where the failure rate steps up: the index of the failure that begins the high side.

    In:  times of failures and of successes (each weighted), sorted
    Law: successes that all precede the failures give 0; ties go to the earlier failure
    """
    before = np.arange(failures.size, dtype=np.float64)
    passed = np.concatenate(([0.0], weights.cumsum()))
    good = passed[np.searchsorted(successes, failures, side="left")]
    left = likelihood(before, before + good)
    after, rest = failures.size - before, passed[-1] - good
    right = likelihood(after, after + rest)
    higher = after * (before + good) >= before * (after + rest)
    return int(np.argmax(np.where(higher, np.round(left + right, 9), -np.inf)))


def most_distinct(times: Floats, codes: NDArray[np.int64], width: float) -> int:
    """The largest number of different codes in any stretch of this width.

    In:  sorted times, one code each
    Law: equals the brute force over all stretches (t - width, t] that end at an event
    """
    if times.size == 0:
        return 0
    order = np.lexsort((times, codes))
    following = np.full(times.size, np.inf)
    same = codes[order][1:] == codes[order][:-1]
    following[order[:-1][same]] = times[order[1:][same]]
    ends = np.minimum(times + width, following)
    # At one moment endings come before beginnings: a stretch is open at its start, and a code counts once.
    at = np.concatenate((ends, times))
    step = np.concatenate((np.full(times.size, -1), np.ones(times.size, dtype=np.int64)))
    return int(step[np.lexsort((step, at))].cumsum().max())


def likelihood(bad: Floats, seen: Floats) -> Floats:
    """Log-likelihood of so many failures of so many requests at their own rate (Bernoulli)."""
    good = seen - bad
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.where(bad > 0, bad * np.log(bad / seen), 0.0) + np.where(good > 0, good * np.log(good / seen), 0.0)
    return np.asarray(found, dtype=np.float64)
