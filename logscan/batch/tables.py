"""The tables of the archive: their columns, and tallies as rows."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl

from logscan.analysis.course import Course, Step, Steps, Zoned
from logscan.engine.partial import Partial, Tally
from logscan.engine.several import Several
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
    """What was read of one log, without a gap; tail: its end, which may yet become something else.

    partials  its rows, where they are not those of a Shared
    """

    file: int
    path: str
    offset: int
    end: int
    tally: Tally
    partials: Sequence[Partial] = ()
    tail: bool = False


class Shared(NamedTuple):
    """Rows of several logs. files: by the place that told.owners name"""

    files: Sequence[int]
    told: Several


def frames(reads: Sequence[Read], shared: Sequence[Shared], service: Mapping[int, str]) -> dict[str, pl.DataFrame]:
    """TABLES of what was read. In: service: of failures whose lines name none, by log"""
    parts: dict[str, list[pl.DataFrame]] = {name: [schema.to_frame()] for name, schema in TABLES.items()}

    def add(name: str, frame: pl.DataFrame, file: pl.Expr | pl.Series) -> None:
        if frame.height:
            named = _named(frame.with_columns(file.alias(FILE)), service)
            parts[name].append(named.select(list(TABLES[name])))

    for read in reads:
        for partial in read.partials:
            for name, field in _FIELDS.items():
                add(name, getattr(partial, field), pl.lit(read.file, pl.UInt32()))
    for files, told in shared:
        ids = pl.Series(files, dtype=pl.UInt32())
        for name, field in _FIELDS.items():
            if field in told.owners:
                add(name, getattr(told.partial, field), ids.gather(told.owners[field]))
    parts["sources"].append(_rows((read.file, read.path, (read.offset, read.end), read.tally) for read in reads))
    return {name: pl.concat(found) for name, found in parts.items()}


_FIELDS = {  # of a partial, by the table that keeps it
    "failures": "classified",
    "detections": "detected",
    "outcomes": "totals",
    "visits": "visits",
    "let_in": "let_in",
    "marks": "marks",
    "rejects": "rejects",
}


def _named(frame: pl.DataFrame, service: Mapping[int, str]) -> pl.DataFrame:
    """With the service of its log where a line names none."""
    if "service.name" not in frame.columns:
        return frame
    names = {file: service[file] for file in frame[FILE].unique().to_list() if service.get(file)}
    if not names:
        return frame
    own = pl.col(FILE).replace_strict(list(names), list(names.values()), default=None, return_dtype=pl.String())
    return frame.with_columns(pl.col("service.name").fill_null(own))


def _rows(told: Iterable[tuple[int, str, tuple[int, int], Tally]]) -> pl.DataFrame:
    """Of the table `sources`."""
    return pl.DataFrame([_row(*each) for each in told], schema=TABLES["sources"])


def _row(file: int, path: str, stretch: tuple[int, int], tally: Tally) -> dict[str, Any]:
    return {
        FILE: file,
        "log.file.path": path,
        "offset": stretch[0],
        "end": stretch[1],
        **{name: getattr(tally, name) for name in _COUNTS},
        "first": tally.first,
        "last": tally.last,
        "datasets": json.dumps(tally.datasets),
        "courses": json.dumps([vars(course) for course in tally.courses]),
    }


def merged_sources(sources: pl.DataFrame) -> pl.DataFrame:
    """One row for each log: it covers all stretches from the first to the last."""
    found: dict[int, tuple[str, tuple[int, int], Tally]] = {}
    ordered = sources.sort(FILE, "offset")
    for (file, tally), (path, low, high) in zip(
        tallies(ordered), ordered.select("log.file.path", "offset", "end").iter_rows(), strict=True
    ):
        _, (first, last), before = found.get(file, ("", (low, high), Tally()))
        found[file] = path, (min(first, low), max(last, high)), before + tally
    return _rows((file, *rest) for file, rest in found.items())


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
