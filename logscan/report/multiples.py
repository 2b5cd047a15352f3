"""Small pictures side by side, on one scale: failures of each service, or of each day."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from logscan.report.grid import Grid, make_grid, steps_path, stretches
from logscan.report.show import duration

HEIGHT = 40  # units of a drawing
_HOUR, _DAY = 3600, 86_400  # seconds
_SHOWN = 24  # pictures that stand open; the others are folded
_DAYS = 3  # fewer say nothing side by side
_VISIBLE = 1.5  # units: a column that has any failure is at least so high

Row = tuple[str, datetime, str, int]  # service or log, start of an hour or day, cause, failures


@dataclass(frozen=True)
class Small:
    """One picture. paths: colour and drawing, on a floor of the one before; most: failures of its highest column."""

    name: str
    events: int
    most: int
    paths: tuple[tuple[str, str], ...]
    columns: int
    start: datetime


@dataclass(frozen=True)
class Multiples:
    """kind: group | day, what a picture is of; per: the width of a column; outside: failures too far off to draw."""

    kind: str
    per: str
    start: datetime
    end: datetime
    together: bool  # all begin at `start`
    most: int
    shown: tuple[Small, ...]
    folded: tuple[Small, ...]
    outside: int


def make_multiples(rows: Sequence[Row], hues: Mapping[str, str], left_out: Collection[str] = ()) -> Multiples | None:
    """The failures by service where there are several, else by day where there are enough.

    In:  hues: the colour of every cause, in the order they stand on each other; left_out: causes that are not drawn
    Out: None where neither would say anything; most failures first, days in their order
    Law: all pictures have one scale and one length of time; they begin together unless the longest of them takes less
         than half of the time of all; no failure is left out that is not counted as such
    """
    kept = [row for row in rows if row[2] not in left_out]
    axis, outside = _axis(kept)
    if axis is None:
        return None
    groups = sorted({row[0] for row in kept})
    if len(groups) > 1:
        grids = _apart(kept, axis) or dict.fromkeys(groups, axis)
        return _drawn("group", kept, [row[0] for row in kept], grids, hues=hues, outside=outside)
    first, last = axis.start // _DAY, (axis.start + axis.columns * axis.step - 1) // _DAY
    named = [row[1].strftime("%Y-%m-%d") for row in kept]
    if len(set(named)) < _DAYS or not _hourly(kept):
        return None
    days = [Grid(day * _DAY, _HOUR, 24) for day in range(first, last + 1)]
    grids = {grid.moment(0).strftime("%Y-%m-%d"): grid for grid in days}
    return _drawn("day", kept, named, grids, hues=hues, outside=outside)


def _axis(rows: Sequence[Row]) -> tuple[Grid | None, int]:
    """One axis for all; a lone failure with a wrong clock does not stretch it."""
    parts, outside = stretches([(when, events) for _, when, _, events in rows], _HOUR)
    if not parts:
        return None, 0
    return make_grid(parts[0].first, parts[-1].last, _HOUR if _hourly(rows) else _DAY), outside


def _apart(rows: Sequence[Row], axis: Grid) -> dict[str, Grid]:
    """An axis for each group where they lie far apart; else none."""
    spans: dict[str, tuple[int, int]] = {}
    for group, when, _, _ in rows:
        second = int(when.timestamp())
        if axis.start <= second < axis.start + axis.columns * axis.step:
            low, high = spans.get(group, (second, second))
            spans[group] = min(low, second), max(high, second)
    longest = max(high - low for low, high in spans.values())
    if not axis.columns * axis.step > 2 * longest + 2 * _DAY:
        return {}
    size = make_grid(0, longest, _HOUR if _hourly(rows) else _DAY)
    columns = longest // size.step + 2
    return {group: Grid(low // size.step * size.step, size.step, columns) for group, (low, _) in sorted(spans.items())}


def _hourly(rows: Sequence[Row]) -> bool:
    return any(when.hour for _, when, _, _ in rows)


def _drawn(
    kind: str,
    rows: Sequence[Row],
    names: Sequence[str],
    grids: Mapping[str, Grid],
    *,
    hues: Mapping[str, str],
    outside: int,
) -> Multiples:
    counted = {name: {hue: [0] * grid.columns for hue in hues} for name, grid in grids.items()}
    for name, (_, when, cause, events) in zip(names, rows, strict=True):
        grid = grids.get(name)
        if grid and 0 <= (column := grid.index(when)) < grid.columns:
            counted[name][cause][column] += events
    tops = {name: max(map(sum, zip(*by.values(), strict=True)), default=0) for name, by in counted.items()}
    most = max(tops.values(), default=0)
    small = [
        Small(
            name,
            sum(map(sum, by.values())),
            tops[name],
            _paths(by, hues, most),
            grids[name].columns,
            grids[name].moment(0),
        )
        for name, by in counted.items()
    ]
    if kind == "group":
        small = sorted((each for each in small if each.events), key=lambda each: (-each.events, each.name))
    some = next(iter(grids.values()))
    start = min(grid.moment(0) for grid in grids.values())
    together = all(grid.start == some.start for grid in grids.values())
    end = max(grid.moment(grid.columns) for grid in grids.values())
    shown, folded = (small[:_SHOWN], small[_SHOWN:]) if kind == "group" else (small[-_SHOWN:], small[:-_SHOWN])
    return Multiples(kind, duration(some.step), start, end, together, most, tuple(shown), tuple(folded), outside)


def _paths(by: Mapping[str, Sequence[int]], hues: Mapping[str, str], most: int) -> tuple[tuple[str, str], ...]:
    scale = max(most, 1) / HEIGHT
    floor, paths = [0.0] * len(next(iter(by.values()), ())), []
    for cause, values in by.items():
        if any(values):
            paths.append((hues[cause], drawing(values, floor, scale)))
            floor = [below + raised(value, scale) for below, value in zip(floor, values, strict=True)]
    return tuple(paths)


def raised(value: int, scale: float) -> float:
    """What is drawn for a count: never too little to be seen."""
    return max(value, _VISIBLE * scale) if value else 0


def drawing(values: Sequence[int], floor: Sequence[float], scale: float) -> str:
    """SVG path of columns, standing on `floor`. Units: `scale` failures to one unit of height"""
    return steps_path([raised(value, scale) for value in values], floor, scale, HEIGHT)


def days_of(rows: Sequence[Row]) -> tuple[tuple[str, Mapping[str, int]], ...]:
    """Failures by day and cause, the newest day first: the pictures as a table."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for _, when, cause, events in rows:
        found[when.strftime("%Y-%m-%d")][cause] += events
    return tuple((day, dict(found[day])) for day in sorted(found, reverse=True))
