"""What the clients did besides failing: bounded questions to VISITS, which may be larger than memory."""

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logscan.analysis.crowd import Crowd
from logscan.analysis.failures import SECOND
from logscan.analysis.recurrence import Floats
from logscan.model.schemas import OUTCOMES

_OK, _FAILED, _ERROR = (OUTCOMES.index(name) for name in ("ok", "auth_failure", "error"))
_T = pl.col("@timestamp").cast(pl.Int64)
_DECIDED = (pl.col("outcome") == _OK) | (pl.col("outcome") == _FAILED)
# Both are hashes: one number of the two tells pairs apart as well as they do, and is found much faster.
_PAIR = pl.col("client") ^ (pl.col("endpoint") * pl.lit(0x9E3779B97F4A7C15, pl.UInt64()))
_NONE = np.zeros(0)
_BINS, _ROUTE_BINS = 20_000, 2_000  # of the log; for one route, coarser


class Successes(NamedTuple):
    """Times of successes, seconds, sorted; weight: how many stand for each."""

    t: Floats
    weight: Floats

    def within(self, start: float, end: float) -> float:
        """How many lie in [start, end)."""
        low, high = np.searchsorted(self.t, [start, end], side="left")
        return float(self.weight[low:high].sum())


NO_SUCCESS = Successes(_NONE, _NONE)


