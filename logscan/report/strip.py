"""One finding's episodes along the time axis of the whole report, as plain geometry."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from logscan.report.show import number, span

WIDTH, HEIGHT = 1000, 24  # units of the drawing, stretched to the page
_LEAST = 3.0  # least width of a mark, so that it can be seen
_APART = 2.0  # marks nearer than this become one


class Mark(NamedTuple):
    """x, width and height in units of the drawing; title in words."""

    x: float
    width: float
    height: float
    title: str


def episode_marks(
    episodes: Sequence[tuple[datetime, datetime, int]], start: datetime, end: datetime
) -> tuple[Mark, ...]:
    """In: episodes in any order; the span of the axis.  Out: marks from left to right, near ones merged.

    Law: inside the drawing whatever the episodes' times; at most WIDTH / (_LEAST + _APART) marks; none is left out
    """
    length = max((end - start).total_seconds(), 1e-6)
    merged: list[list[float]] = []
    spans: list[tuple[datetime, datetime, int, int]] = []
    for first, last, events in sorted(episodes):
        left = min(max((first - start).total_seconds() / length * WIDTH, 0.0), WIDTH - _LEAST)
        right = min(max((last - start).total_seconds() / length * WIDTH, left + _LEAST), float(WIDTH))
        if merged and left - merged[-1][1] < _APART:
            merged[-1][1] = max(merged[-1][1], right)
            old = spans[-1]
            spans[-1] = (old[0], max(old[1], last), old[2] + events, old[3] + 1)
        else:
            merged.append([left, right])
            spans.append((first, last, events, 1))
    most = max((s[2] for s in spans), default=1) or 1
    return tuple(
        Mark(round(left, 1), round(right - left, 1), round(HEIGHT * (0.35 + 0.65 * s[2] / most), 1), _words(*s))
        for (left, right), s in zip(merged, spans, strict=True)
    )


def _words(first: datetime, last: datetime, events: int, episodes: int) -> str:
    held = f" in {number(episodes)} episodes" if episodes > 1 else ""
    return f"{span(first, last)}: {number(events)} failed{held}"
