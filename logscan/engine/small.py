"""Small sources: each is read by itself, all are judged together.

Most of what a small log costs is asking the rules, and that costs as much for ten events as for ten thousand.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from operator import or_
from typing import NamedTuple

import polars as pl

from logscan.analysis.content import with_content
from logscan.analysis.endpoint import with_endpoint
from logscan.analysis.let_in import as_let_in, picked
from logscan.analysis.restarts import restarts_of
from logscan.analysis.visits import visit_columns
from logscan.engine.partial import Partial, Tally, add_up, compact, empty, first_rejects
from logscan.engine.plan import Plan, Task
from logscan.engine.whole import candidates_of, read_events
from logscan.engine.worker import counted, judged, rejects_of, tally_of, with_outcome
from logscan.ingest.chunk import Chunk
from logscan.ingest.header import governed
from logscan.ingest.lines import read_lines
from logscan.model.schemas import CLASSIFIED, EVENTS, LET_IN

_APART = 32  # bits of a line's number within its source; those above tell the source
_LINE = pl.col("logscan.line")


class _Read(NamedTuple):
    """One source, read whole. narrow: the columns that its task reads on every line; lines are numbered apart"""

    events: pl.DataFrame
    narrow: pl.DataFrame
    rejects: pl.DataFrame
    tally: Tally


def work_small(group: Sequence[tuple[Chunk, Task]], plan: Plan) -> Partial:
    """Read sources of which each is one chunk, and is no JSON document.

    In:  each with its own task; plan: not of all events
    Law: the merge of what `work` gives of each
    """
    read = [_read(at, chunk, task, plan) for at, (chunk, task) in enumerate(group)]
    events = pl.concat([each.events for each in read])
    gates = reduce(or_, (dict(task.gates) for _, task in group))
    found = candidates_of(events, replace(group[0][1], gates=gates), plan)
    told = judged(with_content(found.select(list(EVENTS)), plan.stated, plan.redactor), plan)
    narrow = with_outcome(with_endpoint(pl.concat([each.narrow for each in read], how="diagonal")), told.failures, plan)
    visits = narrow.select(visit_columns(narrow.columns))
    return empty()._replace(
        classified=compact(_own(told.failures.select(list(CLASSIFIED)))),
        totals=compact(add_up(counted(narrow))),
        visits=visits,
        rejects=compact(first_rejects(pl.concat([each.rejects for each in read]))),
        tallies={task.path: each.tally for (_, task), each in zip(group, read, strict=True)},
        detected=compact(_own(told.detected)),
        marks=compact(restarts_of(narrow, plan.programs, plan.restarts)),
        let_in=compact(_let_in(events, picked(narrow, visits, plan.sample), plan)),
    )


def _read(at: int, chunk: Chunk, task: Task, plan: Plan) -> _Read:
    lines, repaired = read_lines(chunk)
    lines = governed(lines, chunk.header)
    read = read_events(lines, replace(task, narrow=frozenset(EVENTS)), plan)
    apart = read.narrow.with_columns(_LINE + (at << _APART), pl.lit(task.path).alias("log.file.path"))
    wanted = [name for name in read.narrow.columns if name in task.narrow or name in _ALWAYS]
    return _Read(
        apart.select(list(EVENTS)),
        apart.select(wanted),
        rejects_of(lines, read.parsed, task, plan),
        tally_of(chunk, lines, read, repaired, plan),
    )


_ALWAYS = frozenset({"logscan.line", "log.offset", "event.original", "event.dataset"})


def _own(frame: pl.DataFrame) -> pl.DataFrame:
    """The same rows with the lines of their own sources."""
    return frame.with_columns((_LINE & ((1 << _APART) - 1)).cast(frame.schema["logscan.line"]))


def _let_in(events: pl.DataFrame, picks: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    chosen = events.join(picks.select("logscan.line"), on="logscan.line", how="semi", maintain_order="left")
    told = plan.redactor.redact(chosen, ["logscan.credential"])
    return as_let_in(picks, told, plan.traits).select(list(LET_IN))
