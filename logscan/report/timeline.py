"""Failures over time by cause, in front of all events: for the chart, the drawing without scripts and the table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from logscan.model.finding import Scan
from logscan.model.taxonomy import Cause
from logscan.report.charts import Grid, make_grid, steps_path, tally, ticks, time_ticks
from logscan.report.show import duration, moment, span, visible

HEIGHT = 200  # units of the drawing
_EDGE = 0.06  # of the axis: a word in its middle would be cut off there


@dataclass(frozen=True)
class Series:
    """One cause. drawn: benign causes are left out of the picture when there is any other, because they hide it."""

    cause: Cause
    family: str
    colour: str
    events: int
    drawn: bool
    path: str


@dataclass(frozen=True)
class Timeline:
    """Units: columns along x, HEIGHT units along y; `per` is the width of a column in words."""

    grid: Grid
    per: str
    series: tuple[Series, ...]
    total_path: str
    most: int  # failures in one column, drawn ones
    most_total: int
    x_ticks: tuple[tuple[str, str, str, str], ...]  # per cent along the axis, anchor, hour, day
    y_ticks: tuple[tuple[str, int], ...]  # per cent from the top, events
    rows: tuple[tuple[str, tuple[int, ...], int], ...]  # column in words, events by series, all events
    undated: int
    start: datetime
    end: datetime
    chart: Mapping[str, Any]


def make_timeline(
    scan: Scan, causes: Mapping[str, Cause], families: Mapping[str, str], hues: Mapping[str, str]
) -> Timeline | None:
    """In: causes every cause seen, most frequent first; hues their colours.  Out: None when no event has a time.

    Law: every event with a time is in a column or in grid.outside; a table row stands for each column with a failure
    """
    grid = make_grid([(when, events) for when, _, events in scan.timeline], scan.bucket_s)
    if grid is None:
        return None
    counts = tally(scan.timeline, grid)
    totals = [sum(column) for column in zip(*counts.values(), strict=True)]
    names = sorted((cause for cause in causes if cause in counts), key=lambda name: causes[name].benign)
    calm = all(causes[name].benign for name in names)
    drawn = [name for name in names if calm or not causes[name].benign]
    most = max((sum(counts[name][x] for name in drawn) for x in range(grid.columns)), default=0)
    marks, floor, paths = ticks(most), [0] * grid.columns, {}
    for name in drawn:
        paths[name] = steps_path(counts[name], floor, marks[-1] / HEIGHT, HEIGHT)
        floor = [below + value for below, value in zip(floor, counts[name], strict=True)]
    most_total = max(totals)
    dated = sum(events for _, name, events in scan.timeline if name in causes)
    return Timeline(
        grid=grid,
        per=duration(grid.step),
        series=tuple(
            Series(causes[n], families.get(causes[n].family, ""), hues[n], sum(counts[n]), n in drawn, paths.get(n, ""))
            for n in names
        ),
        total_path=steps_path(totals, [0] * grid.columns, most_total / HEIGHT / 0.9, HEIGHT),
        most=most,
        most_total=most_total,
        x_ticks=tuple((f"{place * 100:.2f}%", _anchor(place), hour, day) for place, hour, day in time_ticks(grid)),
        y_ticks=tuple((f"{100 - mark * 100 / marks[-1]:.2f}%", mark) for mark in marks[1:]),
        rows=_rows(grid, [counts[name] for name in names], totals),
        undated=max(scan.auth_failures - dated, 0),
        start=grid.moment(0),
        end=grid.moment(grid.columns),
        chart=_chart(grid, [(causes[n].title, hues[n], counts[n], n in drawn) for n in names], totals),
    )


def _anchor(place: float) -> str:
    return "start" if place < _EDGE else "end" if place > 1 - _EDGE else "middle"


def _rows(grid: Grid, counts: Sequence[Sequence[int]], totals: Sequence[int]) -> tuple[Any, ...]:
    columns = [(x, tuple(series[x] for series in counts)) for x in range(grid.columns)]
    return tuple((moment(grid.moment(x)), values, totals[x]) for x, values in columns if any(values))


def _chart(grid: Grid, series: Sequence[tuple[str, str, Sequence[int], bool]], totals: Sequence[int]) -> dict[str, Any]:
    """What the script gets: times in milliseconds, causes as numbers, every word ready to be shown."""
    start, step = grid.start * 1000, grid.step * 1000
    return {
        "columns": [
            {"start": start + x * step, "end": start + (x + 1) * step, "when": _when(grid, x), "events": totals[x]}
            for x in range(grid.columns)
        ],
        "causes": [
            {"title": visible(title, 80), "colour": f"var(--{hue})", "drawn": drawn, "events": list(counts)}
            for title, hue, counts, drawn in series
        ],
    }


def _when(grid: Grid, column: int) -> str:
    return span(grid.moment(column), grid.moment(column + 1)) + " UTC"
