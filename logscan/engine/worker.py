"""One chunk of bytes to what it says: the only place where log text is read."""

from dataclasses import replace
from typing import NamedTuple

import polars as pl

from logscan.analysis.classify import classify, outcome
from logscan.analysis.course import Course, course_of
from logscan.analysis.detections import detections_of
from logscan.analysis.endpoint import with_endpoint
from logscan.analysis.let_in import as_let_in, picked
from logscan.analysis.restarts import restarts_of
from logscan.analysis.traits import READ
from logscan.analysis.visits import visit_columns
from logscan.engine.partial import Partial, Tally, add_up, compact, empty, first_rejects
from logscan.engine.plan import Plan, Task
from logscan.engine.records import of_records
from logscan.engine.whole import Reading, candidates_of, read_again, read_events, whole_of, with_continuations
from logscan.ingest.chunk import Chunk, count_lines
from logscan.ingest.document import with_lines
from logscan.ingest.header import COLUMN, governed
from logscan.ingest.lines import read_lines
from logscan.ingest.parse import Parsed, nearest
from logscan.model.schemas import CLASSIFIED, LET_IN, OUTCOMES, REJECTS

_FAILED = OUTCOMES.index("auth_failure")
_EXPLAINED = 20  # rejected lines of a chunk that are explained; the rest are counted
_SHOWN = 300  # characters of a rejected line


class Understood(NamedTuple):
    """What the lines of a chunk say.

    narrow    events inside the period, with endpoint and outcome;  visits: of them, in their order
    failures  CLASSIFIED and more, redacted;  detected: CLASSIFIED, redacted
    let_in    LET_IN and logscan.line
    """

    narrow: pl.DataFrame
    failures: pl.DataFrame
    detected: pl.DataFrame
    visits: pl.DataFrame
    let_in: pl.DataFrame


def work(chunk: Chunk, task: Task, plan: Plan) -> Partial:
    """Read, classify, redact and count one chunk.

    Law:   the merge of the partials of any division of a log into chunks is the same
    Units: the chunk's line numbers and offsets are those of the decompressed source
    """
    if chunk.records is not None:
        return of_records(chunk, chunk.records, task, plan, work_lines)
    if not chunk.data.strip():  # a bomb of line feeds: each would cost as much as a line of text
        blank = count_lines(chunk.data) + (not chunk.data.endswith(b"\n"))
        return silent(chunk, task, plan, Tally(lines=blank, blank=blank, bytes=len(chunk.data), cut=chunk.cut_lines))
    lines, repaired = read_lines(chunk)
    return work_lines(chunk, governed(lines, chunk.header), repaired, task, plan)


def candidates(chunk: Chunk, task: Task, plan: Plan) -> pl.DataFrame:
    """What rules without an outcome are asked about in a chunk: whole events, not redacted."""
    lines, _ = read_lines(chunk)
    lines = governed(lines, chunk.header) if chunk.records is None else with_lines(lines, chunk.records)
    return _whole(lines, read_events(lines, task, plan), task, plan)


def work_lines(chunk: Chunk, lines: pl.DataFrame, repaired: int, task: Task, plan: Plan) -> Partial:
    """The same, of LINES: those of the chunk, or the records of its documents."""
    if lines.is_empty():
        return silent(chunk, task, plan, Tally(bytes=len(chunk.data), cut=chunk.cut_lines))
    read = read_events(lines, task, plan)
    told = understood(lines, read, task, plan)
    return Partial(
        classified=compact(told.failures.select(list(CLASSIFIED))),
        totals=compact(add_up(counted(told.narrow))),
        visits=told.visits,
        rejects=compact(rejects_of(lines, read.parsed, task, plan)),
        events=_events(read.narrow, told.failures, task, plan),
        tallies={task.path: tally_of(chunk, lines, read, repaired, plan)},
        detected=told.detected,
        marks=compact(restarts_of(read.narrow, plan.programs, plan.restarts)),
        let_in=compact(told.let_in.select(list(LET_IN))),
    )


def understood(lines: pl.DataFrame, read: Reading, task: Task, plan: Plan) -> Understood:
    """In: lines: LINES, of which read was made"""
    told = judged(_whole(lines, read, task, plan), plan)
    narrow = with_outcome(with_endpoint(read.narrow), told.failures, plan)
    visits = narrow.select(visit_columns(narrow.columns))
    let_in = let_in_of(lines, picked(narrow, visits, plan.sample), read, task, plan)
    return Understood(narrow, told.failures, told.detected, visits, let_in)


def _whole(lines: pl.DataFrame, read: Reading, task: Task, plan: Plan) -> pl.DataFrame:
    return whole_of(lines, read, candidates_of(read.narrow, task, plan), task, plan)


class Judged(NamedTuple):
    """failures: CLASSIFIED and more; detected: CLASSIFIED; both redacted"""

    failures: pl.DataFrame
    detected: pl.DataFrame


