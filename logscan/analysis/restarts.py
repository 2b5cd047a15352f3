"""Moments at which a program says that it starts, stops or takes a new configuration: rules/marks.yml."""

from collections.abc import Collection
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from logscan.model.document import Document, read_document
from logscan.model.errors import Faults, LogscanError, RuleError
from logscan.model.resources import rules_dir
from logscan.model.schemas import MARKS
from logscan.rules.shape import Shape, refuse_twins

_KEYS = {"name", "label", "near", "never", "pattern", "source", "hits", "misses"}
_MOST = 10_000  # moments of one log; more of them are no marks
_TOGETHER = "1m"
_LINE = pl.col("event.original")


class Restart(NamedTuple):
    """One way of saying it. near: one of these stands in the line; never: none of these."""

    name: str
    label: str
    near: tuple[str, ...]
    never: tuple[str, ...]
    pattern: str
    hits: tuple[str, ...]
    misses: tuple[str, ...]


def restarts_of(events: pl.DataFrame, programs: Collection[str], restarts: tuple[Restart, ...]) -> pl.DataFrame:
    """The moments that these events tell.

    In:  programs: formats (event.dataset) of which the lines are a program's own, not what clients asked for
    Out: MARKS, the first of each label in a minute; none of lines without a time
    """
    near = sorted({text for restart in restarts for text in restart.near})
    own = events.filter(pl.col("event.dataset").is_in(list(programs)) & pl.col("@timestamp").is_not_null())
    lines = own.filter(_LINE.str.contains_any(near)).select("@timestamp", "event.original")
    if lines.is_empty():
        return MARKS.to_frame()
    found = [
        lines.filter(
            _LINE.str.contains_any(list(restart.near)) & _LINE.str.contains(restart.pattern),
            *([~_LINE.str.contains_any(list(restart.never))] if restart.never else []),
        ).select(pl.col("@timestamp").cast(MARKS["@timestamp"]), pl.lit(restart.label).alias("label"))
        for restart in restarts
    ]
    return first_marks(found)


def first_marks(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """The first of each label in a minute, and the earliest of all. Law: associative and commutative"""
    told = pl.concat([MARKS.to_frame(), *frames])
    kept = told.group_by(pl.col("@timestamp").dt.truncate(_TOGETHER).alias("minute"), "label").agg(
        pl.col("@timestamp").min()
    )
    return kept.select(list(MARKS)).sort("@timestamp", "label").head(_MOST)


def load_restarts(path: Path | None = None) -> tuple[Restart, ...]:
    """Read marks.yml, by default the one that comes with logscan.

    Errors: Faults with every fault of the file
    """
    try:
        document = read_document(path or rules_dir() / "marks.yml")
    except RuleError as fault:
        raise Faults([fault]) from fault
    faults: list[LogscanError] = []
    shape = Shape(document, document.value, "", faults)
    shape.refuse_unknown({"marks"})
    found = [_restart(document, item, f"marks.{index}", faults) for index, item in enumerate(shape.items("marks"))]
    names = [(each.name, document, f"marks.{index}.name") for index, each in enumerate(found) if each.name]
    faults += refuse_twins(names, "name")
    if faults:
        raise Faults(faults)
    return tuple(found)


def _restart(document: Document, item: Any, key: str, faults: list[LogscanError]) -> Restart:
    shape = Shape(document, item, key, faults)
    shape.refuse_unknown(_KEYS)
    pattern = shape.text("pattern")
    try:
        pl.select(pl.lit("").str.contains(pattern))
    except pl.exceptions.PolarsError as refused:
        shape.add("pattern", f"is no pattern: {refused}", "use Rust regex, without look-around")
    shape.text("source", required=False)
    near, hits, misses = (tuple(shape.texts(name)) for name in ("near", "hits", "misses"))
    never = tuple(shape.texts("never", required=False))
    return Restart(shape.text("name"), shape.text("label"), near, never, pattern, hits, misses)
