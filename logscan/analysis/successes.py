"""What is known of those who fail: when they were let in, and what else they asked for."""

from typing import NamedTuple, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logscan.analysis.failures import SECOND
from logscan.analysis.recurrence import Floats

_NONE = np.zeros(0)
_WHOLE = ("asked", "errors", "ok", "protected_ok", "paths")


class Successes(NamedTuple):
    """Times of successes, seconds, sorted; weight: how many stand for each."""

    t: Floats
    weight: Floats

    def within(self, start: float, end: float) -> float:
        """How many lie in [start, end)."""
        low, high = np.searchsorted(self.t, [start, end], side="left")
        return float(self.weight[low:high].sum())


NO_SUCCESS = Successes(_NONE, _NONE)


def as_successes(rows: pl.DataFrame) -> Successes:
    """Binned rows (first, last: microseconds; n) as points: the first of a bin stands for all but the last one."""
    if rows.is_empty():
        return NO_SUCCESS
    first, last, n = (rows[name].to_numpy() for name in ("first", "last", "n"))
    several = n > 1
    t = np.concatenate((first, last[several])) / SECOND
    weight = np.concatenate((np.where(several, n - 1, 1.0), np.ones(int(several.sum()))))
    order = np.argsort(t, kind="stable")
    return Successes(t[order], weight[order])


class Clients(NamedTuple):
    """What clients did, everywhere and on protected routes; in the order in which they were asked for.

    asked is 0 of a client that is not known; first_ok and last_ok: seconds, of protected routes, nan when there is none
    """

    asked: NDArray[np.int64]
    errors: NDArray[np.int64]
    ok: NDArray[np.int64]
    protected_ok: NDArray[np.int64]
    paths: NDArray[np.int64]
    first_ok: Floats
    last_ok: Floats

    @classmethod
    def unknown(cls, size: int) -> Self:
        none, never = np.zeros(size, dtype=np.int64), np.full(size, np.nan)
        return cls(none, none, none, none, none, never, never)

    @classmethod
    def of(cls, ids: NDArray[np.uint64], found: pl.DataFrame) -> Self:
        """In: found: id, and a column for each of the above."""
        at = pl.DataFrame({"id": ids}).join(found, on="id", how="left", maintain_order="left")
        never = pl.col("first_ok", "last_ok").cast(pl.Float64).fill_null(float("nan"))
        whole = at.select(pl.col(_WHOLE).cast(pl.Int64).fill_null(0), never)
        return cls(**{name: whole[name].to_numpy() for name in cls._fields})


class Answered(NamedTuple):
    """answers: row, answer (microseconds), of the failures that were answered in time; successes: client_id, ok, of the
    clients of the failures on the routes where they failed.
    """

    answers: pl.DataFrame
    successes: pl.DataFrame


def first_answers(asked: pl.DataFrame, near: pl.DataFrame, width: int) -> pl.DataFrame:
    """The first success of the same client and route at most `width` microseconds after each failure.

    In:  asked: row, t, client, endpoint; near: t, client, endpoint, of the successes; any order
    Out: row, answer (microseconds), of those that have one
    """
    keys = ["client", "endpoint"]
    paired = asked.sort("t", "row").join_asof(
        near.select(*keys, "t", answer="t").sort("t"),
        on="t",
        by=keys,
        strategy="forward",
        tolerance=width,
        check_sortedness=False,
    )
    return paired.drop_nulls("answer").select("row", "answer")
