"""Formats of kind `pattern`: one regex over a column of lines."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache

import polars as pl

from logscan.ingest.capture import captures, narrowed
from logscan.ingest.convert import converted
from logscan.ingest.shape import Format, Layout, Read
from logscan.ingest.when import Clock

_LOOK = 256  # lines
_ASKED = (
    8_192  # lines, up to which each pattern is asked at once: the work of asking one by one is mostly not the asking
)
_TOGETHER = 32  # formats in one regex, which is slow to make and quick to say that a line is nobody's
_HIT = "_hit"  # an empty capture behind the head: null only where the line was not taken


def idle(lines: pl.DataFrame, formats: Sequence[Format]) -> frozenset[str]:
    """The ids of formats of this kind that take none of the lines, told at once for all of them.

    In:   LINES
    Law:  whoever leaves these formats out reads the same
    """
    patterns = tuple(fmt for fmt in formats if fmt.kind == "pattern")
    if not patterns or lines.is_empty():
        return frozenset()
    takes = _anybodys(lines, patterns).select(_takes((fmt,)).any().alias(fmt.id) for fmt in patterns)
    return frozenset(name for name, any_ in zip(takes.columns, takes.row(0), strict=True) if not any_)


def _anybodys(lines: pl.DataFrame, formats: tuple[Format, ...]) -> pl.DataFrame:
    """The lines that one of the formats takes; all lines where they are few."""
    if lines.height <= _ASKED:
        return lines
    groups = [formats[at : at + _TOGETHER] for at in range(0, len(formats), _TOGETHER)]
    try:
        return lines.filter(pl.any_horizontal(map(_takes, groups)))
    except pl.exceptions.ComputeError:  # each is a good regex, but together they are larger than one may be
        return lines


@lru_cache(maxsize=512)
def _takes(formats: tuple[Format, ...]) -> pl.Expr:
    heads = [f"(?:{narrowed(layout.head, frozenset())})" for fmt in formats for layout in fmt.layouts]
    return pl.col("event.original").str.contains("|".join(heads))


def read_pattern(lines: pl.DataFrame, fmt: Format, want: AbstractSet[str], clock: Clock) -> Read:
    """The lines that one of the format's layouts takes, and their wanted columns.

    In:  LINES
    Law: which lines are taken does not depend on `want`
    """
    keys = frozenset(key for column in fmt.columns if column.name in want for key in column.keys)
    left, parts = lines.with_row_index("_row"), []
    for layout in fmt.layouts:
        found = _taken(left, layout, keys)
        if not found.is_empty():
            parts.append(found)
            if found.height == left.height:
                break
            left = left.join(found.select("_row"), on="_row", how="anti", maintain_order="left")
    if not parts:
        return Read(pl.Series([False]).new_from_index(0, lines.height), _events(lines.clear(), fmt, want, clock))
    raw = parts[0] if len(parts) == 1 else pl.concat(parts, how="diagonal").sort("_row")
    hit = pl.Series([raw.height == lines.height]).new_from_index(0, lines.height)
    if raw.height != lines.height:
        hit = hit.scatter(raw["_row"], values=True)
    return Read(hit, _events(raw, fmt, want, clock))


def _taken(lines: pl.DataFrame, layout: Layout, keys: AbstractSet[str]) -> pl.DataFrame:
    """The lines of one layout with its captures. Where a look at the first few finds none, they are sought first."""
    test = pl.col("event.original").str.contains(_regex(layout, frozenset()))
    if lines.height > 2 * _LOOK and not lines.head(_LOOK).select(test.any()).item():
        lines = lines.filter(test)
    groups = lines.select(pl.col("event.original").str.extract_groups(_regex(layout, frozenset(keys))).alias("g"))
    read = pl.concat([lines, groups.unnest("g")], how="horizontal")
    return read.drop(_HIT) if read[_HIT].null_count() == 0 else read.filter(pl.col(_HIT).is_not_null()).drop(_HIT)


@lru_cache(maxsize=512)
def _regex(layout: Layout, keys: frozenset[str]) -> str:
    """Captures cost; those not wanted are left out, and the tail with them when it holds none."""
    head = narrowed(layout.head, keys) + f"(?<{_HIT}>)"
    if keys.isdisjoint(captures(layout.tail)):
        return head
    return f"{head}(?:{narrowed(layout.tail, keys)})?"


def _events(raw: pl.DataFrame, fmt: Format, want: AbstractSet[str], clock: Clock) -> pl.DataFrame:
    there = set(raw.columns)
    columns: dict[str, list[pl.Expr]] = {}
    for column in fmt.columns:
        if column.name in want:
            text = pl.col(column.keys[0]) if column.keys[0] in there else pl.lit(None, pl.String())
            columns.setdefault(column.name, []).append(converted(text, column, fmt.null_values, clock))
    return raw.select(
        "logscan.line",
        "log.offset",
        "event.original",
        pl.lit(fmt.id).alias("event.dataset"),
        *(pl.coalesce(found).alias(name) for name, found in columns.items()),
    )
