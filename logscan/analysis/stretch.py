"""When it began and whether it ended: the stretch of time in which a unit fails most, against its successes."""

from typing import NamedTuple

import numpy as np

from logscan.analysis.recurrence import Floats, best_split, best_step, per_window
from logscan.analysis.successes import Successes

_FEW = 5


class Stretch(NamedTuple):
    """Units: seconds since the epoch; score: log-likelihood gain; rates 0..1.

    begins  first failure of the stretch; good: the last success before it, None when there is none
    ends    last failure of the stretch
    open    the stretch holds the last window in which there was any traffic, or what follows it fails half as often
    share   failures in the steepest stretch / failures; when that is too few of them, the stretch is from the first to
            the last failure
    """

    good: float | None
    begins: float
    ends: float
    open: bool
    score: float
    before: float | None
    during: float
    share: float

    def onset(self, failures: Floats, successes: Successes, *, recurs: bool) -> tuple[float | None, float]:
        """The last success before it begins, and its first failure; of what recurs, the first failure of all."""
        if not recurs:
            return self.good, self.begins
        first = float(failures[0])
        before = int(np.searchsorted(successes.t, first, side="left"))
        return (float(successes.t[before - 1]) if before else None), first


def find_stretch(
    failures: Floats, successes: Successes, edges: Floats, *, least_share: float, open_chance: float
) -> Stretch:
    """The stretch of a unit.

    In:  failures: sorted times, at least one; edges of the windows of the log, of one width; least_share: of the
         failures that the steepest stretch must hold to be the unit's; open_chance: it is still open when its rate
         gives so few successes as there are after it with at least this probability
    Law: without any success the counts alone decide, and rates say only that all that was logged failed
    """
    bad = per_window(failures, edges)
    good = per_window(successes.t, edges, successes.weight)
    total = bad + good if good.sum() > 0 else np.full_like(bad, 1000 * max(bad.max(), 1.0))
    begins, ends, score, share = float(failures[0]), float(failures[-1]), 0.0, 1.0
    step = best_step(bad, total)
    if step is not None and step.score > 0:
        steep = beginning(failures, successes, edges, step.start), ending(failures, successes, edges, step.end)
        share = float(((failures >= steep[0]) & (failures <= steep[1])).mean())
        score = step.score
        if share >= least_share:
            begins, ends = steep
    last = np.searchsorted(successes.t, begins, side="left") - 1
    known = float(successes.t[last]) if last >= 0 else None
    earlier, asked = float((failures < begins).sum()), successes.within(-np.inf, begins)
    inside = float(((failures >= begins) & (failures <= ends)).sum())
    during = inside / (inside + successes.within(begins, np.nextafter(ends, np.inf)))
    before = earlier / (earlier + asked) if asked or earlier >= _FEW else None  # a few strays are no rate
    let_in = successes.within(np.nextafter(ends, np.inf), np.inf)
    spared = (inside / during - inside + 1) / (inside / during + 1)  # of the requests, with one more that was let in
    later = float((failures > ends).sum())
    goes_on = later > 0 and later / (later + let_in) >= during / 2
    still = _window(ends, edges) >= _last_traffic(bad + good) or spared**let_in >= open_chance or goes_on
    return Stretch(known, begins, ends, still, score, before, during, share)


def _last_traffic(total: Floats) -> int:
    there = np.flatnonzero(total > 0)
    return int(there[-1]) if there.size else 0


def _window(time: float, edges: Floats) -> int:
    return int(np.clip(np.searchsorted(edges, time, side="right") - 1, 0, edges.size - 2))


def beginning(failures: Floats, successes: Successes, edges: Floats, window: int) -> float:
    """The failure, in the windows about the one in which it begins, from which on the rate is high."""
    low, high = edges[max(window - 1, 0)], edges[min(window + 2, edges.size - 1)]
    near = failures[(failures >= low) & (failures <= high)]
    within = (successes.t >= low) & (successes.t <= high)
    if near.size == 0 or not within.any():
        later = failures[failures >= edges[window]]
        return float(later[0] if later.size else failures[0])
    return float(near[best_split(near, successes.t[within], successes.weight[within])])


def ending(failures: Floats, successes: Successes, edges: Floats, window: int) -> float:
    """As `beginning`, with time running backwards: it ends where this window begins."""
    mirrored = Successes(-successes.t[::-1], successes.weight[::-1])
    return -beginning(-failures[::-1], mirrored, -edges[::-1], edges.size - 1 - window)
