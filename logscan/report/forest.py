"""Odds ratios with their intervals on one logarithmic axis, as plain geometry: what sets failing requests apart."""

import math
from typing import NamedTuple

from logscan.model.contrast import Contrast
from logscan.report.contrast import compared, named, rounded
from logscan.report.show import number, percent

WIDTH = 100  # units of the drawing
_DECADES = 4  # of the axis: whatever is 10,000 times as likely is surely so
_LEAST = 1.0  # of the width, so that a short interval can be seen


class Tree(NamedTuple):
    """One trait. low, high and at: units of the drawing; open: the interval goes on beyond its right end.

    odds: in words, with the interval; tied: what the same requests have too
    """

    what: str
    failing: str
    let_in: str
    odds: str
    low: float
    high: float
    at: float | None
    open: bool
    tied: str


class Forest(NamedTuple):
    """ticks: place of each, and its ratio where there is room. against: the successes that were compared, in words"""

    trees: tuple[Tree, ...]
    ticks: tuple[tuple[float, str], ...]
    against: str


def contrast_forest(contrast: Contrast | None) -> Forest | None:
    """Out: None when nothing was compared; no trees when nothing sets failing requests apart.

    Law: everything lies inside the drawing, whatever the ratios; where one of the groups has all or none of it the
         ratio has no upper end, and only the lower is told
    """
    if contrast is None or not contrast.tested:
        return None
    trees = []
    for trait in contrast.traits:
        known = trait.let_in[0] > 0 and trait.failing[0] < trait.failing[1]
        odds = f"{rounded(trait.odds)} ({rounded(trait.low)} to {rounded(trait.high)})"
        low = _place(trait.low)
        high = max(_place(trait.high), low + _LEAST) if known else float(WIDTH)
        beyond = not known or trait.high > 10.0**_DECADES
        trees.append(
            Tree(
                named((trait.field, trait.value)),
                _share(trait.failing),
                _share(trait.let_in),
                odds if known else f"at least {rounded(trait.low)}",
                round(min(low, WIDTH - _LEAST), 1),
                round(min(high, WIDTH), 1),
                round(_place(trait.odds), 1) if known else None,
                beyond,
                ", ".join(named(each) for each in trait.tied),
            )
        )
    ticks = tuple((WIDTH / _DECADES * k, "" if k % 2 else number(10**k)) for k in range(_DECADES + 1))
    return Forest(tuple(trees), ticks, compared(contrast))


def _place(ratio: float) -> float:
    """Law: 1 and less at the left end, 10 ** _DECADES and more at the right; no number (NaN) at the left"""
    if not ratio > 1:
        return 0.0
    return min(math.log10(ratio) / _DECADES, 1.0) * WIDTH


def _share(counts: tuple[int, int]) -> str:
    held, of = counts
    return f"{percent(held / of) if of else 'none'} of {number(of)}"
