"""The hours of the day in which failures are most surprising."""

import numpy as np
from numpy.typing import NDArray

from logscan.analysis.recurrence import likelihood

_HOURS = 24


def best_band(failing: NDArray[np.int64], let_in: NDArray[np.int64]) -> tuple[int, int] | None:
    """The run of hours, which may pass midnight, with the most surprising failure rate against the others.

    In:     counts for each hour
    Out:    first hour, number of hours; of equal ones the shortest, then the earliest
    Law:    equals the brute force over all runs
    Errors: None when no run has a higher rate than the rest
    Source: Kulldorff, A spatial scan statistic (1997), Bernoulli model, on a circle
    """
    bad, seen = failing.astype(np.float64), (failing + let_in).astype(np.float64)
    if not bad.sum() or not let_in.sum():
        return None
    whole = likelihood(bad.sum(keepdims=True), seen.sum(keepdims=True))
    best, found = 1e-9, None
    for length in range(1, _HOURS):
        inside, asked = (sum(np.roll(counts, -shift) for shift in range(length)) for counts in (bad, seen))
        inside, asked = np.asarray(inside), np.asarray(asked)
        outside, rest = bad.sum() - inside, seen.sum() - asked
        gain = likelihood(inside, asked) + likelihood(outside, rest) - whole
        gain = np.where(inside * rest > outside * asked, np.round(gain, 9), 0.0)
        if gain.max() > best:
            best, found = float(gain.max()), (int(gain.argmax()), length)
    return found
