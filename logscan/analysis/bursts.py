"""Bursts: stretches of windows in which far more fails than elsewhere."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from logscan.analysis.recurrence import Floats


class Runs(NamedTuple):
    """Half-open runs of windows, in order."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]


def burst_runs(counts: Floats, times: float, gamma: float = 1.0) -> Runs:
    """The windows in which a two-state automaton is in its high state.

    In:     counts of failures per window; times: how much more the high state has than the mean of the whole
    Law:    equals the cheapest of all state sequences; nothing is a burst where all windows hold the same
    Source: Kleinberg, Bursty and hierarchical structure in streams (2002), batched by window; costs are negative
            Poisson log-likelihoods, and gamma * ln(windows) is paid to enter the high state
    """
    n, mean = counts.size, float(counts.mean()) if counts.size else 0.0
    none = np.zeros(0, dtype=np.int64)
    if mean <= 0 or n < 2:
        return Runs(none, none)
    enter = gamma * math.log(n)
    # What the high state saves in each window; the sequence that saves most, less what entering it costs.
    saves = counts * math.log(times) - mean * (times - 1)
    gained = np.concatenate(([0.0], saves.cumsum()))
    if (gained - np.minimum.accumulate(gained)).max() < enter - 1e-6:
        return Runs(none, none)  # no stretch saves what entering costs
    low, high, came = 0.0, -enter, []
    for saved in saves.tolist():
        from_high = high > low
        into = low - enter
        stays = high >= into
        came.append((from_high, stays))
        low, high = (high if from_high else low), (high if stays else into) + saved
    state, states = high > low, [0]
    for from_high, stays in reversed(came):
        states.append(int(state))
        state = stays if state else from_high
    edge = np.diff([0, *states[::-1]])
    return Runs(np.flatnonzero(edge == 1), np.flatnonzero(edge == -1))
