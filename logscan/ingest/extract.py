"""What a message says beyond its own field: status, address, user, error code."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

import polars as pl

from logscan.ingest.capture import narrowed
from logscan.ingest.convert import converted
from logscan.ingest.shape import Column, Extract
from logscan.ingest.when import Clock

_FEW = 64  # texts, of which each extract is asked for itself


def extracts_for(extracts: Sequence[Extract], want: AbstractSet[str]) -> tuple[Extract, ...]:
    """Those that fill a wanted column."""
    return tuple(e for e in extracts if not want.isdisjoint(e.columns))


def with_extracts(
    events: pl.DataFrame, extracts: Sequence[Extract], want: AbstractSet[str], clock: Clock
) -> pl.DataFrame:
    """Fill wanted columns that are null from the text of others, in the order of the list.

    In:  EVENTS columns, among them every wanted column and what the extracts look at
    Law: what was read before is never changed
    """
    useful = extracts_for(extracts, want)
    for on in dict.fromkeys(e.on for e in useful):
        chosen = [e for e in useful if e.on == on]
        worth = pl.col(on).is_not_null()
        needs = sorted({need for e in chosen for need in e.needs})
        if all(e.needs for e in chosen):
            worth = pl.col(on).str.contains_any(needs)
        mask = events.select(worth.fill_null(value=False)).to_series()
        if not mask.any():
            continue
        some = events if mask.all() else events.filter(mask)
        holding = _holding(some[on], needs) if some.height > _FEW else None
        for extract in chosen:
            some = _filled(some, extract, want, clock, holding)
        events = some if mask.all() else _put_back(events, some, mask, {n for e in chosen for n in e.columns} & want)
    return events


def _holding(texts: pl.Series, needs: Sequence[str]) -> Mapping[str, pl.Series]:
    """The rows in which each of the literals stands: one look for all, where most stand in few."""
    rows = pl.int_range(len(texts), dtype=pl.UInt32(), eager=True)
    found = pl.DataFrame({"row": rows, "need": texts.str.extract_many(list(needs), overlapping=True)})
    pairs = found.explode("need").drop_nulls()
    return {str(need): part["row"] for (need,), part in pairs.partition_by("need", as_dict=True).items()}


def _filled(
    events: pl.DataFrame,
    extract: Extract,
    want: AbstractSet[str],
    clock: Clock,
    holding: Mapping[str, pl.Series] | None,
) -> pl.DataFrame:
    """Look only where a column is open and a literal is there: most texts are asked for nothing."""
    names = [name for name in extract.columns if name in want]
    if not names:
        return events
    at = _open(events, names, _worth(events[extract.on], extract.needs, holding))
    if at.is_empty():
        return events
    groups = events[extract.on].gather(at).str.extract_groups(narrowed(extract.pattern, set(names))).struct.unnest()
    typed = groups.select(converted(pl.col(name), Column(name, (name,)), extract.null_values, clock) for name in names)
    return events.with_columns(_where_open(events[name], at, typed[name]) for name in names)


def _worth(texts: pl.Series, needs: Sequence[str], holding: Mapping[str, pl.Series] | None) -> pl.Series | None:
    """The rows that hold one of the literals, ascending; None: any may be worth a look."""
    if not needs:
        return None
    if holding is None:
        return texts.str.contains_any(list(needs)).fill_null(value=False).arg_true()
    rows = [holding[need] for need in needs if need in holding]
    return pl.concat(rows).unique().sort() if rows else pl.Series(dtype=pl.UInt32())


def _open(events: pl.DataFrame, names: Sequence[str], rows: pl.Series | None) -> pl.Series:
    """Those of the rows in which a column is null."""
    # Mostly a column is null in all rows or in none, which is known without a look at them.
    open_in = {name: nulls for name in names if (nulls := events[name].null_count())}
    if not open_in or (rows is not None and rows.is_empty()):
        return pl.Series(dtype=pl.UInt32())
    if max(open_in.values()) == events.height:
        return pl.int_range(events.height, dtype=pl.UInt32(), eager=True) if rows is None else rows
    part = events.select(*open_in) if rows is None else events.select(*open_in)[rows]
    at = part.select(pl.any_horizontal(pl.all().is_null()).arg_true()).to_series()
    return at if rows is None else rows.gather(at)


def _where_open(column: pl.Series, at: pl.Series, found: pl.Series) -> pl.Series:
    fresh = found.is_not_null() & column.gather(at).is_null()
    return column.clone().scatter(at.filter(fresh), found.filter(fresh)) if fresh.any() else column


def _put_back(events: pl.DataFrame, some: pl.DataFrame, mask: pl.Series, names: AbstractSet[str]) -> pl.DataFrame:
    at = mask.arg_true()
    return events.with_columns(events[name].scatter(at, some[name]) for name in sorted(names))
