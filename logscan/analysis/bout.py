"""The latest bout of a unit: since when it fails as it fails now, though it failed before and something always does."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from logscan.analysis.measures import Measures
from logscan.analysis.recurrence import Floats, likelihood
from logscan.analysis.stretch import beginning, ending
from logscan.analysis.successes import Successes

_ROUNDS = 4  # of fitting rates to states, and states to rates: they settle in two or three
_LEAST = 1e-3  # no rate is surely none, or surely all


class Asked(NamedTuple):
    """failures: sorted times of a unit; successes: those that belong to it."""

    failures: Floats
    successes: Successes


Latest = tuple[float | None, float, bool]


def bouts(units: Sequence[Asked], span: tuple[float, float], settings: Measures) -> list[Latest | None]:
    """Of each unit the latest stretch in which it fails markedly more often than between such stretches.

    In:     span: of the log; only its last `bout_recent_s` are looked at
    Out:    its first failure, None when it began before that; its last; whether it lasts. None where one rate explains
            it as well, or no success tells one rate from another
    Law:    the same however many bouts went before, so that what is told of one does not hang on the others
    Units:  seconds
    Source: two rates, each window in one of the two, a cost for each change: Viterbi (1967) with rates fitted to it
    """
    low, high = max(span[0], span[1] - settings.bout_recent_s), span[1] + 1e-3
    edges = np.arange(low, high + settings.bout_window_s, settings.bout_window_s)
    if not units or edges.size <= 2:
        return [None] * len(units)
    bad = np.array([np.histogram(each.failures, edges)[0] for each in units], dtype=np.float64)
    good = np.array(
        [np.histogram(each.successes.t, edges, weights=each.successes.weight)[0] for each in units], dtype=np.float64
    )
    total, calm_share = bad + good, settings.bout_calm_share
    states, gain = _two_rates(bad, total, settings.wide_score, calm_share)
    return [
        _latest(units[at], edges, states[at], bad[at], total[at], calm_share=calm_share)
        if gain[at] >= settings.wide_score
        else None
        for at in range(len(units))
    ]


def _two_rates(bad: Floats, total: Floats, cost: float, calm_share: float) -> tuple[NDArray[np.bool_], Floats]:
    """Out: whether each window of each unit is in the higher rate; how much better that is, changes paid for."""
    states = bad * total.sum(axis=1, keepdims=True) > total * bad.sum(axis=1, keepdims=True)
    for _ in range(_ROUNDS):
        states = _path(bad, total, _rate(bad, total, states), _rate(bad, total, ~states), cost)
    inside, asked = (bad * states).sum(axis=1), (total * states).sum(axis=1)
    outside, rest = bad.sum(axis=1) - inside, total.sum(axis=1) - asked
    changes = (np.diff(states, axis=1) != 0).sum(axis=1)
    one = likelihood(bad.sum(axis=1), total.sum(axis=1))
    gain = likelihood(inside, asked) + likelihood(outside, rest) - one - cost * np.maximum(changes - 1, 0)
    apart = (asked > 0) & (rest > 0) & (outside * asked < calm_share * inside * rest)
    return states, np.where(apart, gain, 0.0)


def _rate(bad: Floats, total: Floats, states: NDArray[np.bool_]) -> Floats:
    rate = ((bad * states).sum(axis=1) + 0.5) / ((total * states).sum(axis=1) + 1)
    return np.asarray(np.clip(rate, _LEAST, 1 - _LEAST)[:, None])


def _path(bad: Floats, total: Floats, high: Floats, low: Floats, cost: float) -> NDArray[np.bool_]:
    """The best row of states for these rates, of all units at once."""
    lead = bad * np.log(high / low) + (total - bad) * np.log((1 - high) / (1 - low))
    ahead = np.zeros(bad.shape)  # how much better the best row is that ends in the higher rate
    best = np.zeros(bad.shape[0])
    for at in range(bad.shape[1]):
        best = np.clip(best, -cost, cost) + lead[:, at]
        ahead[:, at] = best
    states = np.zeros(bad.shape, dtype=np.bool_)
    state = ahead[:, -1] > 0
    for at in range(bad.shape[1] - 1, -1, -1):
        # A change pays only where the row behind it is ahead by more than it costs.
        state = (ahead[:, at] > cost) | (state & (ahead[:, at] >= -cost))
        states[:, at] = state
    return states


def _latest(
    asked: Asked, edges: Floats, states: NDArray[np.bool_], bad: Floats, total: Floats, *, calm_share: float
) -> Latest | None:
    inside = np.flatnonzero(states & (total > 0))
    if not inside.size:
        return None
    end = int(inside[-1])
    calm = np.flatnonzero(~states[:end])
    start = int(calm[-1]) + 1 if calm.size else 0
    first = beginning(asked.failures, asked.successes, edges, start) if start else None
    traffic = np.flatnonzero(total > 0)
    after = traffic[traffic > end + 1] if traffic[-1] > end + 1 else traffic[traffic > end]  # it ended in a window
    if after.size and bad[after].sum() > calm_share * _share(bad, total, inside[inside >= start]) * total[after].sum():
        end = int(traffic[-1])  # better than it was is not over
    lasts = not (total[end + 1 :] > 0).any()
    lately = asked.failures[asked.failures < edges[end + 1]]
    last = float(lately[-1]) if lasts else ending(asked.failures, asked.successes, edges, end + 1)
    return first, max(last, first or last), lasts


def _share(bad: Floats, total: Floats, windows: NDArray[np.int64]) -> float:
    return float(bad[windows].sum() / total[windows].sum())
