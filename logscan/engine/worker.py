"""One chunk of bytes to what it says: the only place where log text is read."""

from dataclasses import replace
from typing import NamedTuple

import polars as pl

from logscan.analysis.classify import classify, outcome, shortened
from logscan.analysis.content import with_content
from logscan.analysis.course import Course, course_of
from logscan.analysis.detections import detections_of
from logscan.analysis.endpoint import with_endpoint
from logscan.analysis.fielded import may_match_fields
from logscan.analysis.let_in import as_let_in, picked
from logscan.analysis.restarts import restarts_of
from logscan.analysis.traits import READ
from logscan.analysis.visits import visit_columns
from logscan.engine.partial import Partial, Tally, add_up, compact, empty, first_rejects
from logscan.engine.plan import Period, Plan, Task
from logscan.engine.records import of_records
from logscan.ingest.chunk import Chunk, count_lines
from logscan.ingest.document import with_lines
from logscan.ingest.header import COLUMN, governed
from logscan.ingest.lines import read_lines
from logscan.ingest.parse import Parsed, nearest, parse
from logscan.ingest.shape import TOGETHER
from logscan.model.schemas import CLASSIFIED, CONTENT, EVENTS, LET_IN, OUTCOMES, REJECTS, RULE_COLUMNS
from logscan.rules.match import MANY, may_match

_FAILED = OUTCOMES.index("auth_failure")
_FEW = 256  # events that are read whole without another question
_EXPLAINED = 20  # rejected lines of a chunk that are explained; the rest are counted
_SHOWN = 300  # characters of a rejected line


class Reading(NamedTuple):
    """The lines of a chunk, read."""

    parsed: Parsed
    narrow: pl.DataFrame  # events inside the period, the plan's narrow columns
    outside: int


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
        return _silent(chunk, task, plan, Tally(lines=blank, blank=blank, bytes=len(chunk.data), cut=chunk.cut_lines))
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
        return _silent(chunk, task, plan, Tally(bytes=len(chunk.data), cut=chunk.cut_lines))
    read = read_events(lines, task, plan)
    told = understood(lines, read, task, plan)
    return Partial(
        classified=compact(told.failures.select(list(CLASSIFIED))),
        totals=compact(add_up(counted(told.narrow))),
        visits=told.visits,
        rejects=compact(_rejects(lines, read.parsed, task, plan)),
        events=_events(read.narrow, told.failures, task, plan),
        tallies={task.path: _tally(chunk, lines, read, repaired, plan)},
        detected=told.detected,
        marks=compact(restarts_of(read.narrow, plan.programs, plan.restarts)),
        let_in=compact(told.let_in.select(list(LET_IN))),
    )


def understood(lines: pl.DataFrame, read: Reading, task: Task, plan: Plan) -> Understood:
    """In: lines: LINES, of which read was made"""
    whole = _whole(lines, read, task, plan)
    failures = classify(whole, plan.causes)
    failures = failures.with_columns(plan.traits.protocol_of(pl.col("event.original")).alias("http.version"))
    narrow = _with_outcome(with_endpoint(read.narrow), failures, plan)
    redacted = plan.redactor.redact(with_endpoint(failures), CLASSIFIED)
    visits = narrow.select(visit_columns(narrow.columns))
    let_in = _let_in(lines, picked(narrow, visits, plan.sample), read, task, plan)
    return Understood(narrow, redacted, _detected(whole, plan), visits, let_in)


def _silent(chunk: Chunk, task: Task, plan: Plan, tally: Tally) -> Partial:
    """Of a chunk that holds no event."""
    none = Course(chunk.offset, chunk.offset + len(chunk.data), plan.steps)
    return empty()._replace(tallies={task.path: replace(tally, courses=(none,))})


def read_events(lines: pl.DataFrame, task: Task, plan: Plan) -> Reading:
    parsed = parse(lines, task.formats, task.narrow, task.clock, trusted=plan.trusted)
    inside = _inside(parsed.events, plan.period)
    return Reading(parsed, inside, parsed.events.height - inside.height)


def _inside(events: pl.DataFrame, period: Period) -> pl.DataFrame:
    at = pl.col("@timestamp")
    if period.since is not None:
        events = events.filter((at >= period.since).fill_null(value=True))
    if period.until is not None:
        events = events.filter((at < period.until).fill_null(value=True))
    return events


def _whole(lines: pl.DataFrame, read: Reading, task: Task, plan: Plan) -> pl.DataFrame:
    """The events that a rule could know, with all that it may ask for, in line order; not redacted."""
    candidates = _candidates(read.narrow, task, plan)
    if candidates.is_empty():
        return RULE_COLUMNS.to_frame()
    if plan.all_events:
        whole = candidates
    else:
        whole = _read_again(
            _with_continuations(lines, candidates, read.parsed), candidates, frozenset(EVENTS), task, plan
        )
        if whole.height != candidates.height:  # a line between two of one stream was missing, and they became one
            whole = parse(lines, task.formats, frozenset(EVENTS), task.clock, trusted=plan.trusted).events
            whole = whole.filter(pl.col("logscan.line").is_in(candidates["logscan.line"].implode()))
    whole = whole.with_columns(pl.lit(task.path).alias("log.file.path")).select(list(EVENTS))
    return with_content(whole, plan.stated, plan.redactor)


