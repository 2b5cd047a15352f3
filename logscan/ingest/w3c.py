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
    """What to read of the lines under one header: names of columns, and their numbers.

    texts   what fills columns of events
    times   those of them of which the time is made
    others  what no column takes; empty where nobody asks
    """

    head: Head
    fmt: Format
    texts: Mapping[str, int]
    times: Mapping[str, int]
    others: Mapping[str, int]

    def rest(self, pieces: Sequence[str]) -> str | None:
        """The others as JSON text, from the pieces that stand in their places."""
        nothing = self.fmt.null_values
        found = {name: piece for name, piece in zip(self.others, pieces, strict=True) if piece not in nothing}
        return json.dumps(found, ensure_ascii=False, separators=(",", ":")) if found else None


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
    choose = _Choice(formats, names)
    ways = {text: choose.way(head_of(text)) for text in rows[COLUMN].unique()}
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


class _Choice:
    """Which format reads the lines under a header."""

    def __init__(self, formats: Sequence[Format], names: Sequence[str]) -> None:
        ranked = sorted(formats, key=lambda fmt: (-len(fmt.requires), fmt.order, fmt.id))
        self._formats = [(fmt, [need.split("|") for need in fmt.requires]) for fmt in ranked]
        self._names = names
        self._keys = {fmt.id: _keys(fmt, names) for fmt in formats}
        self._times = {fmt.id: _keys(fmt, ["@timestamp"]) for fmt in formats}
        self._known = {fmt.id: _keys(fmt, None) for fmt in formats}

    def way(self, head: Head) -> _Way | None:
        """None: no format is for such columns."""
        at: dict[str, int] = {}
        for number, name in enumerate(head.names):
            at.setdefault(name, number)
        there = at.keys() | ({"date"} if head.date else set())
        fits = (fmt for fmt, needs in self._formats if not any(there.isdisjoint(need) for need in needs))
        fmt = next(fits, None)
        if fmt is None:
            return None
        times = {name: n for name, n in at.items() if name in self._times[fmt.id]}
        texts = times | {name: n for name, n in at.items() if name in self._keys[fmt.id]}
        others = {name: n for name, n in at.items() if FIELDS in self._names and name not in self._known[fmt.id]}
        return _Way(head, fmt, texts, times, others)


def _keys(fmt: Format, names: Sequence[str] | None) -> frozenset[str]:
    """The keys of some columns of events; without names, of all."""
    return frozenset(key for column in fmt.columns if names is None or column.name in names for key in column.keys)


_Texts = list[tuple[Format, pl.DataFrame]]  # of each format: LINES, _row, `=name` for each column of the log, FIELDS


def _at_once(rows: pl.DataFrame, ways: Mapping[str, _Way]) -> _Texts:
    found: dict[str, tuple[Format, list[pl.DataFrame]]] = {}
    for text, way in ways.items():
        under = rows if len(ways) == 1 else rows.filter(pl.col(COLUMN) == text)
        for separator, part in _by_separator(under, way.head.separator):
            places = list(dict.fromkeys([*way.texts.values(), *way.others.values()]))
            hit, pieces = cut(part["event.original"], separator, len(way.head.names), places)
            texts = pieces.select(pl.col(str(number)).alias(f"={name}") for name, number in way.texts.items())
            left = pieces.select(str(number) for number in way.others.values())
            rest = [way.rest(row) for row in left.rows()] if left.width else [None] * pieces.height
            whole = part.filter(hit).drop(COLUMN).with_columns(pl.Series(FIELDS, rest, dtype=pl.String()))
            found.setdefault(way.fmt.id, (way.fmt, []))[1].append(
                _timely(pl.concat([whole, texts], how="horizontal"), way)
            )
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
    times = [f"={name}" for name in way.times]
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
        if pieces is None or not all("0" <= pieces[number][:1] <= "9" for number in way.times.values()):
            continue
        texts: dict[str, str | None] = {f"={name}": pieces[number] for name, number in way.texts.items()}
        texts[FIELDS] = way.rest([pieces[number] for number in way.others.values()])
        if way.head.date:
            texts["=date"] = way.head.date
        found.setdefault(way.fmt.id, (way.fmt, []))[1].append(row | texts)
    return [(fmt, _frame(parts, rows)) for fmt, parts in found.values()]


def _frame(parts: Sequence[Mapping[str, object]], rows: pl.DataFrame) -> pl.DataFrame:
    texts = dict.fromkeys([FIELDS, *(name for part in parts for name in part if name.startswith("="))])
    schema = {
        **{name: kind for name, kind in rows.schema.items() if name != COLUMN},
        **dict.fromkeys(texts, pl.String()),
    }
    return pl.DataFrame(parts, schema=schema)


def _events(fmt: Format, texts: pl.DataFrame, names: Sequence[str], clock: Clock) -> pl.DataFrame:
    there = {name[1:]: pl.col(name) for name in texts.columns if name.startswith("=")}
    dataset = pl.lit(fmt.id).alias("event.dataset")
    events = texts.select(
        "_row", *LINES, dataset, *columns_of([fmt], names, there, clock), pl.col(FIELDS).alias("_rest")
    )
    return (events.with_columns(pl.col("_rest").alias(FIELDS)) if FIELDS in names else events).drop("_rest")
