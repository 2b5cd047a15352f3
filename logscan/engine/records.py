"""A chunk of JSON documents: its records are worked on as lines; what was broken is told."""

from collections.abc import Callable
from dataclasses import replace

import polars as pl

from logscan.analysis.course import replaced
from logscan.engine.partial import Partial, Tally, first_rejects
from logscan.engine.plan import Plan, Task
from logscan.ingest.chunk import Chunk, Records
from logscan.ingest.document import with_lines
from logscan.ingest.lines import read_lines
from logscan.model.schemas import REJECTS

_SHOWN = 300  # characters of a rejected row

Work = Callable[[Chunk, pl.DataFrame, int, Task, Plan], Partial]


def of_records(chunk: Chunk, records: Records, task: Task, plan: Plan, work: Work) -> Partial:
    """Work on the rows that are whole, and tell the others with their faults.

    Law: rows are told apart by their numbers within the chunk until all is read, then get the lines on which they begin
    """
    rows, repaired = read_lines(chunk)
    broken = pl.Series(records.faults, dtype=pl.String()) != ""
    done = work(chunk, rows.filter(~broken), 0, task, plan)
    rejects = pl.concat([done.rejects, _rejects(rows.filter(broken), records, task, plan)])
    more = Tally(
        lines=int(broken.sum()) + records.continuations + records.blank,
        rejects=int(broken.sum()),
        continuations=records.continuations,
        blank=records.blank,
        repaired=repaired,
    )
    return done._replace(
        classified=with_lines(done.classified, records),
        events=with_lines(done.events, records),
        detected=with_lines(done.detected, records),
        rejects=first_rejects(with_lines(rejects, records)),
        tallies={task.path: _at_lines(done.tallies[task.path], records) + more},
    )


def _at_lines(tally: Tally, records: Records) -> Tally:
    courses = (replaced(course, lambda path, row: (path, records.lines[row - 1])) for course in tally.courses)
    return replace(tally, courses=tuple(courses))


def _rejects(broken: pl.DataFrame, records: Records, task: Task, plan: Plan) -> pl.DataFrame:
    if broken.is_empty():
        return REJECTS.to_frame()
    faults = pl.Series(records.faults, dtype=pl.String())
    told = broken.select(
        pl.lit(task.path).alias("log.file.path"),
        "logscan.line",
        faults.gather(broken["logscan.line"] - 1).alias("reason"),
        "event.original",
    )
    redacted = plan.redactor.redact(first_rejects(told), ["event.original"])
    return redacted.with_columns(pl.col("event.original").str.slice(0, _SHOWN))
