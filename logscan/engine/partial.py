"""What one chunk gives, and how two such become one."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

import polars as pl

from logscan.analysis.course import Course, gathered
from logscan.model.schemas import CLASSIFIED, LET_IN, MARKS, REJECTS, TOTALS, VISITS

REJECTS_SHOWN = 20  # of one source; the rest are counted


@dataclass(frozen=True)
class Tally:
    """Counts of one source. Law: lines == events + rejects + continuations + blank."""

    lines: int = 0
    bytes: int = 0
    events: int = 0
    rejects: int = 0
    continuations: int = 0
    blank: int = 0
    repaired: int = 0
    cut: int = 0
    untimed: int = 0
    outside: int = 0
    first: datetime | None = None
    last: datetime | None = None
    datasets: Mapping[str, int] = field(default_factory=dict)
    courses: tuple[Course, ...] = ()  # one for each stretch of chunks that touch, in their order

    def __add__(self, other: "Tally") -> "Tally":
        firsts = [t for t in (self.first, other.first) if t]
        lasts = [t for t in (self.last, other.last) if t]
        names = {*self.datasets, *other.datasets}
        return replace(
            self,
            lines=self.lines + other.lines,
            bytes=self.bytes + other.bytes,
            events=self.events + other.events,
            rejects=self.rejects + other.rejects,
            continuations=self.continuations + other.continuations,
            blank=self.blank + other.blank,
            repaired=self.repaired + other.repaired,
            cut=self.cut + other.cut,
            untimed=self.untimed + other.untimed,
            outside=self.outside + other.outside,
            first=min(firsts, default=None),
            last=max(lasts, default=None),
            datasets={name: self.datasets.get(name, 0) + other.datasets.get(name, 0) for name in sorted(names)},
            courses=gathered((*self.courses, *other.courses)),
        )


class Partial(NamedTuple):
    """What one chunk gives.

    classified  CLASSIFIED, redacted
    totals      TOTALS
    visits      VISITS
    rejects     REJECTS, the first of each source
    events      CLASSIFIED with null causes, redacted: every event; empty unless the plan asks for all events
    tallies     by source path
    detected    CLASSIFIED, redacted: what rules without a cause matched, see `detections_of`
    let_in      LET_IN: some of the successes
    marks       MARKS
    """

    classified: pl.DataFrame
    totals: pl.DataFrame
    visits: pl.DataFrame
    rejects: pl.DataFrame
    events: pl.DataFrame
    tallies: Mapping[str, Tally]
    detected: pl.DataFrame = CLASSIFIED.to_frame()
    let_in: pl.DataFrame = LET_IN.to_frame()
    marks: pl.DataFrame = MARKS.to_frame()


def empty() -> Partial:
    return Partial(
        CLASSIFIED.to_frame(), TOTALS.to_frame(), VISITS.to_frame(), REJECTS.to_frame(), CLASSIFIED.to_frame(), {}
    )


def add_up(totals: pl.DataFrame) -> pl.DataFrame:
    """One row per key of TOTALS."""
    keys = [name for name in TOTALS if name != "events"]
    return totals.group_by(keys).agg(pl.col("events").sum()).select(list(TOTALS))


def first_rejects(rejects: pl.DataFrame) -> pl.DataFrame:
    """The first rejected lines of every source."""
    ordered = rejects.sort("log.file.path", "logscan.line", "event.original", "reason")  # records may share a line
    return ordered.group_by("log.file.path", maintain_order=True).head(REJECTS_SHOWN).select(list(REJECTS))


def compact(frame: pl.DataFrame) -> pl.DataFrame:
    """The same rows with text of their own: a few rows of a chunk would otherwise keep its whole text in memory."""
    copied = pl.from_arrow(frame.to_arrow(compat_level=pl.CompatLevel.oldest()), schema=frame.schema)
    return copied if isinstance(copied, pl.DataFrame) else copied.to_frame()
