"""The latest bout of a unit: since when it fails as it fails now, though it failed before and something always does."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from logscan.analysis.measures import Measures
from logscan.analysis.recurrence import Floats, likelihood, per_window
from logscan.analysis.stretch import beginning, ending
from logscan.analysis.successes import Successes

_ROUNDS = 4  # of fitting rates to states, and states to rates: they settle in two or three
_LEAST = 1e-3  # no rate is surely none, or surely all


class Asked(NamedTuple):
    """failures: sorted times of a unit; successes: those that belong to it."""

    failures: Floats
    successes: Successes


Latest = tuple[float | None, float, bool]


def latest_bout(asked: Asked, span: tuple[float, float], settings: Measures) -> Latest | None:
    """The latest stretch in which a unit fails markedly more often than between such stretches.

    In:     span: of the log; only its last `bout_recent_s` are looked at
    Out:    its first failure, None when it began before that; its last; whether it lasts. None where one rate explains
            it as well, or no success tells one rate from another
    Law:    the same however many bouts went before, so that what is told of one does not hang on the others
    Units:  seconds
    Source: two rates, each window in one of the two, a cost for each change: Viterbi (1967) with rates fitted to it
    """
    low, high = max(span[0], span[1] - settings.bout_recent_s), span[1] + 1e-3
    edges = np.arange(low, high + settings.bout_window_s, settings.bout_window_s)
    if edges.size <= 2:
        return None
    bad = per_window(asked.failures, edges)
    total = bad + per_window(asked.successes.t, edges, asked.successes.weight)
    if not bad.any() or bad.sum() == total.sum():
        return None
    states, gain = _two_rates(bad, total, settings.wide_score, settings.bout_calm_share)
    if gain < settings.wide_score:
        return None
    return _latest(asked, edges, states, bad, total, calm_share=settings.bout_calm_share)


def _two_rates(bad: Floats, total: Floats, cost: float, calm_share: float) -> tuple[NDArray[np.bool_], float]:
    """Out: whether each window is in the higher rate; how much better that is than one rate, changes paid for."""
    states = bad * total.sum() > total * bad.sum()
    for _ in range(_ROUNDS):
        states = _path(bad, total, _rate(bad, total, states), _rate(bad, total, ~states), cost)
    inside, asked = bad[states].sum(), total[states].sum()
    outside, rest = bad.sum() - inside, total.sum() - asked
    if not asked or not rest or outside * asked >= calm_share * inside * rest:
        return states, 0.0
    told = likelihood(np.array([inside, outside, bad.sum()]), np.array([asked, rest, total.sum()]))
    changes = int((np.diff(states) != 0).sum())
    return states, float(told[0] + told[1] - told[2] - cost * max(changes - 1, 0))


def _rate(bad: Floats, total: Floats, states: NDArray[np.bool_]) -> float:
    return float(np.clip((bad[states].sum() + 0.5) / (total[states].sum() + 1), _LEAST, 1 - _LEAST))


def _path(bad: Floats, total: Floats, high: float, low: float, cost: float) -> NDArray[np.bool_]:
    """The best row of states for these rates."""
    lead = bad * np.log(high / low) + (total - bad) * np.log((1 - high) / (1 - low))
    ahead, best = [], 0.0  # how much better the best row is that ends in the higher rate
    for each in lead.tolist():
        best = min(max(best, -cost), cost) + each
        ahead.append(best)
    state, states = ahead[-1] > 0, []
    for each in reversed(ahead):
        # A change pays only where the row behind it is ahead by more than it costs.
        state = each > cost or (state and each >= -cost)
        states.append(state)
    return np.array(states[::-1], dtype=np.bool_)


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
