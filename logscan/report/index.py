"""The index of scheduled reports: what goes on, every cause over time, and each run with its report."""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby, pairwise
from typing import Any, NamedTuple

from logscan.model.finding import Scope
from logscan.model.resources import reports_dir
from logscan.model.severity import SEVERITIES
from logscan.model.taxonomy import Cause, Taxonomy
from logscan.report.charts import colours, palette_css
from logscan.report.context import cause_words
from logscan.report.grid import make_grid, stretches, tally
from logscan.report.multiples import HEIGHT, Multiples, Row, days_of, drawing, make_multiples
from logscan.report.show import duration
from logscan.report.templates import Templates, shipped

_POLICY = "default-src 'none'; style-src {style}; img-src data:; base-uri 'none'; form-action 'none'"
_REPORT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,200}\.html")
_STEP = 3600  # seconds; the shortest column of a sparkline


@dataclass(frozen=True)
class Told:
    """A finding as one run told it. change: new, ongoing, resolved, silent, or nothing when it was over before."""

    id: str
    cause: str
    severity: str
    state: str
    scope: Scope
    events: int
    first_seen: datetime | None
    last_seen: datetime | None
    change: str


@dataclass(frozen=True)
class Entry:
    """One run. report: the name of its file beside the index, nothing when it is gone; since and until: what it covers;
    told: findings that need action; lines: that were new.
    """

    at: datetime
    report: str
    since: datetime | None
    until: datetime | None
    lines: int
    failures: int
    told: tuple[Told, ...] = ()
    partial: bool = False
    faults: int = 0

    def count(self, change: str) -> int:
        return sum(found.change == change for found in self.told)


@dataclass(frozen=True)
class History:
    """entries: the oldest first. rows: all failures that are remembered, by service or log, hour and cause."""

    entries: tuple[Entry, ...] = ()
    rows: tuple[Row, ...] = ()


class Spark(NamedTuple):
    """One cause over time, on a scale of its own. report: the newest that tells of it."""

    cause: Cause
    colour: str
    path: str
    events: int
    most: int
    last: datetime
    report: str


class Open(NamedTuple):
    """What goes on. told_first: the run that told it first without a break."""

    told: Told
    cause: Cause
    severity: str
    told_first: Entry


class Streak(NamedTuple):
    """Runs in a row, the newest first, that changed nothing; or one that did."""

    entries: tuple[Entry, ...]
    changed: tuple[Told, ...]


@dataclass(frozen=True)
class Board:
    """All that the index shows."""

    last: Entry | None
    open: tuple[Open, ...]
    sparks: tuple[Spark, ...]
    start: datetime | None
    end: datetime | None
    per: str
    columns: int
    multiples: Multiples | None
    days: tuple[tuple[str, Mapping[str, int]], ...]
    runs: tuple[tuple[str, int, tuple[Streak, ...]], ...]  # day, runs, streaks; the newest first
    causes: Mapping[str, Cause] = field(default_factory=dict)


def render_index(
    history: History, taxonomy: Taxonomy, *, version: str, title: str = "", templates: Templates | None = None
) -> str:
    """The whole page.

    Law: a pure function of its arguments; no text of `history` becomes markup, style or a link to another place; the
         page has no script and asks nothing of the network
    """
    templates = templates or shipped()
    style = palette_css() + templates.style + (reports_dir() / "html" / "index.css").read_text("utf-8")
    safe: Any = templates.environment.globals["safe"]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    board = build_board(history, taxonomy)
    return templates.render(
        "index.html.j2",
        board=board,
        history=history,
        version=version,
        title=title,
        policy=safe(_POLICY.format(style=f"'sha256-{digest}'")),
        style=safe(style),
        height=HEIGHT,
        link=link,
    )


def link(entry: Entry) -> str:
    """The file of a run's report, if that is what its name says."""
    return entry.report if _REPORT.fullmatch(entry.report) else ""