def judged(whole: pl.DataFrame, plan: Plan) -> Judged:
    """In: whole: RULE_COLUMNS, not redacted"""
    failures = classify(whole, plan.causes)
    failures = failures.with_columns(plan.traits.protocol_of(pl.col("event.original")).alias("http.version"))
    return Judged(plan.redactor.redact(with_endpoint(failures), CLASSIFIED), _detected(whole, plan))


def silent(chunk: Chunk, task: Task, plan: Plan, tally: Tally) -> Partial:
    """Of a chunk that holds no event."""
    none = Course(chunk.offset, chunk.offset + len(chunk.data), plan.steps)
    return empty()._replace(tallies={task.path: replace(tally, courses=(none,))})


def let_in_of(lines: pl.DataFrame, picks: pl.DataFrame, read: Reading, task: Task, plan: Plan) -> pl.DataFrame:
    """What is kept of the events that were picked: LET_IN and logscan.line."""
    if picks.is_empty():
        return pl.DataFrame(schema={**LET_IN, "logscan.line": pl.UInt64()})
    kept = with_continuations(lines, picks, read.parsed)
    whole = read.narrow if plan.all_events else read_again(kept, picks, READ, task, plan)
    told = plan.redactor.redact(whole, ["logscan.credential"])
    return as_let_in(picks, told, plan.traits, "logscan.line")


def _detected(whole: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    if not plan.library.detections:
        return CLASSIFIED.to_frame()
    found = detections_of(whole, plan.detections)
    return compact(plan.redactor.redact(with_endpoint(found), CLASSIFIED).select(list(CLASSIFIED)))


def with_outcome(narrow: pl.DataFrame, failures: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """Add outcome, a place in OUTCOMES. In: failures: of these events, by logscan.line"""
    went = outcome(narrow, plan.outcomes)
    failed = narrow["logscan.line"].is_in(failures["logscan.line"].implode())
    return narrow.with_columns(pl.when(failed).then(pl.lit(_FAILED, pl.UInt8())).otherwise(went).alias("outcome"))


def counted(narrow: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """TOTALS of events, by further columns of theirs where some are named; a key may stand in several rows."""
    names = pl.Series(list(OUTCOMES))
    upstream = ["server.address"] if "server.address" in narrow.columns else []
    minute = pl.col("@timestamp").dt.truncate("1m").alias("bucket")
    rows = narrow.group_by(*keys, minute, "event.dataset", *upstream, "outcome").agg(
        pl.len().cast(pl.UInt64()).alias("events")
    )
    lacking = [] if upstream else [pl.lit(None, pl.String()).alias("server.address")]
    return rows.with_columns(*lacking, pl.lit(names).gather(pl.col("outcome")).alias("outcome"))


def rejects_of(lines: pl.DataFrame, parsed: Parsed, task: Task, plan: Plan) -> pl.DataFrame:
    first = parsed.rejects.head(_EXPLAINED)
    if first.is_empty():
        return REJECTS.to_frame()
    # Hidden before they are explained: the words of an explanation are taken from the line.
    hidden = plan.redactor.redact(first, ["event.original"])
    above = lines.join(first.select("logscan.line"), on="logscan.line", how="semi", maintain_order="left")
    headers = above[COLUMN].to_list() if COLUMN in above.columns else ()
    why = nearest(hidden["event.original"].to_list(), task.formats, headers)
    shown = hidden.with_columns(
        pl.col("event.original").str.slice(0, _SHOWN),
        pl.lit(task.path).alias("log.file.path"),
        pl.Series("reason", why, dtype=pl.String()),
    )
    return first_rejects(shown)


def _events(narrow: pl.DataFrame, failures: pl.DataFrame, task: Task, plan: Plan) -> pl.DataFrame:
    """Every event of the chunk, failures with their cause, redacted."""
    if not plan.all_events:
        return CLASSIFIED.to_frame()
    rest = narrow.join(failures.select("logscan.line"), on="logscan.line", how="anti", maintain_order="left")
    rest = rest.with_columns(pl.lit(task.path).alias("log.file.path"))
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in CLASSIFIED.items() if name not in rest.columns]
    plain = plan.redactor.redact(with_endpoint(rest.with_columns(missing)), CLASSIFIED)
    return pl.concat([failures.select(list(CLASSIFIED)), plain.select(list(CLASSIFIED))]).sort("logscan.line")


def tally_of(chunk: Chunk, lines: pl.DataFrame, read: Reading, repaired: int, plan: Plan) -> Tally:
    events = read.parsed.events
    datasets = events["event.dataset"].value_counts(sort=True, name="n").rows()
    first, last = events.select(first=pl.col("@timestamp").min(), last=pl.col("@timestamp").max()).row(0)
    return Tally(
        lines=lines.height,
        bytes=len(chunk.data),
        events=events.height,
        rejects=read.parsed.rejects.height,
        continuations=read.parsed.continuations,
        blank=read.parsed.blank,
        repaired=repaired,
        cut=chunk.cut_lines,
        untimed=events["@timestamp"].null_count(),
        outside=read.outside,
        first=first,
        last=last,
        datasets=dict(sorted(datasets)),
        courses=(course_of(events, plan.steps, offset=chunk.offset, end=chunk.offset + len(chunk.data)),),
    )
