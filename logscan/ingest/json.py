"""Formats of kind `json`: lines that hold one JSON object each, read by the paths of their keys."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

import polars as pl

from logscan.ingest.json_decode import decode
from logscan.ingest.json_paths import Plan, plan
from logscan.ingest.json_rest import rests
from logscan.ingest.keyed import FIELDS, columns_of, groups_of, names_of
from logscan.ingest.shape import Format, Read
from logscan.ingest.when import Clock
from logscan.model.schemas import EVENTS, LINES


def read_json(lines: pl.DataFrame, formats: Sequence[Format], want: AbstractSet[str], clock: Clock) -> Read:
    """Read the lines that hold one JSON object which has the keys that one of the formats requires.

    In:   LINES; formats of kind json
    Out:  event.dataset names the format with the most requirements among those that are met. A column that it lacks
          or that is null in it is filled by the formats that require nothing
    Law:  what a line gives depends on that line, the formats, their order and the clock alone
    """
    ranked = sorted(formats, key=lambda fmt: -len(fmt.requires))
    open_to_all = [fmt for fmt in ranked if not fmt.requires]
    ways = {fmt.id: [fmt, *(f for f in open_to_all if f is not fmt)] for fmt in ranked}
    names = names_of(want)
    ready = _plan(ranked, frozenset(names) - {FIELDS})
    read = decode(lines["event.original"], ready)
    hit = read.hit
    found = pl.concat([lines if hit.all() else lines.filter(hit), read.values], how="horizontal")
    found = found.with_columns(_dataset(ranked, ready, frozenset(read.values.columns)).alias("event.dataset"))
    dataset = found["event.dataset"]
    if dataset.null_count():
        hit = hit.clone().scatter(hit.arg_true().filter(dataset.is_null()), values=False)
        found = found.filter(dataset.is_not_null())
    there = {path: str(n) for n, path in enumerate(ready.paths) if str(n) in found.columns}
    there = {path: name for path, name in there.items() if found[name].null_count() < found.height}
    parts = [
        _events(
            part, ways[part["event.dataset"][0]], names, {path: pl.col(name) for path, name in there.items()}, clock
        )
        for part in _by_dataset(found.with_row_index("_row"))
    ]
    if not parts:
        return Read(hit, pl.DataFrame(schema={n: EVENTS[n] for n in (*LINES, "event.dataset", *names)}))
    whole = parts[0] if len(parts) == 1 else pl.concat(parts).sort("_row")
    return Read(hit, whole.drop("_row"))


def _by_dataset(found: pl.DataFrame) -> list[pl.DataFrame]:
    ids = found["event.dataset"].unique()
    return [found] if len(ids) == 1 else [found.filter(pl.col("event.dataset") == name) for name in ids]


def _plan(formats: Sequence[Format], names: AbstractSet[str]) -> Plan:
    columns = [column for fmt in formats for column in fmt.columns]
    paths = dict.fromkeys(key for column in columns if column.name in names for key in column.keys)
    marks = dict.fromkeys(key for fmt in formats for need in fmt.requires for key in need.split("|"))
    known = dict.fromkeys(key for column in columns for key in column.keys)
    return plan(tuple(paths), tuple(marks), tuple(known))


def _dataset(formats: Sequence[Format], ready: Plan, there: AbstractSet[str]) -> pl.Expr:
    """The id of the first format whose requirements are met."""
    at = {path: pl.col(str(n)).is_not_null() for n, path in enumerate(ready.paths) if str(n) in there}
    chosen = pl.lit(None, pl.String())
    for fmt in reversed(formats):
        needs = [[at[key] for key in need.split("|") if key in at] for need in fmt.requires]
        if all(needs):
            met = [pl.any_horizontal(choices) for choices in needs]
            chosen = pl.when(pl.all_horizontal(met)).then(pl.lit(fmt.id)).otherwise(chosen) if met else pl.lit(fmt.id)
    return chosen


def _events(
    part: pl.DataFrame, formats: Sequence[Format], names: Sequence[str], there: dict[str, pl.Expr], clock: Clock
) -> pl.DataFrame:
    """Rows of one dataset; `formats`: its own, then those that fill its gaps."""
    events = part.select("_row", *LINES, "event.dataset", *columns_of(formats, names, there, clock))
    if FIELDS not in names:
        return events
    groups = groups_of(formats)
    return events.with_columns(pl.Series(FIELDS, rests(part["event.original"], groups), dtype=pl.String))
