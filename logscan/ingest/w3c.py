"""Formats of kind `w3c`: lines in columns that a directive above them names."""

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

import polars as pl

from logscan.ingest.columned import cut, cut_line
from logscan.ingest.header import COLUMN, Head, head_of
from logscan.ingest.keyed import FIELDS, columns_of, names_of
from logscan.ingest.shape import Format, Read
from logscan.ingest.when import Clock
from logscan.model.schemas import EVENTS, LINES

_AT_ONCE = 32  # headers of which each is read a column at a time; with more of them, line by line
_BEGINS = "^[0-9]"  # every text that a time is made of


class _Way(NamedTuple):
    """What to read of the lines under one header.

    wanted  name of a column -> its number
    times   the names of which the time is made
    """

    head: Head
    fmt: Format
    wanted: Mapping[str, int]
    times: frozenset[str]


def read_w3c(lines: pl.DataFrame, formats: Sequence[Format], want: AbstractSet[str], clock: Clock) -> Read:
    """Read the lines that have as many columns as the header in force names.

    In:   LINES with COLUMN, see `governed`; without it, no line is read
    Out:  event.dataset names the format that requires most among those whose required columns the header names
    Law:  what a line gives depends on it, its header, the formats and the clock alone
    """
    names = names_of(want)
    none = pl.Series([False]).new_from_index(0, lines.height)
    empty = pl.DataFrame(schema={name: EVENTS[name] for name in (*LINES, "event.dataset", *names)})
    if COLUMN not in lines.columns:
        return Read(none, empty)
    rows = lines.with_row_index("_row").filter(
        pl.col(COLUMN).is_not_null() & ~pl.col("event.original").str.starts_with("#")
    )
    ways = {text: _way(head_of(text), formats, names) for text in rows[COLUMN].unique()}
    read = _at_once if len(ways) <= _AT_ONCE else _one_by_one
    parts = [
        _events(fmt, part, names, clock)
        for fmt, part in read(rows, {text: way for text, way in ways.items() if way is not None})
        if part.height
    ]
    if not parts:
        return Read(none, empty)
    found = parts[0] if len(parts) == 1 else pl.concat(parts).sort("_row")
    return Read(none.scatter(found["_row"], values=True), found.drop("_row"))


def _way(head: Head, formats: Sequence[Format], names: Sequence[str]) -> _Way | None:
    """None: no format is for such columns."""
    at = {name: number for number, name in reversed(list(enumerate(head.names)))}
    there = at.keys() | ({"date"} if head.date else set())
    ranked = sorted(formats, key=lambda fmt: (-len(fmt.requires), fmt.order, fmt.id))
    fits = (fmt for fmt in ranked if all(not there.isdisjoint(need.split("|")) for need in fmt.requires))
    fmt = next(fits, None)
    if fmt is None:
        return None
    keys = {key for column in fmt.columns if column.name in names for key in column.keys}
    times = frozenset(key for column in fmt.columns if column.name == "@timestamp" for key in column.keys)
    wanted = {name: at[name] for name in dict.fromkeys(head.names) if name in keys | times or FIELDS in names}
    return _Way(head, fmt, wanted, times)


_Texts = list[tuple[Format, pl.DataFrame]]  # of each format: LINES, _row, `=name` for each column of the log


def _at_once(rows: pl.DataFrame, ways: Mapping[str, _Way]) -> _Texts:
    found: dict[str, tuple[Format, list[pl.DataFrame]]] = {}
    for text, way in ways.items():
        under = rows if len(ways) == 1 else rows.filter(pl.col(COLUMN) == text)
        for separator, part in _by_separator(under, way.head.separator):
            hit, texts = cut(part["event.original"], separator, len(way.head.names), list(way.wanted.values()))
            texts.columns = [f"={name}" for name in way.wanted]
            whole = pl.concat([part.filter(hit).drop(COLUMN), texts], how="horizontal")
            found.setdefault(way.fmt.id, (way.fmt, []))[1].append(_timely(whole, way))
    return [(fmt, pl.concat(parts, how="diagonal").sort("_row")) for fmt, parts in found.values()]


def _by_separator(under: pl.DataFrame, separator: str) -> list[tuple[str, pl.DataFrame]]:
    """Names parted by blanks may stand above lines parted by tabs, as those of CloudFront do."""
    if separator != " ":
        return [(separator, under)]
    tabbed = under["event.original"].str.contains("\t", literal=True)
    if tabbed.any():
        return [("\t", under.filter(tabbed)), (" ", under.filter(~tabbed))]
    return [(" ", under)]


def _timely(texts: pl.DataFrame, way: _Way) -> pl.DataFrame:
    """The lines with digits where the header says that a time is; a date told by the header put beside them."""
    times = [f"={name}" for name in way.wanted if name in way.times]
    kept = texts.filter(pl.all_horizontal(pl.col(name).str.contains(_BEGINS) for name in times)) if times else texts
    return kept.with_columns(pl.lit(way.head.date).alias("=date")) if way.head.date else kept


def _one_by_one(rows: pl.DataFrame, ways: Mapping[str, _Way]) -> _Texts:
    """The same; slower on many lines, faster on few lines with a header each."""
    found: dict[str, tuple[Format, list[dict[str, object]]]] = {}
    for row in rows.iter_rows(named=True):
        way = ways.get(row.pop(COLUMN))
        if way is None:
            continue
        line, separator = row["event.original"], way.head.separator
        if separator == " " and "\t" in line:
            separator = "\t"
        pieces = cut_line(line, separator, len(way.head.names))
        if pieces is None or not all(
            "0" <= pieces[number][:1] <= "9" for name, number in way.wanted.items() if name in way.times
        ):
            continue
        texts = {f"={name}": pieces[number] for name, number in way.wanted.items()}
        if way.head.date:
            texts["=date"] = way.head.date
        found.setdefault(way.fmt.id, (way.fmt, []))[1].append(row | texts)
    return [(fmt, _frame(parts, rows)) for fmt, parts in found.values()]


def _frame(parts: Sequence[Mapping[str, object]], rows: pl.DataFrame) -> pl.DataFrame:
    texts = dict.fromkeys(name for part in parts for name in part if name.startswith("="))
    schema = {
        **{name: kind for name, kind in rows.schema.items() if name != COLUMN},
        **dict.fromkeys(texts, pl.String()),
    }
    return pl.DataFrame(parts, schema=schema)


def _events(fmt: Format, texts: pl.DataFrame, names: Sequence[str], clock: Clock) -> pl.DataFrame:
    there = {name[1:]: pl.col(name) for name in texts.columns if name.startswith("=")}
    dataset = pl.lit(fmt.id).alias("event.dataset")
    events = texts.select("_row", *LINES, dataset, *columns_of([fmt], names, there, clock))
    return events.with_columns(_rest(texts, fmt)) if FIELDS in names else events


def _rest(texts: pl.DataFrame, fmt: Format) -> pl.Series:
    """What no column of the format takes, as JSON text."""
    used = {f"={key}" for column in fmt.columns for key in column.keys}
    left = texts.select(name for name in texts.columns if name.startswith("=") and name not in used)
    names, nothing = [name[1:] for name in left.columns], {None, *fmt.null_values}
    found = [{name: text for name, text in zip(names, row, strict=True) if text not in nothing} for row in left.rows()]
    plain = [json.dumps(pairs, ensure_ascii=False, separators=(",", ":")) if pairs else None for pairs in found]
    return pl.Series(FIELDS, plain or [None] * texts.height, dtype=pl.String())