def build_board(history: History, taxonomy: Taxonomy) -> Board:
    """Law: pure; the same history gives an equal board."""
    told = [found.cause for entry in history.entries for found in entry.told]
    seen = sorted({row[2] for row in history.rows} | set(told))
    causes = {cause: cause_words(taxonomy, cause) for cause in seen}
    counted = {cause: sum(row[3] for row in history.rows if row[2] == cause) for cause in seen}
    ranked = sorted(seen, key=lambda cause: (causes[cause].benign, -counted[cause], cause))
    hues = colours([(cause, causes[cause].family) for cause in ranked])
    entries = history.entries
    sparks, start, end, step, columns = _sparks(history, [causes[cause] for cause in ranked], hues)
    benign = {cause for cause in seen if causes[cause].benign}
    return Board(
        last=entries[-1] if entries else None,
        open=_open(entries, causes),
        sparks=sparks,
        start=start,
        end=end,
        per=duration(step),
        columns=columns,
        multiples=make_multiples(history.rows, hues, benign),
        days=days_of([row for row in history.rows if row[2] not in benign]),
        runs=_runs(entries),
        causes=causes,
    )


def _sparks(
    history: History, ranked: Sequence[Cause], hues: Mapping[str, str]
) -> tuple[tuple[Spark, ...], datetime | None, datetime | None, int, int]:
    parts, _ = stretches([(when, events) for _, when, _, events in history.rows], _STEP)
    if not parts:
        return (), None, None, _STEP, 0
    grid = make_grid(parts[0].first, parts[-1].last, _STEP)
    counts = tally([(when, cause, events) for _, when, cause, events in history.rows], grid)
    newest = {found.cause: entry.report for entry in history.entries for found in entry.told if link(entry)}
    sparks = []
    for cause in ranked:
        values = counts.get(cause.id, [])
        if any(values):
            path = drawing(values, [0] * len(values), max(values) / HEIGHT)
            last = grid.moment(max(at for at, value in enumerate(values) if value))
            sparks.append(Spark(cause, hues[cause.id], path, sum(values), max(values), last, newest.get(cause.id, "")))
    return tuple(sparks), grid.moment(0), grid.moment(grid.columns), grid.step, grid.columns


def _open(entries: Sequence[Entry], causes: Mapping[str, Cause]) -> tuple[Open, ...]:
    found, began = [], dict[str, Entry]()
    for entry in entries:
        began = {told.id: began.get(told.id, entry) for told in entry.told if told.state == "open"}
    for told in entries[-1].told if entries else ():
        if told.state != "open":
            continue
        severity = told.severity if told.severity in SEVERITIES else "informational"
        found.append(Open(told, causes[told.cause], severity, began[told.id]))
    return tuple(sorted(found, key=lambda each: (-SEVERITIES.index(each.severity), -each.told.events, each.told.id)))


def _runs(entries: Sequence[Entry]) -> tuple[tuple[str, int, tuple[Streak, ...]], ...]:
    days = groupby(reversed(entries), key=lambda entry: entry.at.astimezone(UTC).strftime("%Y-%m-%d"))
    return tuple((day, len(held), _streaks(held)) for day, group in days if (held := tuple(group)))


def _streaks(entries: Sequence[Entry]) -> tuple[Streak, ...]:
    """In and out: the newest first. A run that tells of a change, or of a fault, stands alone."""
    cuts = [0, *(at for at, (a, b) in enumerate(pairwise(entries), 1) if _stands(a) or _stands(b)), len(entries)]
    return tuple(
        Streak(tuple(part), tuple(found for found in part[0].told if found.change in ("new", "resolved", "silent")))
        for part in (entries[a:b] for a, b in pairwise(cuts))
    )


def _stands(entry: Entry) -> bool:
    return entry.partial or entry.faults > 0 or any(f.change in ("new", "resolved", "silent") for f in entry.told)
