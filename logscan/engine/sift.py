"""A chunk in two steps: what no rule could know is counted at once, the rest is judged with that of other chunks.

What asking all rules costs hardly depends on the number of events: many chunks' few are asked about together.
"""

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from logscan.analysis.endpoint import with_endpoint
from logscan.analysis.let_in import as_let_in, picked
from logscan.analysis.restarts import restarts_of
from logscan.analysis.traits import READ
from logscan.analysis.visits import visit_columns
from logscan.engine.ending import one_line_each
from logscan.engine.partial import Partial, add_up, compact, empty
from logscan.engine.plan import Plan, Task
from logscan.engine.whole import Reading, candidates_of, read_again, read_events, whole_of, with_all, with_continuations
from logscan.engine.worker import counted, judged, let_in_of, rejects_of, tally_of, with_outcome, work
from logscan.ingest.chunk import Chunk
from logscan.ingest.header import governed
from logscan.ingest.lines import read_lines
from logscan.ingest.shape import datasets_in
from logscan.model.schemas import CLASSIFIED, EVENTS, LET_IN, RULE_COLUMNS


class Unsure(NamedTuple):
    """Events of a chunk that a rule could know, and successes that may be kept to compare failures with.

    events  the plan's narrow columns
    lines   LINES of those that are to be read whole;  whole: RULE_COLUMNS of the others
    picks   see `picked`;  lines_picked: LINES of these
    """

    events: pl.DataFrame
    lines: pl.DataFrame
    whole: pl.DataFrame
    picks: pl.DataFrame
    lines_picked: pl.DataFrame

    @classmethod
    def none(cls, events: pl.DataFrame, lines: pl.DataFrame, picks: pl.DataFrame) -> "Unsure":
        """Of events of which nothing is read yet."""
        return cls(events, lines.clear(), RULE_COLUMNS.to_frame(), picks.clear(), lines.clear())

    @property
    def size(self) -> int:
        """Units: bytes in memory"""
        return int(sum(frame.estimated_size() for frame in self))


class Sifted(NamedTuple):
    """partial: of all events but the unsure ones; unsure: None when there are none, or all was judged at once"""

    partial: Partial
    unsure: Unsure | None


def sift(chunk: Chunk, task: Task, plan: Plan) -> Sifted:
    """The first step.

    Law: the merge of the partial and of what `judge` makes of the unsure, alone or with others, is that of `work`
    """
    if plan.all_events or chunk.records is not None or not chunk.data.strip():
        return Sifted(work(chunk, task, plan), None)
    lines, repaired = read_lines(chunk)
    lines = governed(lines, chunk.header)
    read = read_events(lines, task, plan)
    found = candidates_of(read.narrow, task, plan)
    sure = read.narrow.join(found.select("logscan.line"), on="logscan.line", how="anti", maintain_order="left")
    sure = with_outcome(with_endpoint(sure), found.clear(), plan)
    visits = sure.select(visit_columns(sure.columns))
    picks = picked(sure, visits, plan.sample)
    unsure, let_in = Unsure.none(found, lines, picks), LET_IN.to_frame()
    if _is_one_line_each(read, task):
        own, chosen = (with_continuations(lines, events, read.parsed) for events in (found, picks))
        unsure = unsure._replace(lines=own, picks=picks, lines_picked=chosen)
    else:  # what an event is depends on the lines around it, and these are here now
        unsure = unsure._replace(whole=whole_of(lines, read, found, task, plan))
        let_in = let_in_of(lines, picks, read, task, plan).select(list(LET_IN))
    partial = empty()._replace(
        totals=compact(add_up(counted(sure))),
        visits=visits,
        rejects=compact(rejects_of(lines, read.parsed, task, plan)),
        tallies={task.path: tally_of(chunk, lines, read, repaired, plan)},
        marks=compact(restarts_of(read.narrow, plan.programs, plan.restarts)),
        let_in=compact(let_in),
    )
    return Sifted(partial, Unsure(*map(compact, unsure)))


def _is_one_line_each(read: Reading, task: Task) -> bool:
    there = datasets_in(read.parsed.events)
    return one_line_each(form for form in task.formats if form.id in there)


def judge(unsure: Sequence[Unsure], task: Task, plan: Plan) -> Partial:
    """The second step. In: unsure: of one task"""
    events = pl.concat([each.events for each in unsure])
    whole = pl.concat([_read(unsure, events, task, plan), *(each.whole for each in unsure)])
    told = judged(whole, plan)
    narrow = with_outcome(with_endpoint(events), told.failures, plan)
    visits = narrow.select(visit_columns(narrow.columns))
    return empty()._replace(
        classified=compact(told.failures.select(list(CLASSIFIED))),
        totals=compact(add_up(counted(narrow))),
        visits=visits,
        detected=told.detected,
        let_in=compact(
            pl.concat([_let_in(whole, picked(narrow, visits, plan.sample), plan), _picked(unsure, task, plan)])
        ),
    )


def _read(unsure: Sequence[Unsure], events: pl.DataFrame, task: Task, plan: Plan) -> pl.DataFrame:
    lines = pl.concat([each.lines for each in unsure], how="diagonal")
    if lines.is_empty():
        return RULE_COLUMNS.to_frame()
    return with_all(read_again(lines, events, frozenset(EVENTS), task, plan), task, plan)


def _picked(unsure: Sequence[Unsure], task: Task, plan: Plan) -> pl.DataFrame:
    picks = pl.concat([each.picks for each in unsure]).sort("rank").head(plan.sample)
    if picks.is_empty():
        return LET_IN.to_frame()
    lines = pl.concat([each.lines_picked for each in unsure], how="diagonal")
    lines = lines.filter(pl.col("logscan.line").is_in(picks["logscan.line"].implode()))
    return _let_in(read_again(lines, picks, READ, task, plan), picks, plan)


def _let_in(whole: pl.DataFrame, picks: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    whole = whole.join(picks.select("logscan.line"), on="logscan.line", how="semi", maintain_order="left")
    return as_let_in(picks, plan.redactor.redact(whole, ["logscan.credential"]), plan.traits).select(list(LET_IN))
