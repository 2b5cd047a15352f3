"""Failures over time by cause, in front of all events: for the chart, the drawing without scripts and the table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from logscan.model.finding import Scan
from logscan.model.taxonomy import Cause
from logscan.report.grid import Grid, make_grid, steps_path, stretches, tally, ticks, time_ticks
from logscan.report.notes import Note, Placed, chart_notes, placed
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


@dataclass(frozen=True)
class Panel:
    """One stretch of the log. Units: columns along x, HEIGHT units along y; `per` is the width of a column in words."""

    grid: Grid
    per: str
    paths: tuple[str, ...]  # by series; empty when it is not drawn
    total_path: str
    most: int  # failures in one column, drawn ones
    most_total: int
    x_ticks: tuple[tuple[str, str, str, str], ...]  # per cent along the axis, anchor, hour, day
    y_ticks: tuple[tuple[str, int], ...]  # per cent from the top, events
    rows: tuple[tuple[str, tuple[int, ...], int], ...]  # column in words, events by series, all events
    start: datetime
    end: datetime
    notes: tuple[Placed, ...] = ()


@dataclass(frozen=True)
class Timeline:
    """undated: failures without a time; outside: events too far from all others to be drawn; chart: for the script."""

    series: tuple[Series, ...]
    panels: tuple[Panel, ...]
    undated: int
    outside: int
    chart: Mapping[str, Any]


def make_timeline(
    scan: Scan,
    causes: Mapping[str, Cause],
    families: Mapping[str, str],
    hues: Mapping[str, str],
    notes: tuple[Note, ...] = (),
) -> Timeline | None:
    """In: causes every cause seen, most frequent first; hues their colours.  Out: None when no event has a time.

    Law: every event with a time is in a column or counted as outside; a table row stands for each column with a failure
    """
    parts, outside = stretches([(when, events) for when, _, events in scan.timeline], scan.bucket_s)
    if not parts:
        return None
    dated: dict[str, int] = {}
    for _, name, events in scan.timeline:
        if name in causes and events:
            dated[name] = dated.get(name, 0) + events
    names = sorted(dated, key=lambda name: (causes[name].benign, -dated[name], name))
    calm = all(causes[name].benign for name in names)
    drawn = [calm or not causes[name].benign for name in names]
    grids = [make_grid(part.first, part.last, scan.bucket_s) for part in parts]
    counted = [tally(scan.timeline, grid) for grid in grids]
    by_cause = [[c.get(name, [0] * grid.columns) for name in names] for c, grid in zip(counted, grids, strict=True)]
    totals = [[sum(column) for column in zip(*counts.values(), strict=True)] for counts in counted]
    told = [placed(notes, grid) for grid in grids]
    return Timeline(
        series=tuple(
            Series(causes[n], families.get(causes[n].family, ""), hues[n], sum(sum(c[k]) for c in by_cause), drawn[k])
            for k, n in enumerate(names)
        ),
        panels=tuple(
            _panel(g, c, t, drawn, noted) for g, c, t, noted in zip(grids, by_cause, totals, told, strict=True)
        ),
        undated=max(scan.auth_failures - sum(dated.values()), 0),
        outside=outside,
        chart={
            "causes": [
                {"title": visible(causes[n].title, 80), "colour": f"var(--{hues[n]})", "drawn": drawn[k]}
                for k, n in enumerate(names)
            ],
            "panels": [_chart(g, c, t, noted) for g, c, t, noted in zip(grids, by_cause, totals, told, strict=True)],
        },
    )


def _panel(
    grid: Grid,
    counts: Sequence[Sequence[int]],
    totals: Sequence[int],
    drawn: Sequence[bool],
    notes: tuple[Placed, ...],
) -> Panel:
    shown = [series for series, draw in zip(counts, drawn, strict=True) if draw]
    most = max((sum(column) for column in zip(*shown, strict=True)), default=0)
    marks, floor, paths = ticks(most), [0] * grid.columns, []
    for series, draw in zip(counts, drawn, strict=True):
        paths.append(steps_path(series, floor, marks[-1] / HEIGHT, HEIGHT) if draw else "")
        floor = [below + value * draw for below, value in zip(floor, series, strict=True)]
    most_total = max(totals)
    return Panel(
        grid=grid,
        per=duration(grid.step),
        paths=tuple(paths),
        total_path=steps_path(totals, [0] * grid.columns, most_total / HEIGHT / 0.9, HEIGHT),
        most=most,
        most_total=most_total,
        x_ticks=tuple((f"{place * 100:.2f}%", _anchor(place), hour, day) for place, hour, day in time_ticks(grid)),
        y_ticks=tuple((f"{100 - mark * 100 / marks[-1]:.2f}%", mark) for mark in marks[1:]),
        rows=_rows(grid, counts, totals),
        start=grid.moment(0),
        end=grid.moment(grid.columns),
        notes=notes,
    )


def _anchor(place: float) -> str:
    return "start" if place < _EDGE else "end" if place > 1 - _EDGE else "middle"


def _rows(grid: Grid, counts: Sequence[Sequence[int]], totals: Sequence[int]) -> tuple[Any, ...]:
    columns = [(x, tuple(series[x] for series in counts)) for x in range(grid.columns)]
    return tuple((moment(grid.moment(x)), values, totals[x]) for x, values in columns if any(values))


def _chart(
    grid: Grid, counts: Sequence[Sequence[int]], totals: Sequence[int], notes: tuple[Placed, ...]
) -> dict[str, Any]:
    """What the script gets: times in milliseconds, causes by number, every word ready to be shown."""
    start, step = grid.start * 1000, grid.step * 1000
    columns = [
        {"start": start + x * step, "end": start + (x + 1) * step, "when": _when(grid, x), "events": totals[x]}
        for x in range(grid.columns)
    ]
    return {"columns": columns, "events": [list(series) for series in counts], "notes": chart_notes(notes)}


def _when(grid: Grid, column: int) -> str:
    return span(grid.moment(column), grid.moment(column + 1)) + " UTC"