class Activity:
    """Answers about successes on protected routes: those that have refused somebody.

    Units: times in seconds since the epoch
    Law:   no answer holds more rows than `rows`, or than there are failing clients
    """

    def __init__(self, visits: pl.LazyFrame, routes: Sequence[int], *, rows: int, first: float, last: float) -> None:
        self.rows, self.first, self.last = rows, first, last
        self.count = int(visits.select(pl.len()).collect().item())
        self.every = max(1, -(-self.count // rows))  # one of so many clients is in the sample
        # Few enough to hold: the questions below then read memory, not files.
        self.visits = visits.collect().lazy() if self.count <= rows else visits
        self.protected = pl.col("endpoint").is_in(pl.Series(sorted(routes), dtype=pl.UInt64()).implode())

    def successes_of(self, key: str, ids: Sequence[int]) -> pl.DataFrame:
        """Successes of some clients or users on protected routes. Out: id, endpoint, first, last (microseconds), n."""
        wanted = pl.Series(sorted(ids), dtype=pl.UInt64()).implode()
        found = self.visits.filter(pl.col("outcome") == _OK, pl.col(key).is_in(wanted), self.protected)
        found = found.select(pl.col(key).alias("id"), "endpoint", t=_T).drop_nulls("t")
        if self.count <= self.rows:
            return found.select("id", "endpoint", first="t", last="t", n=pl.lit(1.0)).collect()
        width = max(SECOND, int((self.last - self.first) * SECOND * len(ids) / self.rows))
        bins = found.group_by("id", "endpoint", pl.col("t") // width)
        return (
            bins.agg(first=pl.col("t").min(), last=pl.col("t").max(), n=pl.len().cast(pl.Float64())).drop("t").collect()
        )

    def successes_by_route(self) -> pl.DataFrame:
        """All successes on protected routes, binned. As `successes_of`, id 0."""
        return self._binned(self.protected, ["endpoint"], _ROUTE_BINS)

    def successes_at_all(self, *, nobody: bool) -> pl.DataFrame:
        """The same for all routes together; or for lines that know no client, whatever the route."""
        return self._binned(pl.col("client") == 0 if nobody else self.protected, [], _BINS)

    def _binned(self, where: pl.Expr, keys: list[str], bins: int) -> pl.DataFrame:
        width = max(1, int((self.last - self.first) * SECOND / bins))
        found = self.visits.filter(pl.col("outcome") == _OK, where).select("endpoint", t=_T).drop_nulls("t")
        binned = found.group_by(*keys, bin=pl.col("t") // width).agg(
            first=pl.col("t").min(), last=pl.col("t").max(), n=pl.len().cast(pl.Float64())
        )
        return binned.select(*keys, "first", "last", "n").collect()

    def clients(self, ids: NDArray[np.uint64]) -> pl.DataFrame:
        """One row per client: ok, errors, asked (everywhere), protected_ok, first_ok, last_ok (seconds), paths."""
        wanted = pl.LazyFrame({"client": pl.Series(np.unique(ids), dtype=pl.UInt64())})
        ok = pl.col("outcome") == _OK
        return (
            self.visits.join(wanted, on="client", how="semi")
            .group_by("client")
            .agg(
                ok=ok.sum(),
                errors=(pl.col("outcome") == _ERROR).sum(),
                asked=pl.len(),
                protected_ok=(ok & self.protected).sum(),
                first_ok=_T.filter(ok & self.protected).min() / SECOND,
                last_ok=_T.filter(ok & self.protected).max() / SECOND,
                paths=pl.col("endpoint").n_unique(),
            )
            .sort("client")
            .collect()
        )

    def answers(self, failures: pl.DataFrame, within_s: float) -> pl.DataFrame:
        """The first success of the same client and route at most within_s after each failure. Out: row, answer (us).

        Law: holds only the successes of the time slots in which one could be
        """
        width, keys = int(within_s * SECOND), ["client", "endpoint"]
        asked = failures.filter(pl.col("client_id") != 0).drop_nulls("t")
        asked = asked.select("row", "t", client="client_id", endpoint="endpoint_id").sort("t", "row")
        slot = pl.col("t") // width
        slots = pl.concat([asked.select(*keys, slot=slot), asked.select(*keys, slot=slot + 1)]).unique()
        found = self.visits.filter(pl.col("outcome") == _OK).select(*keys, t=_T).drop_nulls("t")
        near = found.with_columns(slot=slot).join(slots.lazy(), on=[*keys, "slot"], how="semi").collect()
        near = near.select(*keys, "t", answer="t").sort("t")
        paired = asked.join_asof(near, on="t", by=keys, strategy="forward", tolerance=width, check_sortedness=False)
        return paired.drop_nulls("answer").select("row", "answer")

    def successes_on(self, failures: pl.DataFrame) -> pl.DataFrame:
        """Successes of each client on the routes where it failed. Out: client_id, ok."""
        pairs = failures.filter(pl.col("client_id") != 0).select(client="client_id", endpoint="endpoint_id")
        found = self.visits.filter(pl.col("outcome") == _OK, _PAIR.is_in(pairs.select(_PAIR.unique().implode()).item()))
        return found.group_by(client_id="client").agg(ok=pl.len()).collect()

    @cached_property
    def crowd(self) -> Crowd:
        """Who was active on protected routes; a sample of the clients when there are too many visits."""
        known = self.visits.filter(self.protected, pl.col("client") != 0, self.sampled("client"), _DECIDED)
        asked = known.select("client", "endpoint", t=_T, ok=pl.col("outcome") == _OK).drop_nulls("t").collect()
        return Crowd(asked, self.every)

    def active(self, asked: Sequence[tuple[float, float, int | None]]) -> list[int]:
        """How many clients were active on protected routes in each [start, end), on one of them when it is given."""
        if not asked:
            return []
        if self.every == 1:
            return [self.crowd.active(*question) for question in asked]
        client = pl.col("client").filter  # one pass over the visits for all questions
        counts = []
        for at, (start, end, route) in enumerate(asked):
            inside = (max(start, self.first - 1) * SECOND <= _T) & (min(end, self.last + 1) * SECOND > _T)
            there = self.protected if route is None else pl.col("endpoint") == route
            counts.append(client(inside, there).n_unique().alias(str(at)))
        found = self.visits.filter(_DECIDED, pl.col("client") != 0)
        return [int(count) for count in found.select(counts).collect().row(0)]

    def sampled(self, column: str) -> pl.Expr:
        """Whether a client belongs to the sample."""
        return pl.lit(value=True) if self.every == 1 else pl.col(column) % self.every == 0


def as_successes(rows: pl.DataFrame) -> Successes:
    """Binned rows as points: the first success of a bin stands for all but the last one."""
    if rows.is_empty():
        return NO_SUCCESS
    first, last, n = (rows[name].to_numpy() for name in ("first", "last", "n"))
    several = n > 1
    t = np.concatenate((first, last[several])) / SECOND
    weight = np.concatenate((np.where(several, n - 1, 1.0), np.ones(int(several.sum()))))
    order = np.argsort(t, kind="stable")
    return Successes(t[order], weight[order])
