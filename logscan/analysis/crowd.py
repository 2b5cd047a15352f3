"""Which clients were active on protected routes when, and which of them were hit: counted in memory, in time order."""

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logscan.analysis.failures import SECOND
from logscan.analysis.recurrence import Floats

_GLANCE = 4096  # visits of a window that are looked at first
_CELLS = 4_000_000  # windows x clients that are counted at once


class _Part(NamedTuple):
    """Visits in time order: seconds, code of the client, whether it was a success."""

    t: Floats
    code: NDArray[np.int32]
    ok: NDArray[np.bool_]


class Asked(NamedTuple):
    """Visits in time order: seconds, code of the client, code of the route, whether it was a success.

    clients and routes: sorted, what the codes are places of
    """

    t: Floats
    clients: NDArray[np.uint64]
    client: NDArray[np.int32]
    routes: NDArray[np.uint64]
    route: NDArray[Any]
    ok: NDArray[np.bool_]


def coded_visits(visits: pl.DataFrame) -> Asked:
    """In:  t (microseconds), client, endpoint, ok
    Law: the result does not depend on row order
    """
    visits = visits.sort("t")
    t, good = visits["t"].to_numpy() / SECOND, visits["ok"].to_numpy()
    return Asked(t, *coded(visits["client"]), *coded(visits["endpoint"], few=True), good)