def _read_again(kept: pl.DataFrame, events: pl.DataFrame, want: frozenset[str], task: Task, plan: Plan) -> pl.DataFrame:
    # Who read a line before reads it now; what else stood before it refused it then. What is read at once, shares.
    readers = frozenset(events["event.dataset"])
    known = tuple(
        form for form in task.formats if form.id in readers or form.inner or form.multiline or form.kind in TOGETHER
    )
    return parse(kept, known, want, task.clock, trusted=plan.trusted).events


def _let_in(lines: pl.DataFrame, picks: pl.DataFrame, read: Reading, task: Task, plan: Plan) -> pl.DataFrame:
    if picks.is_empty():
        return pl.DataFrame(schema={**LET_IN, "logscan.line": pl.UInt64()})
    kept = _with_continuations(lines, picks, read.parsed)
    whole = read.narrow if plan.all_events else _read_again(kept, picks, READ, task, plan)
    told = plan.redactor.redact(whole, ["logscan.credential"])
    return as_let_in(picks, told, plan.traits, "logscan.line")


def _detected(whole: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    if not plan.library.detections:
        return CLASSIFIED.to_frame()
    found = detections_of(whole, plan.detections)
    return compact(plan.redactor.redact(with_endpoint(found), CLASSIFIED).select(list(CLASSIFIED)))


def _candidates(narrow: pl.DataFrame, task: Task, plan: Plan) -> pl.DataFrame:
    """The events that a rule could know: a cheap test for each format, then all that the columns at hand tell."""
    parts = []
    for (name,), part in narrow.group_by("event.dataset", maintain_order=True):
        dataset = str(name)
        near = part.filter(task.gates[dataset]) if _is_gated(part, task.gates.get(dataset)) else part
        parts.append(near.filter(_may_fail(near, dataset, plan)) if near.height > _FEW else near)
        if part.height > _FEW or near.height < part.height:
            held = part.filter(_may_fail_by_fields(part, dataset, plan))
            parts.append(held.join(parts[-1].select("logscan.line"), on="logscan.line", how="anti"))
    return pl.concat(parts).sort("logscan.line") if parts else narrow.head(0)


def _is_gated(part: pl.DataFrame, gate: pl.Expr | None) -> bool:
    """Of many rows it is sooner told what is rare in them than which texts a gate asks for they hold."""
    return gate is not None and (
        part.height <= MANY or all(part[name].dtype.is_numeric() for name in gate.meta.root_names())
    )


def _may_fail(narrow: pl.DataFrame, dataset: str, plan: Plan) -> pl.Series:
    rules = [*plan.causes.get(dataset, ()), *plan.detections.get(dataset, ())]
    return may_match(shortened(narrow), rules, plan.fills[dataset].union(CONTENT).difference(narrow.columns))


def _may_fail_by_fields(narrow: pl.DataFrame, dataset: str, plan: Plan) -> pl.Series:
    asked = plan.fielded.of(dataset)
    if asked is None:
        return pl.repeat(value=False, n=narrow.height, dtype=pl.Boolean(), eager=True)
    return may_match_fields(narrow["event.original"], asked)


def _with_continuations(lines: pl.DataFrame, candidates: pl.DataFrame, parsed: Parsed) -> pl.DataFrame:
    """The candidates' lines, each with the lines that continue it."""
    if not parsed.continuations:
        return lines.join(candidates.select("logscan.line"), on="logscan.line", how="semi", maintain_order="left")
    begins = pl.concat([parsed.events.select("logscan.line"), parsed.rejects.select("logscan.line")]).sort(
        "logscan.line"
    )
    owner = lines.select("logscan.line").join_asof(
        begins.with_columns(pl.col("logscan.line").alias("_owner")), on="logscan.line", strategy="backward"
    )
    # writers that share a file: what stands behind an event need not be its own
    true = lines.select("logscan.line").join(parsed.joined, on="logscan.line", how="left", maintain_order="left")
    whose = true["owner"].zip_with(true["owner"].is_not_null(), owner["_owner"])
    return lines.filter(whose.is_in(candidates["logscan.line"].implode()).fill_null(value=False))


def _with_outcome(narrow: pl.DataFrame, failures: pl.DataFrame, plan: Plan) -> pl.DataFrame:
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


def _rejects(lines: pl.DataFrame, parsed: Parsed, task: Task, plan: Plan) -> pl.DataFrame:
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


def _tally(chunk: Chunk, lines: pl.DataFrame, read: Reading, repaired: int, plan: Plan) -> Tally:
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
