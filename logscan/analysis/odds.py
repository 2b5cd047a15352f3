"""How much more often one group has something than another, and how sure that is."""

import math
from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

_Z = 1.959963984540054  # of a normal deviate, 95 % lie within


class Table(NamedTuple):
    """Failing with it and without, succeeding with it and without."""

    a: int
    b: int
    c: int
    d: int

    @classmethod
    def of(cls, failing: NDArray[np.bool_], let_in: NDArray[np.bool_]) -> Self:
        with_it, good = int(failing.sum()), int(let_in.sum())
        return cls(with_it, failing.size - with_it, good, let_in.size - good)

    @property
    def p(self) -> float:
        """The probability that so many of the failing have it, or more, when it makes no difference.

        Source: Fisher's exact test, one-sided
        """
        a, b, c, d = self
        if not a:
            return 1.0
        most = min(b, c)
        at = np.arange(most)
        # each further one that has it multiplies the probability by what one cell loses over what another gains
        grown = np.log(b - at) + np.log(c - at) - np.log(a + 1 + at) - np.log(d + 1 + at)
        logs = _log_chance(self) + np.concatenate(([0.0], np.cumsum(grown)))
        return min(1.0, float(np.exp(logs).sum()))


def _log_chance(table: Table) -> float:
    """The logarithm of the probability of exactly this table, when its sums are what they are."""
    a, b, c, d = table
    sums = (a + b, c + d, a + c, b + d)
    return sum(map(_log_factorial, sums)) - sum(map(_log_factorial, (*table, a + b + c + d)))


def _log_factorial(count: int) -> float:
    return math.lgamma(count + 1)


class Odds(NamedTuple):
    """ratio: of the odds of having it; low and high: the ends of its 95 % interval."""

    ratio: float
    low: float
    high: float


def odds_of(table: Table) -> Odds:
    """The odds ratio of a table.

    Law:    swapping the groups gives the reciprocals
    Source: Woolf (1955); where a cell is empty one half is added to all: Haldane (1956), Anscombe (1956)
    """
    a, b, c, d = (cell + 0.5 for cell in table) if 0 in table else table
    log, spread = math.log(a * d / (b * c)), math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    return Odds(*(math.exp(log + at * spread) for at in (0.0, -_Z, _Z)))


def corrected(p: Sequence[float]) -> list[float]:
    """The false discovery rate at which each would still be told.

    Source: Benjamini and Hochberg (1995)
    """
    if not p:
        return []
    order = np.argsort(p)
    steps = np.asarray(p, dtype=float)[order] * len(p) / np.arange(1, len(p) + 1)
    found = np.empty(len(p))
    found[order] = np.minimum.accumulate(steps[::-1])[::-1].clip(max=1.0)
    return [float(q) for q in found]
