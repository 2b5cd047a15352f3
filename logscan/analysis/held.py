"""Questions to visits that fit into memory: small numbers in time order, each looked at a few times."""

from collections.abc import Sequence
from copy import copy
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logscan.analysis.crowd import Asked, Crowd, coded
from logscan.analysis.failures import SECOND
from logscan.analysis.successes import NO_SUCCESS, Answered, Clients, Successes, as_successes, first_answers
from logscan.model.schemas import OUTCOMES

_OK, _FAILED, _ERROR, _OTHER = (OUTCOMES.index(name) for name in ("ok", "auth_failure", "error", "other"))
BINS, ROUTE_BINS = 20_000, 2_000  # of the log; for one route, coarser
_TABLE = 1 << 26  # cells of a table of all pairs; where there are more, pairs are sorted

Codes = NDArray[Any]


class Held:
    """See Activity. t: microseconds, those of visits that have a time, which are the last `t.size` ones."""

    every = 1

    def __init__(self, visits: pl.DataFrame, routes: Sequence[int], *, first: float, last: float) -> None:
        self.first, self.last = first, last
        ordered = visits.with_columns(pl.col("@timestamp").cast(pl.Int64))
        if not ordered["@timestamp"].is_sorted(nulls_last=False):
            ordered = ordered.sort("@timestamp", nulls_last=False)
        times = ordered["@timestamp"]
        self.t = times.slice(times.null_count()).to_numpy()
        self.untimed = times.null_count()
        self.clients_known, self.client = coded(ordered["client"])
        self.routes, self.route = coded(ordered["endpoint"], few=True)
        self.user = ordered["user"]
        self.outcome = ordered["outcome"].to_numpy()
        self.site, self.status = ordered["site"], ordered["status"]
        self._found: tuple[tuple[str, tuple[int, ...]], NDArray[np.int32]] | None = None
        self.protected = np.isin(self.routes, np.array(sorted(routes), dtype=np.uint64))

    @cached_property
    def _let_in(self) -> NDArray[np.int32]:
        """Places of the successes with a time."""
        good = self.outcome == _OK
        good[: self.untimed] = False
        return np.flatnonzero(good).astype(np.int32)

    @cached_property
    def _let_in_there(self) -> NDArray[np.int32]:
        """The same on protected routes."""
        return np.asarray(self._let_in[self.protected[self.route[self._let_in]]], dtype=np.int32)

    def _times(self, places: NDArray[np.int32]) -> NDArray[np.int64]:
        return np.asarray(self.t[places - self.untimed], dtype=np.int64)

    def successes_of(self, key: str, ids: Sequence[int]) -> pl.DataFrame:
        places = self._visits_of(key, ids)
        places = places[(self.outcome[places] == _OK) & self.protected[self.route[places]]]
        names = self.user.gather(places) if key == "user" else pl.Series(self.clients_known[self.client[places]])
        t = self._times(places)
        return pl.DataFrame(
            {"id": names, "endpoint": self.routes[self.route[places]], "first": t, "last": t, "n": np.ones(t.size)}
        )

    def _visits_of(self, key: str, ids: Sequence[int]) -> NDArray[np.int32]:
        """Places of the visits with a time of some clients or users; the same are asked for several times in a row."""
        asked = (key, tuple(ids))
        if self._found is None or self._found[0] != asked:
            wanted = np.array(sorted(ids), dtype=np.uint64)
            if key == "user":
                mine = self.user.is_in(pl.Series(wanted).implode()).to_numpy()[self.untimed :]
            else:
                mine = np.isin(self.clients_known, wanted)[self.client[self.untimed :]]
            self._found = asked, np.flatnonzero(mine).astype(np.int32) + np.int32(self.untimed)
        return self._found[1]

    def on_route(self, route: int) -> Successes:
        at = self._code(route)
        there = self._let_in_there
        return self._binned(there[self.route[there] == at], ROUTE_BINS) if at >= 0 else NO_SUCCESS

    def at_all(self, *, nobody: bool) -> Successes:
        there = self._let_in_there
        if nobody:
            there = self._let_in[self.clients_known[self.client[self._let_in]] == 0]
        return self._binned(there, BINS)

    def _code(self, route: int) -> int:
        return int(_place(self.routes, pl.Series([route], dtype=pl.UInt64()))[0])

    def _binned(self, places: NDArray[np.int32], bins: int) -> Successes:
        if places.size == 0:
            return NO_SUCCESS
        t = self._times(places)
        width = max(1, int((self.last - self.first) * SECOND / bins))
        edges = np.arange(int(t[0]) // width, int(t[-1]) // width + 2, dtype=np.int64) * width
        begins = np.unique(np.searchsorted(t, edges))
        n = np.diff(begins).astype(np.float64)
        return as_successes(pl.DataFrame({"first": t[begins[:-1]], "last": t[begins[1:] - 1], "n": n}))

    def clients(self, ids: NDArray[np.uint64]) -> Clients:
        many = self.clients_known.size
        there = self._let_in_there
        first, last = np.full(many, np.nan), np.full(many, np.nan)
        t, code = self._times(there) / SECOND, self.client[there]
        last[code] = t  # of those that are written to one place, the last stays
        first[code[::-1]] = t[::-1]
        early = np.flatnonzero(self.outcome[: self.untimed] == _OK)
        early = early[self.protected[self.route[early]]]
        went = np.bincount(self.client * np.int64(len(OUTCOMES)) + self.outcome, minlength=many * len(OUTCOMES))
        went = went.reshape(many, len(OUTCOMES))
        found = {
            "asked": went.sum(axis=1),
            "errors": went[:, _ERROR] + went[:, _OTHER],
            "ok": went[:, _OK],
            "protected_ok": np.bincount(code, minlength=many) + np.bincount(self.client[early], minlength=many),
            "paths": self._paths(),
            "first_ok": first,
            "last_ok": last,
        }
        return Clients.of(ids, pl.DataFrame({"id": self.clients_known, **found}))

    def _paths(self) -> NDArray[np.int64]:
        """Different routes of each client."""
        shape = self.clients_known.size, self.routes.size
        pairs = self.client * np.int64(shape[1]) + self.route
        if shape[0] * shape[1] <= _TABLE:
            seen = np.zeros(shape, dtype=np.bool_)
            seen.ravel()[pairs] = True
            return np.asarray(seen.sum(axis=1), dtype=np.int64)
        return np.bincount(np.unique(pairs) // shape[1], minlength=shape[0])

    def _answering(self, asked: pl.DataFrame) -> NDArray[np.int32]:
        """Places of the successes of the same clients on the same routes."""
        client, route = _place(self.clients_known, asked["client_id"]), _place(self.routes, asked["endpoint_id"])
        known = (client >= 0) & (route >= 0)
        many = np.int64(self.routes.size)
        pairs = pl.Series(client[known] * many + route[known]).unique()
        good = np.flatnonzero(self.outcome == _OK).astype(np.int32)
        theirs = pl.Series(self.client[good] * many + self.route[good]).is_in(pairs.implode())
        return np.asarray(good[theirs.to_numpy()], dtype=np.int32)

    def answered(self, failures: pl.DataFrame, within_s: float) -> Answered:
        width = int(within_s * SECOND)
        asked = failures.filter(pl.col("client_id") != 0)
        places = self._answering(asked)
        counts = np.bincount(self.client[places], minlength=self.clients_known.size)
        there = np.flatnonzero(counts)
        successes = pl.DataFrame({"client_id": self.clients_known[there], "ok": counts[there]})
        places = places[places >= self.untimed]
        asked = asked.drop_nulls("t").select("row", "t", client="client_id", endpoint="endpoint_id")
        slot = np.unique(asked["t"].to_numpy() // width)
        t = self._times(places)
        near = np.isin(t // width, np.concatenate((slot, slot + 1)))
        places, t = places[near], t[near]
        found = {"client": self.clients_known[self.client[places]], "endpoint": self.routes[self.route[places]], "t": t}
        return Answered(first_answers(asked, pl.DataFrame(found), width), successes)

    @cached_property
    def crowd(self) -> Crowd:
        decided = ((self.outcome == _OK) | (self.outcome == _FAILED)) & self.protected[self.route]
        decided &= (self.clients_known != 0)[self.client]
        decided[: self.untimed] = False
        places = np.flatnonzero(decided).astype(np.int32)
        t = self._times(places)
        code, route, good = self.client[places], self.route[places], self.outcome[places] == _OK
        return Crowd(Asked(t / SECOND, self.clients_known, code, self.routes, route, good), 1)

    def without(self, clients: NDArray[np.uint64]) -> "Held":
        rest = copy(self)
        rest.__dict__["crowd"] = self.crowd.without(clients)
        return rest

    def active(self, asked: Sequence[tuple[float, float, int | None]]) -> list[int]:
        return [self.crowd.active(*question) for question in asked]

    def let_in(self, key: str, ids: Sequence[int]) -> pl.DataFrame:
        places = self._visits_of(key, ids)
        places = places[self.outcome[places] == _OK]
        names = self.user.gather(places) if key == "user" else None
        many = np.int64(self.routes.size)
        pairs = self.client[places] * many + self.route[places]
        if names is None and not self._sites and self.clients_known.size * many <= _TABLE:
            counts = np.bincount(pairs)
            there = np.flatnonzero(counts)
            found = pl.DataFrame({"pair": there, "n": counts[there]})
        else:
            more = ({"site": self.site.gather(places)} if self._sites else {}) | (
                {} if names is None else {"id": names}
            )
            where = pl.DataFrame({"pair": pairs, **more})
            found = where.group_by(where.columns).agg(n=pl.len())
        client, route = np.divmod(found["pair"].to_numpy(), many)
        visitor = pl.Series(self.clients_known[client])
        return pl.DataFrame(
            {
                "id": visitor if names is None else found["id"],
                "client": visitor,
                "endpoint": self.routes[route],
                "site": found["site"] if self._sites else np.full(found.height, self.site[0] if places.size else 0),
                "n": found["n"],
            }
        )

    @cached_property
    def _sites(self) -> bool:
        """Whether there are several."""
        return not (self.site == self.site[0]).all() if len(self.site) else False

    def turned_away(self, ids: Sequence[int], statuses: Sequence[int]) -> pl.DataFrame:
        places = self._visits_of("client", ids)
        away = self.status.gather(places).is_in(list(statuses)).to_numpy()
        places = places[(self.outcome[places] == _FAILED) | away]
        told = {"client": self.clients_known[self.client[places]], "endpoint": self.routes[self.route[places]]}
        rest = {"outcome": self.outcome[places], "status": self.status.gather(places)}
        return pl.DataFrame({"t": self._times(places), **told, **rest})

    def named_share(self, route: int) -> float | None:
        at = self._code(route)
        places = np.flatnonzero((self.outcome == _OK) & (self.route == at))
        return float((self.user.gather(places) != 0).to_numpy().mean()) if at >= 0 and places.size else None

    def share(self, route: int) -> float:
        counts = np.bincount(self.route, minlength=self.routes.size)
        at, named = self._code(route), counts[self.routes != 0].sum()
        return float(counts[at] / named) if at >= 0 and named else 0.0


def _place(ordered: NDArray[np.uint64], wanted: pl.Series) -> NDArray[np.int64]:
    """Where each of them stands in sorted numbers: -1 when it does not."""
    numbers = wanted.to_numpy()
    at = np.searchsorted(ordered, numbers)
    return np.where(np.append(ordered, np.uint64(0))[at] == numbers, at, -1)
