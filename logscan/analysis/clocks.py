"""How far the clocks of two logs are apart: told by pairs of lines that speak of one request."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logscan.analysis.failures import SECOND
from logscan.analysis.measures import Measures
from logscan.model.finding import ClockOffset

_DENSE = 40  # lines of one client and route of one log, beyond which pairing each with each says nothing
_PAIRS = 4_000_000  # pairs that are looked at, at most: those of the rarest clients and routes first

Ints = NDArray[np.int64]


def clock_offsets(lines: pl.DataFrame, by_id: pl.DataFrame, measures: Measures) -> tuple[ClockOffset, ...]:
    """The offsets between the clocks of logs, as far as pairs of lines support one.

    In:    lines: t (microseconds), clock, bare (Boolean), client, endpoint; by_id: one, other (clocks), ahead
           (microseconds, the other's time less the one's), of pairs that share an id
    Out:   for two clocks at most one, by their names; `one` is of the lines that lack a reason
    Law:   the median of the differences near the most frequent one; none when another one is nearly as frequent, or
           when too few pairs support it; the result does not depend on row order
    Units: seconds
    """
    found = {(o.one, o.other): o for o in _from_pairs(by_id, measures, "request id")}
    for keys, by in ((("client", "endpoint"), "client and path"), (("client",), "client")):
        for offset in _from_pairs(_dense_pairs(lines, keys, measures), measures, by):
            found.setdefault((offset.one, offset.other), offset)
    return tuple(found[key] for key in sorted(found))


def shifts(offsets: Sequence[ClockOffset], weight: Mapping[str, int]) -> dict[str, float]:
    """What to add to the times of each clock so that all agree; clocks that nothing links are left as they are.

    In:    weight: lines of each clock; of clocks that are linked, the heaviest is left as it is
    Law:   the best supported offsets count first, so that a doubtful one never overrules them
    Units: seconds
    """
    near: dict[str, list[tuple[int, str, float]]] = {}
    for each in offsets:
        near.setdefault(each.one, []).append((each.pairs, each.other, -each.seconds))
        near.setdefault(each.other, []).append((each.pairs, each.one, each.seconds))
    found: dict[str, float] = {}
    for start in sorted(near, key=lambda clock: (-weight.get(clock, 0), clock)):
        if start in found:
            continue
        found[start] = 0.0
        while True:
            reach = [
                (-pairs, other, found[clock] + ahead)
                for clock in sorted(found)
                for pairs, other, ahead in near.get(clock, ())
                if other not in found
            ]
            if not reach:
                break
            _, clock, shift = min(reach)
            found[clock] = shift
    return found


def _dense_pairs(lines: pl.DataFrame, keys: Sequence[str], measures: Measures) -> pl.DataFrame:
    """All pairs of a bare and a telling line that are alike in `keys` in two logs, as far as they are few enough.

    By the client alone: only telling lines that name no route.
    """
    keys = [*keys]
    known = lines.drop_nulls(["t", "clock", *keys])
    if "endpoint" not in keys:
        known = known.filter(pl.col("bare") | pl.col("endpoint").is_null())
    known = known.select("t", "clock", "bare", *keys)
    known = known.filter(pl.len().over([*keys, "clock", "bare"]) <= _DENSE)
    one = known.filter("bare").select(*keys, one="clock", here="t")
    other = known.filter(~pl.col("bare")).select(*keys, other="clock", there="t")
    sizes = one.group_by(keys).len("a").join(other.group_by(keys).len("b"), on=keys, how="inner")
    sizes = sizes.sort(pl.col("a") * pl.col("b"), *keys)
    kept = sizes.filter((pl.col("a").cast(pl.UInt64) * pl.col("b")).cum_sum() <= _PAIRS).select(keys)
    pairs = (
        one.join(kept, on=keys, how="semi").join(other, on=keys, how="inner").filter(pl.col("one") != pl.col("other"))
    )
    ahead = pl.col("there") - pl.col("here")
    near = pairs.filter(ahead.abs() <= int(measures.clock_reach_s * SECOND))
    return near.select("one", "other", ahead=ahead, told=pl.struct("there", *keys).hash(0))


def _from_pairs(pairs: pl.DataFrame, measures: Measures, by: str) -> list[ClockOffset]:
    found = []
    if pairs.is_empty():
        return []
    for (one, other), part in sorted(pairs.partition_by("one", "other", as_dict=True).items()):
        values = part.sort("ahead", "told")
        best = _mode(values["ahead"].to_numpy(), values["told"].to_numpy(), measures)
        if best is not None:
            found.append(ClockOffset(str(one), str(other), *best, by))
    return found


def _mode(ahead: Ints, told: NDArray[np.uint64], measures: Measures) -> tuple[float, int] | None:
    """The median of the differences in the window that holds most pairs, and how many telling lines it holds.

    In:  ahead: ascending
    """
    width = int(measures.reason_s * SECOND)
    ends = np.searchsorted(ahead, ahead + width, side="right")
    counts = ends - np.arange(ahead.size)
    enough = measures.clock_lead_share * int(counts.max())
    if np.searchsorted(ahead, width, side="right") - np.searchsorted(ahead, -width) >= enough:
        return None  # clocks that agree explain as much
    # What comes at a beat fits one beat later nearly as well: then only a small difference is believed.
    rivals = np.flatnonzero(counts >= enough)
    one = ahead[rivals[-1]] - ahead[rivals[0]] <= 2 * width
    first = int(np.argmax(counts)) if one else int(rivals[np.argmin(np.abs(ahead[rivals]))])
    inside = slice(first, int(ends[first]))
    middle = float(np.median(ahead[inside])) / SECOND
    support = int(np.unique(told[inside]).size)
    if support < measures.clock_pairs or support < measures.clock_share * np.unique(told).size:
        return None
    return None if not one and abs(middle) > measures.clock_near_s else (round(middle, 3), support)
