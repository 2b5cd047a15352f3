"""One line, and all that becomes of it: what it is wrapped in, which format reads it, which rules match and by what."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import polars as pl

from logscan.analysis.classify import classify, outcome
from logscan.analysis.content import with_content
from logscan.analysis.detections import detections_of
from logscan.analysis.endpoint import with_endpoint
from logscan.analysis.redact import Redactor, as_fields_show
from logscan.engine.local import Local, Settings
from logscan.engine.plan import Plan, Task
from logscan.engine.request import Request, load_definitions
from logscan.ingest.candidates import Candidate, candidates
from logscan.ingest.chunk import Chunk
from logscan.ingest.continuation import MAX_LINES
from logscan.ingest.detect import detect
from logscan.ingest.document import with_lines
from logscan.ingest.header import governed
from logscan.ingest.lines import numbered, read_lines
from logscan.ingest.parse import parse
from logscan.ingest.shape import Format
from logscan.ingest.source import Source, find_sources
from logscan.ingest.when import Clock
from logscan.model.errors import SourceError, Where
from logscan.model.schemas import CLASSIFIED, EVENTS, LINES, OUTCOMES, RULE_COLUMNS
from logscan.rules.load import Rule
from logscan.rules.why import Why, why

_ALL = frozenset(EVENTS)
_HIDDEN = re.compile(r"<redacted ([a-z0-9-]+) ")
_DEEPEST = 8  # lines within lines


class Layer(NamedTuple):
    """A format that took the line, or what stood within it; text: redacted."""

    format: str
    title: str
    text: str


class Matched(NamedTuple):
    name: str
    title: str
    path: str
    names: str
    confidence: str
    priority: int
    why: Why


class Explained(NamedTuple):
    """All texts of the log are redacted.

    state       event, continuation (of the event in line `owner`), reject, blank
    detected    why the formats were put in this order
    zone, year  what was taken for granted about the time; empty: nothing
    looked      log source of rules -> how many of them looked at the event
    hidden      kinds of credentials that were taken out
    """

    path: str
    line: int
    text: str
    state: str
    owner: int
    detected: str
    layers: tuple[Layer, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    fields: Mapping[str, Any] = {}
    zone: str = ""
    year: str = ""
    looked: Mapping[str, int] = {}
    matched: tuple[Matched, ...] = ()
    cause: str = ""
    confidence: str = ""
    alternatives: tuple[str, ...] = ()
    outcome: str = ""
    hidden: tuple[str, ...] = ()


class _Spot(NamedTuple):
    """The lines around the one that is asked about, as they are read."""

    path: str
    number: int
    rows: pl.DataFrame
    task: Task
    detected: str


def explain(request: Request, text: str | None, number: int) -> Explained:
    """Explain line `number` of the one file that the request names, or of a text.

    Errors: SourceError when there is no such file or line; Faults when a definition is invalid
    """
    plan = load_definitions(replace(request, all_events=True)).plan
    spot = _of_file(request, plan, number) if text is None else _of_text(request, plan, text)
    return _explained(spot, plan, request.zone)


def _of_text(request: Request, plan: Plan, text: str) -> _Spot:
    lines = [line.removesuffix("\r") for line in text.rstrip("\n").split("\n")]
    formats, why_so = plan.formats, "as told by --log-format"
    if request.log_format is None:
        found = detect(lines, plan.formats)
        formats, why_so = found.order, found.why
    chosen = tuple(fmt for fmt in formats if request.log_format in {None, fmt.id})
    task = Task("", chosen, Clock(request.zone, request.now), {}, _ALL)
    return _Spot("", 1, numbered(lines), task, why_so)


class _Seeking(Local):
    """Reads a source only as far as one line."""

    def spot(self, source: Source, number: int) -> _Spot:
        first, last = 1, 0
        handed = self._chunks_of(source)
        try:
            for chunk, task in handed:
                first = chunk.first_line
                last = first + chunk.data.count(b"\n") + (not chunk.data.endswith(b"\n")) - 1
                if first <= number <= last:
                    rows = _around(chunk, number)
                    handed.close()
                    return _Spot(source.path, number, rows, task, self.opened[source.path].why)
        finally:
            handed.close()
        if self.faults:
            raise self.faults[0]
        hint = f"its last line is {last:,}" if last else "it is empty"
        raise SourceError(f"has no line {number:,}", where=Where(source.path), hint=hint)


def _of_file(request: Request, plan: Plan, number: int) -> _Spot:
    found = find_sources(request.paths)
    if found.faults and not found.sources:
        raise found.faults[0]
    if len(found.sources) != 1:
        what = f"names {len(found.sources):,} files"
        raise SourceError(what, where=Where(", ".join(request.paths)), hint="name one of them: PATH:LINE")
    settings = Settings(
        request.zone, request.now, request.log_format, request.chunk, request.jobs, request.stdin, request.stop
    )
    with TemporaryDirectory(prefix="logscan-") as folder:
        return _Seeking(plan, settings, Path(folder), lambda _: None).spot(found.sources[0], number)


def _around(chunk: Chunk, number: int) -> pl.DataFrame:
    """The lines that may belong to one event with the line asked about; of JSON documents the record it lies in."""
    lines, _ = read_lines(chunk)
    if chunk.records is not None:
        records = with_lines(lines, chunk.records)
        return records.filter(pl.col("logscan.line") <= number).tail(1)
    lines = governed(lines, chunk.header)
    near = pl.col("logscan.line").cast(pl.Int64()).is_between(number - MAX_LINES, number + MAX_LINES)
    return lines.filter(near)


def _explained(spot: _Spot, plan: Plan, zone: str) -> Explained:
    formats, clock = spot.task.formats, spot.task.clock
    parsed = parse(spot.rows, formats, _ALL, clock)
    before = parsed.events.filter(pl.col("logscan.line") <= spot.number)
    own = spot.rows.filter(pl.col("logscan.line") <= spot.number).tail(1)
    raw = str(own["event.original"][0])
    text = plan.redactor.text(raw)
    rejected = spot.number in parsed.rejects["logscan.line"].to_list()
    owner = int(before["logscan.line"][-1]) if before.height else 0
    whole = int(own["logscan.line"][0]) == owner
    told = Explained(spot.path, spot.number, text, "event" if whole else "continuation", owner, spot.detected)
    if rejected or (not whole and (not raw.strip() or not owner or raw.startswith("#"))):
        state = "reject" if rejected else "blank"
        near = candidates(own, formats, clock) if rejected else []
        return told._replace(state=state, owner=0, candidates=tuple(near), hidden=_hidden([text]))
    first = spot.rows.filter(pl.col("logscan.line") == owner)
    event = before.tail(1).with_columns(pl.lit(spot.path).alias("log.file.path")).select(list(EVENTS))
    event = with_content(event, plan.stated, plan.redactor)
    assumed = _assumed(spot.rows, owner, formats, clock, zone)
    return _judged(
        told._replace(
            layers=tuple(_layers(first, formats, clock, plan.redactor)),
            candidates=tuple(candidates(first, formats, clock)),
            zone=assumed[0],
            year=assumed[1],
        ),
        event,
        plan,
    )


def _layers(line: pl.DataFrame, formats: Sequence[Format], clock: Clock, redactor: Redactor) -> list[Layer]:
    """The formats that take the line, from the outermost on."""
    found: list[Layer] = []
    for _ in range(_DEEPEST):
        events = parse(line, [replace(fmt, inner="") for fmt in formats], _ALL, clock).events
        taken = next((fmt for fmt in formats if events.height and fmt.id == events["event.dataset"][0]), None)
        if taken is None:
            break
        found.append(Layer(taken.id, taken.title, redactor.text(str(line["event.original"][0]))))
        message = str(events["message"][0] or "").rstrip("\r\n")
        if not taken.inner or not message.strip():
            break
        line = pl.DataFrame([[line["logscan.line"][0]], [0], [message]], schema=LINES)
        formats = [
            fmt
            for fmt in formats
            if fmt is not taken and fmt.strength != "last" and (taken.inner == "any" or fmt.strength == "strong")
        ]
    return found


def _assumed(rows: pl.DataFrame, owner: int, formats: Sequence[Format], clock: Clock, zone: str) -> tuple[str, str]:
    """What reading the time took for granted: told by reading it again under another clock."""

    def read(other: Clock) -> datetime | None:
        events = parse(rows, formats, frozenset({"@timestamp"}), other).events
        at: datetime | None = events.filter(pl.col("logscan.line") == owner)["@timestamp"][0]
        return at

    at = read(clock)
    if at is None:
        return "", ""
    elsewhere = read(clock._replace(zone="+05:00" if zone != "+05:00" else "-05:00"))
    later = read(clock._replace(reference=clock.reference - timedelta(days=3 * 366)))
    return (
        f"the line names no zone: taken to be {zone} (--tz)" if elsewhere != at else "",
        f"the line names no year: taken to be {at.year}, by the time of the file" if later != at else "",
    )


def _judged(told: Explained, event: pl.DataFrame, plan: Plan) -> Explained:
    dataset = str(event["event.dataset"][0])
    rules = [*plan.causes.get(dataset, ()), *plan.detections.get(dataset, ())]
    named = classify(event, plan.causes)
    failed = named.height > 0
    whole = named if failed else event.with_columns(_lacking(event))
    shown = plan.redactor.redact(with_endpoint(whole), CLASSIFIED)
    row = {name: value for name, value in shown.row(0, named=True).items() if value is not None and value != []}
    by_name = {rule.name: rule for rule in rules}
    names = [*row.get("logscan.rules", []), *detections_of(event, plan.detections)["logscan.cause"]]
    matched = [_matched(by_name[name], event) for name in names if name in by_name]
    went = OUTCOMES[int(outcome(event, plan.outcomes)[0])]
    parts = [str(frame["logscan.fields"][0] or "{}") for frame in (whole, shown)]
    return told._replace(
        text=as_fields_show(told.text, *parts),
        layers=tuple(layer._replace(text=as_fields_show(layer.text, *parts)) for layer in told.layers),
        fields={name: value for name, value in row.items() if name not in _TOLD},
        looked=dict(Counter(_source(rule) for rule in rules).most_common()),
        matched=tuple(matched),
        cause=str(row.get("logscan.cause", "")),
        confidence=str(row.get("logscan.confidence", "")),
        alternatives=tuple(row.get("logscan.alternatives", ())),
        outcome="auth_failure" if failed else went,
        hidden=_hidden([told.text, *(str(value) for value in row.values())]),
    )


_TOLD = {
    "event.original", "log.file.path", "logscan.line", "log.offset", "logscan.rules", "logscan.cause",
    "logscan.confidence", "logscan.alternatives",
}  # fmt: skip


def _lacking(event: pl.DataFrame) -> list[pl.Expr]:
    return [pl.lit(None, dtype).alias(name) for name, dtype in CLASSIFIED.items() if name not in event.columns]


def _matched(rule: Rule, event: pl.DataFrame) -> Matched:
    confidence = str(rule.meaning.get("confidence", ""))
    found = why(rule, event, RULE_COLUMNS)
    return Matched(rule.name, rule.title, rule.path, rule.names, confidence, rule.priority, found)


def _source(rule: Rule) -> str:
    return "/".join(rule.logsource[key] for key in ("product", "category", "service") if key in rule.logsource)


def _hidden(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted({kind for text in texts for kind in _HIDDEN.findall(text)}))
