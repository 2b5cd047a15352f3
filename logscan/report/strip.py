"""One finding's episodes along a time axis, with the turns of its period and the next one, as plain geometry."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from logscan.model.finding import Finding
from logscan.report.show import duration, moment, number, span

WIDTH, HEIGHT = 1000, 24  # units of the drawing, stretched to the page
_LEAST = 3.0  # least width of a mark, so that it can be seen
_APART = 2.0  # marks nearer than this become one
_TURNS = 200  # drawn at most: more of them are a line
_SEVERAL = 3
_ROOM = 0.04  # of the episodes' time, before and after them
_AHEAD = 0.3  # of the log's length: a next time farther off would squeeze what has been
Span = tuple[datetime, datetime]


class Mark(NamedTuple):
    """x, width and height in units of the drawing; title in words."""

    x: float
    width: float
    height: float
    title: str


class Turn(NamedTuple):
    """A time at which the period says that it fails. seen: an episode began there; x in units of the drawing"""

    x: float
    seen: bool
    title: str


class Strip(NamedTuple):
    """axis: what the drawing spans; expected: where the next one is to come, none outside the axis.

    rows: of the table, the last ones: from, to, lasting, failures, time since the one before began; `earlier` of them
          are left out
    """

    axis: Span
    marks: tuple[Mark, ...]
    turns: tuple[Turn, ...]
    expected: Mark | None
    rows: tuple[tuple[str, str, str, int, str], ...]
    earlier: int


def recurrence_strip(finding: Finding, axis: Span, most: int) -> Strip | None:
    """In: axis of the log; most: rows of the table.  Out: None without episodes.

    Law: of several episodes the axis is their own, so that their distances can be seen; it grows to hold the next
         expected time, unless that would squeeze what has been
    """
    if not finding.episodes:
        return None
    start, end = _own(finding, axis) if len(finding.episodes) >= _SEVERAL else axis
    due, within = finding.next_expected, timedelta(seconds=finding.next_within_s or 0.0)
    if due and (end - start) * (1 + _AHEAD) >= due + within - start:
        end = max(end, due + within + (end - start) / 50)
    marks = episode_marks(finding.episodes, start, end)
    expected = None
    if due and due <= end:
        low, high = _place(due - within, start, end), _place(due + within, start, end)
        low = min(low, WIDTH - _LEAST)
        title = f"next expected about {moment(due)}"
        expected = Mark(round(low, 1), round(max(high - low, _LEAST), 1), HEIGHT, title)
    rows = _rows(sorted(finding.episodes)[-most - 1 :], most)
    earlier = max(finding.counts.episodes, len(finding.episodes)) - len(rows)
    return Strip((start, end), marks, _turns(finding, start, end), expected, rows, earlier)


def _own(finding: Finding, axis: Span) -> Span:
    """From the first to the last episode and a little more, but not beyond the log."""
    first = min(episode[0] for episode in finding.episodes)
    last = max(episode[1] for episode in finding.episodes)
    room = (last - first) * _ROOM
    return max(first - room, min(axis[0], first)), min(last + room, max(axis[1], last))


def episode_marks(
    episodes: Sequence[tuple[datetime, datetime, int]], start: datetime, end: datetime
) -> tuple[Mark, ...]:
    """In: episodes in any order; the span of the axis.  Out: marks from left to right, near ones merged.

    Law: inside the drawing whatever the episodes' times; at most WIDTH / (_LEAST + _APART) marks; none is left out
    """
    merged: list[list[float]] = []
    spans: list[tuple[datetime, datetime, int, int]] = []
    for first, last, events in sorted(episodes):
        left = min(_place(first, start, end), WIDTH - _LEAST)
        right = max(_place(last, start, end), left + _LEAST)
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


def _turns(finding: Finding, start: datetime, end: datetime) -> tuple[Turn, ...]:
    """The turns from the first episode to the last: a gap of several periods holds turns that were missed."""
    starts = sorted({first for first, _, _ in finding.episodes})
    if not finding.period_s or finding.period_s <= 0 or len(starts) < 2:
        return ()
    found = [(starts[0], True)]
    for one, other in pairwise(starts):
        cycles = round((other - one).total_seconds() / finding.period_s)
        if cycles > _TURNS:
            return ()
        found += [(one + (other - one) * k / cycles, False) for k in range(1, cycles)]
        if cycles:  # what is nearer than half a period belongs to the same turn
            found.append((other, True))
    if len(found) > _TURNS:
        return ()
    return tuple(
        Turn(round(_place(when, start, end), 1), seen, moment(when) + ("" if seen else ": expected, nothing failed"))
        for when, seen in found
    )


def _rows(episodes: Sequence[tuple[datetime, datetime, int]], most: int) -> tuple[tuple[str, str, str, int, str], ...]:
    apart = ["", *(duration(round((b[0] - a[0]).total_seconds(), 3)) for a, b in pairwise(episodes))]
    rows = [
        (moment(first), moment(last), duration(round((last - first).total_seconds(), 3)), events, since)
        for (first, last, events), since in zip(episodes, apart, strict=True)
    ]
    return tuple(rows[-most:])


def _place(when: datetime, start: datetime, end: datetime) -> float:
    length = max((end - start).total_seconds(), 1e-6)
    return min(max((when - start).total_seconds() / length * WIDTH, 0.0), float(WIDTH))


def _words(first: datetime, last: datetime, events: int, episodes: int) -> str:
    held = f" in {number(episodes)} episodes" if episodes > 1 else ""
    return f"{span(first, last)}: {number(events)} failed{held}"