class Crowd:
    """Visits of known clients to protected routes, successes and failures only.

    In:  every: the clients whose hash it divides are there, 1 for all
    """

    def __init__(self, asked: Asked, every: int) -> None:
        self.every = every
        self.ids = asked.clients
        self._all = _Part(asked.t, asked.client, asked.ok)
        self._routes, self._route = asked.routes, asked.route
        self._parts: dict[int, _Part] = {}
        self._counted: dict[tuple[float, float, int | None], Floats] = {}

    @cached_property
    def _by_route(self) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """The places of the visits, by route, and where each route begins among them."""
        begins = np.bincount(self._route, minlength=self._routes.size).cumsum()
        return np.argsort(self._route, kind="stable").astype(np.int32), np.concatenate(([0], begins))

    @cached_property
    def _by_client(self) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """The places of the visits, by client, and where each client begins among them.

        Law: each one's in time; at one moment refusals first, whatever the order of the rows
        """
        begins = np.bincount(self._all.code, minlength=self.ids.size).cumsum()
        t, code, ok = self._all
        small = code.astype(np.uint16) if self.ids.size <= 1 << 16 else code  # sorted by digits, several times faster
        order = np.argsort(small, kind="stable").astype(np.int32)
        again = (np.diff(code[order]) == 0) & (np.diff(t[order]) == 0)
        moment = np.concatenate(([0], (~again).cumsum()))[: order.size]
        late = np.zeros(order.size, dtype=np.bool_)  # moments at which a success stands before a refusal
        late[moment[1:][again & ok[order[:-1]] & ~ok[order[1:]]]] = True
        there = np.flatnonzero(late[moment])
        order[there] = order[there[np.lexsort((ok[order[there]], moment[there]))]]
        return order, np.concatenate(([0], begins))

    def without(self, clients: NDArray[np.uint64]) -> "Crowd":
        """The visits of all others; they keep their numbers."""
        kept = ~np.isin(self.ids, clients)[self._all.code]
        t, code, ok = self._all
        return Crowd(Asked(t[kept], self.ids, code[kept], self._routes, self._route[kept], ok[kept]), self.every)

    def codes(self, clients: NDArray[np.uint64]) -> NDArray[np.int64]:
        """The numbers by which the clients are known here: -1 when one is not of the sample, or nobody."""
        wanted, at = np.unique(clients, return_inverse=True)
        found = np.searchsorted(self.ids, wanted)
        known = np.append(self.ids, np.uint64(0))[found] == wanted
        # Who never shows up in the visits gets a number behind all others.
        codes = np.where(known, found, self.ids.size + np.arange(wanted.size))
        codes[(wanted == 0) | (wanted % np.uint64(self.every) != 0)] = -1
        return np.asarray(codes[at], dtype=np.int64)

    def active(self, start: float, end: float, route: int | None) -> int:
        """How many clients asked in [start, end), on one route when it is given."""
        part = self._part(route)
        low, high = np.searchsorted(part.t, [start, end])
        return self._different(part.code[low:high])

    def may_reach(
        self, share: float, edges: Floats, route: int | None, window: NDArray[np.int64], codes: NDArray[np.int64]
    ) -> bool:
        """Whether `hits` could tell of any window that such a share of its active clients, or more, is hit.

        Law: False only when it does not; no more clients are hit than fail, and no fewer active than are seen among
             the first of the window's visits, so that mostly a part of them is looked at
        """
        known, last = codes >= 0, np.int64(edges.size - 1)
        pairs = pl.Series(codes[known] * last + window[known]).unique().to_numpy()
        failing = np.bincount(pairs % last, minlength=edges.size - 1)
        bounds = np.searchsorted(self._all.t, edges)
        at = None if route is None else int(np.searchsorted(self._routes, np.uint64(route)))
        for here in np.flatnonzero(failing).tolist():
            needed, low, end = failing[here] / share, bounds[here], bounds[here + 1]
            size = 2 * int(needed) + _GLANCE
            while True:
                high = min(end, low + size)
                seen = self._all.code[low:high]
                if self._different(seen if at is None else seen[self._route[low:high] == at]) > needed:
                    break
                if high == end:
                    return True
                size *= 4
        return False

    def hits(
        self,
        edges: Floats,
        route: int | None,
        window: NDArray[np.int64],
        codes: NDArray[np.int64],
        *,
        once: bool = False,
    ) -> tuple[Floats, Floats]:
        """Per window, how many clients were active, and how many of them failed more often than they succeeded.

        In:  window and code of the client of each failure; those with code -1 are left out
             once: a client is hit that failed at all
        """
        part, last = self._part(route), edges.size - 1
        bounds = np.searchsorted(part.t, edges)
        active, hit = self._active(edges, bounds, route).copy(), np.zeros(last)
        window, codes = window[codes >= 0], codes[codes >= 0]
        failing = np.unique(codes)
        place = np.full(max(self.ids.size, int(failing[-1]) + 1) if failing.size else 0, -1, dtype=np.int32)
        place[failing] = np.arange(failing.size, dtype=np.int32)
        step = max(1, _CELLS // max(1, failing.size))
        for low in range(0, last if failing.size else 0, step):
            high = min(last, low + step)
            mine = (window >= low) & (window < high)
            shape, inside = (high - low, failing.size), slice(bounds[low], bounds[high])
            who = place[part.code[inside]]
            theirs = who >= 0
            # Few enough cells for small numbers; where each window of them begins, once for every visit in it.
            begins = np.arange(high - low, dtype=np.int32) * np.int32(failing.size)
            cell = (np.repeat(begins, np.diff(bounds[low : high + 1])) + who)[theirs]
            asked = _count(cell, shape)
            good = _count(cell[part.ok[inside][theirs]], shape)
            bad = _count((window[mine] - low) * np.int64(failing.size) + place[codes[mine]], shape)
            hit[low:high] = (bad > (0 if once else good)).sum(axis=1)
            active[low:high] += ((bad > 0) & (asked == 0)).sum(axis=1)
        return active, hit

    def turns(
        self, codes: NDArray[np.int64], start: float, end: float, routes: Sequence[int] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Requests in [start, end) of each of these clients, and how often the outcome changed from one to the next.

        In: routes: only on these; None: on all
        """
        low, high = np.searchsorted(self._all.t, [start, end])
        known = np.unique(codes[(codes >= 0) & (codes < self.ids.size)])
        order, begins = self._by_client
        counts = begins[known + 1] - begins[known]
        who = np.repeat(np.arange(known.size), counts)
        at = order[np.arange(who.size) + np.repeat(begins[known] - (counts.cumsum() - counts), counts)]
        mine = (at >= low) & (at < high)
        if routes is not None:
            mine &= np.isin(self._routes, np.array(sorted(routes), dtype=np.uint64))[self._route[at]]
        who, good = who[mine], self._all.ok[at[mine]]
        changed = (np.diff(who) == 0) & (good[1:] != good[:-1])
        return np.bincount(who, minlength=known.size), np.bincount(who[1:][changed], minlength=known.size)

    def _active(self, edges: Floats, bounds: NDArray[np.int64], route: int | None) -> Floats:
        key = (float(edges[0]), float(edges[1]), route)
        if key not in self._counted:
            code = self._part(route).code
            counts = [self._different(code[low:high]) for low, high in pairwise(bounds)]
            self._counted[key] = np.array(counts, dtype=np.float64)
        return self._counted[key]

    def _different(self, codes: NDArray[np.int32]) -> int:
        """Of the places at which a code stands, one is the last: so many places, so many codes."""
        if codes.size > self.ids.size:
            return int(np.count_nonzero(np.bincount(codes)))
        at = np.arange(codes.size, dtype=np.int32)
        last = np.empty(self.ids.size, dtype=np.int32)
        last[codes] = at
        return int(np.count_nonzero(last[codes] == at))

    def _part(self, route: int | None) -> _Part:
        if route is None:
            return self._all
        if route not in self._parts:
            at = int(np.searchsorted(self._routes, np.uint64(route)))
            known = at < self._routes.size and self._routes[at] == route
            order, begins = self._by_route
            there = order[begins[at] : begins[at + 1]] if known else order[:0]
            self._parts[route] = _Part(self._all.t[there], self._all.code[there], self._all.ok[there])
        return self._parts[route]


def _count(cells: NDArray[Any], shape: tuple[int, int]) -> NDArray[np.int64]:
    return np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape)


def coded(ids: pl.Series, *, few: bool = False) -> tuple[NDArray[np.uint64], NDArray[Any]]:
    """The different numbers, sorted, and the place of each among them; small integers are sorted much faster."""
    different = ids.unique().sort()
    kind = pl.UInt16() if few and len(different) <= 1 << 16 else pl.Int32()
    places = pl.int_range(len(different), dtype=pl.Int32(), eager=True).cast(kind)
    known = pl.DataFrame({"id": different, "code": places})
    code = ids.to_frame("id").join(known, on="id", how="left", maintain_order="left")["code"]
    return different.to_numpy(), code.to_numpy()
