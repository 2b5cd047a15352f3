"""The time axis: stretches of the log, equal columns, round ticks."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import NamedTuple

COLUMNS = 240  # most columns a timeline has: about what a wide screen can tell apart
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800)
_EMPTY = 0.8  # a gap of this share of the axis leaves too little room for what happened
_FAR = 0.5  # a gap of this share of the axis sets a lone line apart
_SHORT = 20  # buckets; a shorter gap never divides
_LEAST = 24  # columns: fewer get some empty ones on both sides, or one bar would fill the page
_ROOM = 9  # empty columns on a side; less than _SHORT, so that they never reach into the next stretch
_FEW, _RARE = 20, 0.001  # events, and share of all events, that do not deserve an axis of their own
_STRETCHES = 4  # drawn at most


class Stretch(NamedTuple):
    """Units: seconds since 1970 UTC, of its first and its last bucket."""

    first: int
    last: int
    events: int


def stretches(rows: Iterable[tuple[datetime, int]], bucket_s: int) -> tuple[tuple[Stretch, ...], int]:
    """The parts of a log that are worth an axis each, in order of time, and the number of events in none of them.

    Law: every event is in a stretch or counted; a lone line with a wrong clock is left out, a log of last month is not
    """
    found = sorted((int(when.timestamp()), count) for when, count in rows if count > 0)
    total = sum(count for _, count in found)
    split = _parts(found, total, bucket_s * _SHORT) if found else []
    parts = [Stretch(part[0][0], part[-1][0], sum(n for _, n in part)) for part in split]
    kept = sorted(sorted(parts, key=lambda part: -part.events)[:_STRETCHES])
    return tuple(kept), total - sum(part.events for part in kept)


def _parts(found: list[tuple[int, int]], total: int, least: int) -> list[list[tuple[int, int]]]:
    span = found[-1][0] - found[0][0]
    gap, at = max(((b[0] - a[0], k) for k, (a, b) in enumerate(pairwise(found), 1)), default=(0, 0))
    if gap < max(span * _FAR, least):
        return [found]
    sides = found[:at], found[at:]
    events = [sum(n for _, n in side) for side in sides]
    lone = [count < _FEW and count < total * _RARE for count in events]
    if any(lone):
        return _parts(sides[lone.index(False)], total, least)
    if min(events) < _FEW or gap < span * _EMPTY:
        return [found]
    return [part for side in sides for part in _parts(side, total, least)]


@dataclass(frozen=True)
class Grid:
    """Equal columns of time. Units: seconds since 1970 UTC."""

    start: int
    step: int
    columns: int

    def index(self, when: datetime) -> int:
        return int((when.timestamp() - self.start) // self.step)

    def moment(self, column: float) -> datetime:
        return datetime.fromtimestamp(self.start + column * self.step, UTC)


def make_grid(first: int, last: int, bucket_s: int) -> Grid:
    """At most COLUMNS round columns, none narrower than a bucket, that hold both moments; a short stretch gets room."""
    step = next((s for s in _STEPS if s >= bucket_s and last // s - first // s < COLUMNS), _STEPS[-1])
    while last // step - first // step >= COLUMNS or step < bucket_s:
        step *= 2
    columns = last // step - first // step + 1
    room = min(max(_LEAST - columns, 0) // 2, _ROOM)
    return Grid((first // step - room) * step, step, columns + 2 * room)


def tally(rows: Iterable[tuple[datetime, str, int]], grid: Grid) -> dict[str, list[int]]:
    """Events by name and column. Law: nothing outside the grid is counted."""
    out: dict[str, list[int]] = defaultdict(lambda: [0] * grid.columns)
    for when, name, count in rows:
        if 0 <= (column := grid.index(when)) < grid.columns:
            out[name][column] += count
    return dict(out)


def ticks(highest: int, wanted: int = 3) -> list[int]:
    """Round numbers from 0 to at least `highest`."""
    raw = max(highest, 1) / wanted
    size = 10 ** (len(str(int(raw))) - 1) if raw >= 1 else 1
    step = next(int(size * m) for m in (1, 2, 2.5, 5, 10) if size * m >= raw and size * m == int(size * m))
    return list(range(0, max(highest, 1) + step, step))


def time_ticks(grid: Grid, wanted: int = 4) -> list[tuple[float, str, str]]:
    """Some round moments: place along the axis (0..1), hour, and day where it is another than before (or nothing)."""
    span = grid.columns * grid.step
    step = next((s for s in _STEPS if span / s <= wanted + 1), _STEPS[-1])
    while span / step > wanted + 1:
        step *= 2
    first = -(-grid.start // step) * step
    clock = "" if step >= 86_400 else "%H:%M" if step >= 60 else "%H:%M:%S"
    out, day = [], ""
    for second in range(first, grid.start + span + 1, step):
        when = datetime.fromtimestamp(second, UTC)
        today = when.strftime("%d %b")
        out.append(((second - grid.start) / span, when.strftime(clock), today if today != day else ""))
        day = today
    return out


def steps_path(values: Sequence[float], floor: Sequence[float], scale: float, height: int) -> str:
    """SVG path of the columns `values`, standing on `floor`; one unit wide each, `scale` events to one unit high."""
    out = []
    for x, (value, below) in enumerate(zip(values, floor, strict=True)):
        if value:
            top, bottom = height - (below + value) / scale, height - below / scale
            out.append(f"M{x} {bottom:.1f}V{top:.1f}H{x + 1}V{bottom:.1f}Z")
    return "".join(out)
