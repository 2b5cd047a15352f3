"""Who asked for what, and how much of it failed: clients and endpoints with most failures, and their requests."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logscan.analysis.failures import NO_TIME, SECOND, Columns
from logscan.analysis.unit import Rows
from logscan.model.schemas import OUTCOMES

_MOST = {"client": 20, "endpoint": 12}
_PARTS = 60  # of the time that is covered, at most
_LENGTHS = (60, 300, 600, 1800, 3600, 7200, 21_600, 43_200, 86_400, 604_800)  # seconds, of a part
_OK, _FAILED, _ERROR = (OUTCOMES.index(name) for name in ("ok", "auth_failure", "error"))
_T = pl.col("@timestamp").cast(pl.Int64)


class Asked(NamedTuple):
    """clients, endpoints  those with most failures, most first

    failed, requests  a row for each client, in it a number for each endpoint
    parts             the same of lists: the requests by part of the time; those without a time in none
    start, part_s     when the first part begins, seconds since the epoch, and how long each is
    others            failures of other clients and endpoints, or without either
    """

    clients: tuple[str, ...]
    endpoints: tuple[str, ...]
    failed: tuple[tuple[int, ...], ...]
    requests: tuple[tuple[int, ...], ...]
    parts: tuple[tuple[tuple[int, ...], ...], ...]
    start: int
    part_s: int
    others: int


def asked_by(
    columns: Columns | None,
    members: Sequence[Rows],
    real: Sequence[bool],
    visits: pl.LazyFrame,
    covered: tuple[datetime | None, datetime | None],
) -> Asked | None:
    """Failures and requests by client and endpoint.

    In:   columns and members as `Built` has them; real: of each finding, whether it is no normal challenge;
          visits: VISITS; covered: first and last event
    Out:  None when no failure names both
    Law:  failed <= requests: every failure is a request, once, though two logs may tell of it; what did not fail is
          counted by the lines that know a status, where none does by those that tell how it went
    """
    rows = np.concatenate([np.zeros(0, dtype=np.int64), *members])
    if columns is None or not rows.size:
        return None
    frame = pl.DataFrame(
        {
            "client": columns["client"].codes[rows].astype(np.int64),
            "endpoint": columns["endpoint"].codes[rows].astype(np.int64),
            "t": columns.t[rows],
            "bad": np.repeat(np.asarray(list(real), dtype=bool), [part.size for part in members]),
        }
    )
    bad = frame.filter(pl.col("bad"))
    known = bad.filter(pl.col("client") >= 0, pl.col("endpoint") >= 0)
    if known.is_empty():
        return None
    most = {name: _first(known[name], limit) for name, limit in _MOST.items()}
    axis = _axis(covered)
    inside = [pl.col(name).is_in(codes) for name, codes in most.items()]
    parts = _parts(pl.when(pl.col("t") != NO_TIME).then(pl.col("t")), axis)
    mine = frame.filter(inside).select(*most, "bad", part=parts)
    failed = _table(mine.filter(pl.col("bad")), most, axis).sum(axis=2)
    asked = _table(mine, most, axis) + _answered(visits, columns, most, axis)
    clients, endpoints = (
        tuple(columns[name].texts.cast(pl.String()).gather(codes).to_list()) for name, codes in most.items()
    )
    tables = _tuples(failed), _tuples(asked.sum(axis=2)), _tuples(asked[:, :, :-1])
    return Asked(clients, endpoints, *tables, axis[0], axis[1], bad.height - int(failed.sum()))


def _first(codes: pl.Series, most: int) -> list[int]:
    """The most frequent, ties by their place among the sorted texts."""
    counted = codes.alias("code").value_counts().sort("count", "code", descending=[True, False])
    return [int(code) for code in counted["code"].head(most)]


def _axis(covered: tuple[datetime | None, datetime | None]) -> tuple[int, int, int]:
    """Where the parts begin, how long each is, and how many there are."""
    first, last = (int(moment.timestamp()) if moment else 0 for moment in covered)
    long = next((each for each in _LENGTHS if last // each - first // each < _PARTS), 0)
    long = long or -(-(last - first + 1) // (_PARTS - 1))
    return first // long * long, long, last // long - first // long + 1


def _parts(t: pl.Expr, axis: tuple[int, int, int]) -> pl.Expr:
    """Which part a time is in; behind all parts when there is none."""
    start, long, parts = axis
    return ((t // SECOND - start) // long).clip(0, parts - 1).fill_null(parts)


def _table(found: pl.DataFrame, most: dict[str, list[int]], axis: tuple[int, int, int]) -> NDArray[np.int64]:
    """In: client and endpoint (codes), part; n: how many, one a row without it"""
    shape = (len(most["client"]), len(most["endpoint"]), axis[2] + 1)
    at = [found[name].replace_strict(codes, range(len(codes))).to_numpy() for name, codes in most.items()]
    out: NDArray[np.int64] = np.zeros(shape, dtype=np.int64)
    np.add.at(out, (*at, found["part"].to_numpy()), found["n"].to_numpy() if "n" in found.columns else 1)
    return out


def _answered(
    visits: pl.LazyFrame, columns: Columns, most: dict[str, list[int]], axis: tuple[int, int, int]
) -> NDArray[np.int64]:
    """What did not fail."""
    ids = {name: pl.Series(columns.ids(name)[codes], dtype=pl.UInt64()) for name, codes in most.items()}
    mine = visits.filter(
        pl.col("outcome") != _FAILED, *(pl.col(name).is_in(each.implode()) for name, each in ids.items())
    )
    counted = mine.group_by("client", "endpoint", part=_parts(_T, axis)).agg(
        known=(pl.col("status") != 0).sum(), told=pl.col("outcome").is_in([_OK, _ERROR]).sum()
    )
    found = counted.collect(engine="streaming").with_columns(
        pl.col(name).replace_strict(each, most[name], return_dtype=pl.Int64()) for name, each in ids.items()
    )
    known, told = (_table(found.with_columns(n=pl.col(name)), most, axis) for name in ("known", "told"))
    return np.where(known.any(axis=2, keepdims=True), known, told)


def _tuples(numbers: NDArray[np.int64]) -> Any:
    return tuple(map(_tuples, numbers)) if numbers.ndim > 1 else tuple(numbers.tolist())
