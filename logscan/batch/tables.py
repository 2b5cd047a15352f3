"""The tables of the archive: their columns, and tallies as rows."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

import polars as pl

from logscan.analysis.course import Course, Step, Steps, Zoned
from logscan.engine.partial import Partial, Tally
from logscan.model.schemas import CLASSIFIED, LET_IN, MARKS, REJECTS, TIME, TOTALS, VISITS

VERSION = 1  # of the schema; a column more or less, or another meaning, is another version
VERSION_KEY, RULES_KEY = "logscan.archive", "logscan.rules"  # in the metadata of each file
FILE = "logscan.file"  # which log: the id of its row in `files` of the state

_COUNTS = ("lines", "bytes", "events", "rejects", "continuations", "blank", "repaired", "cut", "untimed", "outside")
_SOURCES = pl.Schema(
    {
        "log.file.path": pl.String(),
        "offset": pl.UInt64(),  # bytes of the unpacked log: [offset, end)
        "end": pl.UInt64(),
        **{name: pl.UInt64() for name in _COUNTS},
        "first": TIME,
        "last": TIME,
        "datasets": pl.String(),  # JSON: event.dataset -> events
        "courses": pl.String(),  # JSON: how its times run, see logscan/analysis/course.py
    }
)
TABLES: Mapping[str, pl.Schema] = {
    name: pl.Schema({FILE: pl.UInt32(), **schema})
    for name, schema in {
        "failures": CLASSIFIED,
        "detections": CLASSIFIED,
        "outcomes": TOTALS,
        "visits": VISITS,
        "let_in": LET_IN,
        "marks": MARKS,
        "rejects": REJECTS,
        "sources": _SOURCES,
    }.items()
}
TIMES = {
    "failures": "@timestamp",
    "detections": "@timestamp",
    "outcomes": "bucket",
    "visits": "@timestamp",
    "let_in": "@timestamp",
    "marks": "@timestamp",
}


class Read(NamedTuple):
    """What was read of one log, without a gap; tail: its end, which may yet become something else."""

    file: int
    offset: int
    end: int
    partials: Sequence[Partial]
    tail: bool = False


def frames(reads: Sequence[Read], service: Mapping[int, str]) -> dict[str, pl.DataFrame]:
    """TABLES of what was read. In: service: of failures whose lines name none, by log"""
    parts: dict[str, list[pl.DataFrame]] = {name: [schema.to_frame()] for name, schema in TABLES.items()}
    for read in reads:
        for partial in read.partials:
            for name, frame in _of(partial):
                if frame.height:
                    parts[name].append(_marked(frame, read.file, service.get(read.file, "")).select(list(TABLES[name])))
        parts["sources"].append(_source_row(read))
    return {name: pl.concat(found) for name, found in parts.items()}


def _of(partial: Partial) -> Iterator[tuple[str, pl.DataFrame]]:
    yield "failures", partial.classified
    yield "detections", partial.detected
    yield "outcomes", partial.totals
    yield "visits", partial.visits
    yield "let_in", partial.let_in
    yield "marks", partial.marks
    yield "rejects", partial.rejects


def _marked(frame: pl.DataFrame, file: int, service: str) -> pl.DataFrame:
    named = frame.with_columns(pl.lit(file, pl.UInt32()).alias(FILE))
    if service and "service.name" in frame.columns:
        named = named.with_columns(pl.col("service.name").fill_null(service))
    return named


def _source_row(read: Read) -> pl.DataFrame:
    tally, path = Tally(), ""
    for partial in read.partials:
        [(path, more)] = partial.tallies.items()
        tally += more
    return _row(read.file, path, (read.offset, read.end), tally)


def _row(file: int, path: str, stretch: tuple[int, int], tally: Tally) -> pl.DataFrame:
    row = {
        FILE: file,
        "log.file.path": path,
        "offset": stretch[0],
        "end": stretch[1],
        **{name: getattr(tally, name) for name in _COUNTS},
        "first": tally.first,
        "last": tally.last,
        "datasets": json.dumps(tally.datasets),
        "courses": json.dumps([asdict(course) for course in tally.courses]),
    }
    return pl.DataFrame([row], schema=TABLES["sources"])


def merged_sources(sources: pl.DataFrame) -> pl.DataFrame:
    """One row for each log: it covers all stretches from the first to the last."""
    found: dict[int, tuple[str, tuple[int, int], Tally]] = {}
    ordered = sources.sort(FILE, "offset")
    for (file, tally), (path, low, high) in zip(
        tallies(ordered), ordered.select("log.file.path", "offset", "end").iter_rows(), strict=True
    ):
        _, (first, last), before = found.get(file, ("", (low, high), Tally()))
        found[file] = path, (min(first, low), max(last, high)), before + tally
    return pl.concat([TABLES["sources"].to_frame(), *(_row(file, *rest) for file, rest in found.items())])


def tallies(sources: pl.DataFrame) -> Iterator[tuple[int, Tally]]:
    """Log and tally of every row of the table `sources`."""
    for row in sources.iter_rows(named=True):
        courses = tuple(_course(course) for course in json.loads(row["courses"]))
        counts = {name: int(row[name]) for name in _COUNTS}
        told = Tally(first=row["first"], last=row["last"], datasets=json.loads(row["datasets"]), courses=courses)
        yield row[FILE], Tally(**{**vars(told), **counts})


def _course(told: Mapping[str, Any]) -> Course:
    def step(values: Sequence[Any]) -> Step:
        return Step(*values)

    exact = {
        "steps": Steps(*told["steps"]),
        "first_at": tuple(told["first_at"]),
        "gaps": tuple(map(step, told["gaps"])),
        "jumps": tuple(map(step, told["jumps"])),
        "furthest": step(told["furthest"]) if told["furthest"] else None,
        "sizes": tuple(told["sizes"]),
        "zones": {name: Zoned(*values) for name, values in told["zones"].items()},
    }
    return Course(**{**told, **exact})
