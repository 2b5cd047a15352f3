"""Some of the successes, whole enough to compare failures with: a sample that does not depend on how a log is cut."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logscan.analysis.traits import Traits, with_traits
from logscan.analysis.visits import principal
from logscan.model.schemas import LET_IN, OUTCOMES

_OK = OUTCOMES.index("ok")
_MIX = tuple(np.uint64(odd) for odd in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xD6E8FEB86659FD93))
_TIED = np.uint64((1 << 24) - 1)  # the bits of a rank that the line's own text gives
_LAST = np.uint64((1 << 64) - 1)
_KEPT = ("@timestamp", "client", "user", "endpoint")
_PLACE = ("logscan.line", "log.offset")
_READER = "event.dataset"


def picked(narrow: pl.DataFrame, visits: pl.DataFrame, most: int) -> pl.DataFrame:
    """The successes that may be among the `most` lowest of the whole log.

    In:  narrow: events; visits: VISITS, in the same row order
    Out: logscan.line, log.offset, event.dataset, rank, and what LET_IN shares with VISITS
    Law: who came when and where, and the line itself, give the rank; so what is left of all chunks is what would be
         left of one
    """
    good = ((visits["outcome"] == _OK) & (visits["endpoint"] != 0)).to_numpy()
    ranks = np.where(good, _mixed(visits, narrow["event.original"]), _LAST)
    low = good if int(good.sum()) <= most else ranks <= np.partition(ranks, most - 1)[most - 1]
    places = pl.Series(np.flatnonzero(low))
    tied = narrow["event.original"].gather(places).hash(0).to_numpy() | ~_TIED
    found = [
        narrow.select(*_PLACE, _READER)[places],
        visits.select(_KEPT)[places],
        pl.DataFrame({"rank": ranks[low] & tied}),
    ]
    return pl.concat(found, how="horizontal").sort("rank").head(most)


def _mixed(visits: pl.DataFrame, lines: pl.Series) -> NDArray[np.uint64]:
    client, endpoint = (visits[name].to_numpy() for name in ("client", "endpoint"))
    moments = visits["@timestamp"].cast(pl.Int64).cast(pl.UInt64)
    if moments.null_count():  # without a time only the line tells requests of one client apart
        moments = moments.zip_with(moments.is_not_null(), lines.hash(0))
    at = moments.to_numpy()
    return np.asarray(((client * _MIX[0]) ^ (endpoint * _MIX[1]) ^ (at * _MIX[2])) * _MIX[0] | _TIED, dtype=np.uint64)


def as_let_in(picks: pl.DataFrame, whole: pl.DataFrame, traits: Traits, *also: str) -> pl.DataFrame:
    """In: whole: the events that were picked, with the columns that traits are read from. Out: LET_IN, and columns of
    picks that are asked for
    """
    texts = with_traits(whole, traits)
    told = pl.concat(
        [whole.select(_PLACE), texts.select(principal(name).alias(name) for name in texts.columns)], how="horizontal"
    )
    return picks.join(told, on=list(_PLACE), how="inner").select([*LET_IN, *also])


def lowest(frames: list[pl.DataFrame], most: int) -> pl.DataFrame:
    """One sample of several. Law: associative and commutative"""
    return pl.concat([LET_IN.to_frame(), *frames]).sort(list(LET_IN)).head(most)
