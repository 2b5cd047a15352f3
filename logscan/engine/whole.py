"""The events of a chunk that a rule could know, read once more with all that it may ask for."""

from typing import NamedTuple

import polars as pl

from logscan.analysis.classify import shortened
from logscan.analysis.content import with_content
from logscan.analysis.fielded import may_match_fields
from logscan.engine.plan import Period, Plan, Task
from logscan.ingest.parse import Parsed, parse
from logscan.ingest.shape import TOGETHER
from logscan.model.schemas import CONTENT, EVENTS, RULE_COLUMNS
from logscan.rules.match import MANY, may_match

_FEW = 256  # events that are read whole without another question


class Reading(NamedTuple):
    """The lines of a chunk, read."""

    parsed: Parsed
    narrow: pl.DataFrame  # events inside the period, the plan's narrow columns
    outside: int


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


def candidates_of(narrow: pl.DataFrame, task: Task, plan: Plan) -> pl.DataFrame:
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


def whole_of(lines: pl.DataFrame, read: Reading, candidates: pl.DataFrame, task: Task, plan: Plan) -> pl.DataFrame:
    """Events with all that a rule may ask for, in line order; not redacted.

    In: candidates: of the events that were read of these lines
    """
    if plan.all_events or candidates.is_empty():
        return with_all(candidates, task, plan)
    whole = read_again(with_continuations(lines, candidates, read.parsed), candidates, frozenset(EVENTS), task, plan)
    if whole.height != candidates.height:  # a line between two of one stream was missing, and they became one
        whole = parse(lines, task.formats, frozenset(EVENTS), task.clock, trusted=plan.trusted).events
        whole = whole.filter(pl.col("logscan.line").is_in(candidates["logscan.line"].implode()))
    return with_all(whole, task, plan)


def with_all(whole: pl.DataFrame, task: Task, plan: Plan) -> pl.DataFrame:
    """Add what no format tells: whose the events are, and what their texts hold."""
    if whole.is_empty():
        return RULE_COLUMNS.to_frame()
    whole = whole.with_columns(pl.lit(task.path).alias("log.file.path")).select(list(EVENTS))
    return with_content(whole, plan.stated, plan.redactor)


def read_again(kept: pl.DataFrame, events: pl.DataFrame, want: frozenset[str], task: Task, plan: Plan) -> pl.DataFrame:
    """Read lines of events once more. In: events: those that a first reading made of them, with event.dataset"""
    # Who read a line before reads it now; what else stood before it refused it then. What is read at once, shares.
    readers = frozenset(events["event.dataset"])
    known = tuple(
        form for form in task.formats if form.id in readers or form.inner or form.multiline or form.kind in TOGETHER
    )
    return parse(kept, known, want, task.clock, trusted=plan.trusted).events


def with_continuations(lines: pl.DataFrame, candidates: pl.DataFrame, parsed: Parsed) -> pl.DataFrame:
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
