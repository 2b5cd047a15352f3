"""Questions to visits that are too many to hold: each reads the files once and keeps little."""

from collections.abc import Sequence
from copy import copy
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logscan.analysis.crowd import Crowd, coded_visits
from logscan.analysis.failures import SECOND
from logscan.analysis.held import BINS, ROUTE_BINS
from logscan.analysis.successes import NO_SUCCESS, Answered, Clients, Successes, as_successes, first_answers
from logscan.model.schemas import OUTCOMES

_OK, _FAILED, _ERROR, _OTHER = (OUTCOMES.index(name) for name in ("ok", "auth_failure", "error", "other"))
_T = pl.col("@timestamp").cast(pl.Int64)
_TOLD = ("client", "endpoint", "outcome", "status")
_DECIDED = (pl.col("outcome") == _OK) | (pl.col("outcome") == _FAILED)
# Both are hashes: one number of the two tells pairs apart as well as they do, and is found much faster.
_ODD = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F)
_PAIR = pl.col("client") ^ (pl.col("endpoint") * pl.lit(_ODD[0], pl.UInt64()))


class Stored:
    """See Activity."""

    def __init__(
        self, visits: pl.LazyFrame, routes: Sequence[int], *, count: int, rows: int, first: float, last: float
    ) -> None:
        self.visits, self.rows, self.first, self.last = visits, rows, first, last
        self.every = -(-count // rows)
        self.protected = pl.col("endpoint").is_in(pl.Series(sorted(routes), dtype=pl.UInt64()).implode())
        self._by_route: dict[int, pl.DataFrame] = {}

    def successes_of(self, key: str, ids: Sequence[int]) -> pl.DataFrame:
        wanted = pl.Series(sorted(ids), dtype=pl.UInt64()).implode()
        found = self.visits.filter(pl.col("outcome") == _OK, pl.col(key).is_in(wanted), self.protected)
        found = found.select(pl.col(key).alias("id"), "endpoint", t=_T).drop_nulls("t")
        width = max(SECOND, int((self.last - self.first) * SECOND * len(ids) / self.rows))
        return _binned(found, ["id", "endpoint"], width).select("id", "endpoint", "first", "last", "n")

    def on_route(self, route: int) -> Successes:
        if not self._by_route:
            found = self._successes(self.protected)
            width = max(1, int((self.last - self.first) * SECOND / ROUTE_BINS))
            parts = _binned(found, ["endpoint"], width).partition_by("endpoint", as_dict=True, include_key=False)
            self._by_route = {int(name[0]): part for name, part in parts.items()}
        return as_successes(self._by_route[route]) if route in self._by_route else NO_SUCCESS

    def at_all(self, *, nobody: bool) -> Successes:
        width = max(1, int((self.last - self.first) * SECOND / BINS))
        return as_successes(_binned(self._successes(pl.col("client") == 0 if nobody else self.protected), [], width))

    def _successes(self, where: pl.Expr) -> pl.LazyFrame:
        return self.visits.filter(pl.col("outcome") == _OK, where).select("endpoint", t=_T).drop_nulls("t")

    def clients(self, ids: NDArray[np.uint64]) -> Clients:
        wanted = pl.LazyFrame({"client": pl.Series(ids, dtype=pl.UInt64())})
        ok = pl.col("outcome") == _OK
        # A part of the clients at a time: to count different routes, all pairs must be held.
        times = -(-self.every // 2)
        parts = [
            self.visits.filter(pl.col("client") % times == at)
            .join(wanted, on="client", how="semi")
            .group_by(id="client")
            .agg(
                ok=ok.sum(),
                errors=pl.col("outcome").is_in([_ERROR, _OTHER]).sum(),
                asked=pl.len(),
                protected_ok=(ok & self.protected).sum(),
                first_ok=_T.filter(ok & self.protected).min() / SECOND,
                last_ok=_T.filter(ok & self.protected).max() / SECOND,
                paths=pl.col("endpoint").n_unique(),
            )
            .collect(engine="streaming")
            for at in range(times)
        ]
        return Clients.of(ids, pl.concat(parts))

    def answered(self, failures: pl.DataFrame, within_s: float) -> Answered:
        width, keys = int(within_s * SECOND), ["client", "endpoint"]
        asked = failures.filter(pl.col("client_id") != 0).drop_nulls("t")
        asked = asked.select("row", "t", client="client_id", endpoint="endpoint_id")
        slot = (pl.col("t") // width).cast(pl.UInt64) * pl.lit(_ODD[1], pl.UInt64())
        after = (pl.col("t") // width + 1).cast(pl.UInt64) * pl.lit(_ODD[1], pl.UInt64())
        slots = pl.concat([asked.select(_PAIR ^ slot), asked.select(_PAIR ^ after)]).to_series().unique().implode()
        found = self.visits.filter(pl.col("outcome") == _OK).select(*keys, t=_T).drop_nulls("t")
        near = found.filter((_PAIR ^ slot).is_in(slots))
        answers = first_answers(asked, near.collect(engine="streaming"), width)
        return Answered(answers, self._successes_on(failures))

    def _successes_on(self, failures: pl.DataFrame) -> pl.DataFrame:
        pairs = failures.filter(pl.col("client_id") != 0).select(client="client_id", endpoint="endpoint_id")
        wanted = pairs.select(_PAIR.unique()).to_series().implode()
        found = self.visits.filter(pl.col("outcome") == _OK, _PAIR.is_in(wanted))
        return found.group_by(client_id="client").agg(ok=pl.len()).collect(engine="streaming")

    @cached_property
    def crowd(self) -> Crowd:
        mine = self.visits.filter(self.protected, pl.col("client") != 0, self.sampled(), _DECIDED)
        asked = mine.select("client", "endpoint", t=_T, ok=pl.col("outcome") == _OK).drop_nulls("t")
        return Crowd(coded_visits(asked.collect(engine="streaming")), self.every)

    def without(self, clients: NDArray[np.uint64]) -> "Stored":
        rest = copy(self)
        rest.__dict__.pop("crowd", None)
        rest.visits = self.visits.filter(~pl.col("client").is_in(pl.Series(clients, dtype=pl.UInt64()).implode()))
        return rest

    def active(self, asked: Sequence[tuple[float, float, int | None]]) -> list[int]:
        if not asked:
            return []
        wanted = []  # one pass over the visits for all questions
        for at, (start, end, route) in enumerate(asked):
            inside = (max(start, self.first - 1) * SECOND <= _T) & (min(end, self.last + 1) * SECOND > _T)
            there = self.protected if route is None else pl.col("endpoint") == route
            wanted.append((inside & there).any().alias(str(at)))
        found = self.visits.filter(_DECIDED, pl.col("client") != 0).group_by("client").agg(wanted)
        counts = found.select(pl.exclude("client").sum()).collect(engine="streaming")
        return [int(count or 0) for count in counts.row(0)]

    def let_in(self, key: str, ids: Sequence[int]) -> pl.DataFrame:
        mine = self._of(key, ids).filter(pl.col("outcome") == _OK)
        where = mine.select(pl.col(key).alias("id"), "client", "endpoint", "site")
        return where.group_by(where.collect_schema().names()).agg(n=pl.len()).collect(engine="streaming")

    def turned_away(self, ids: Sequence[int], statuses: Sequence[int]) -> pl.DataFrame:
        refused = (pl.col("outcome") == _FAILED) | pl.col("status").is_in(list(statuses))
        told = self._of("client", ids).filter(refused).select(_T.alias("t"), *_TOLD)
        return told.collect(engine="streaming").sort("t", *_TOLD)

    def _of(self, key: str, ids: Sequence[int]) -> pl.LazyFrame:
        wanted = pl.Series(sorted(ids), dtype=pl.UInt64()).implode()
        return self.visits.filter(pl.col(key).is_in(wanted)).drop_nulls("@timestamp")

    def named_share(self, route: int) -> float | None:
        there = self.visits.filter(pl.col("outcome") == _OK, pl.col("endpoint") == route)
        named: float | None = there.select((pl.col("user") != 0).mean()).collect(engine="streaming").item()
        return named

    def share(self, route: int) -> float:
        named = pl.col("endpoint") != 0
        return float(self.visits.filter(named).select((pl.col("endpoint") == route).mean()).collect().item() or 0.0)

    def sampled(self) -> pl.Expr:
        """Whether a client belongs to the crowd."""
        return pl.col("client") % self.every == 0


def _binned(found: pl.LazyFrame, keys: list[str], width: int) -> pl.DataFrame:
    binned = found.group_by(*keys, bin=pl.col("t") // width).agg(
        first=pl.col("t").min(), last=pl.col("t").max(), n=pl.len().cast(pl.Float64())
    )
    return binned.drop("bin").collect(engine="streaming")
