"""A unit: failures of one cause at one scope."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logscan.analysis.activity import Activity
from logscan.analysis.failures import SECOND
from logscan.analysis.measure import Log, Measured
from logscan.analysis.series import SERIES
from logscan.analysis.successes import NO_SUCCESS, Successes, as_successes

Rows = NDArray[np.int64]
_ROUTES = 20  # of one endpoint, with ids at its end or without, that are asked for successes
PRINCIPALS = ("credential", "user", "client")  # smallest first


@dataclass
class Unit:
    """rows: of the failures, ascending; level and values: the scope; members: principals that were merged, and
    unlisted: how many more of them.
    """

    cause: str
    family: str
    rows: Rows
    level: str
    values: tuple[str, ...]
    members: tuple["Unit", ...] = ()
    unlisted: int = 0
    hits_everybody: bool = False
    series: dict[str, Any] = field(default_factory=dict)
    measured: Measured | None = None
    successes: Successes | None = None
    pattern: str = ""
    behaviour: tuple[int, ...] = ()  # places of the signatures that match, best first

    @property
    def order(self) -> tuple[int, str, str, str, tuple[str, ...]]:
        """Most failures first; ties do not depend on how the unit was found."""
        return (-self.rows.size, self.cause, self.family, self.level, self.values)


def series_frame(units: Sequence[Unit]) -> pl.DataFrame:
    """The rows that rules judge."""
    return pl.DataFrame([{name: unit.series.get(name) for name in SERIES} for unit in units], schema=SERIES)


class Answers:
    """The successes that belong to a unit: of the same principal on protected routes; of everybody for wider scopes."""

    def __init__(self, activity: Activity, log: Log, totals: pl.DataFrame) -> None:
        self.activity, self.log = activity, log
        self.upstreams = totals.filter(pl.col("outcome") == "ok").drop_nulls(["bucket", "server.address"])
        self.errors = _errors(totals)
        self._of: dict[str, dict[int, pl.DataFrame]] = {"client": {}, "user": {}}
        self._kept: dict[int | str, Successes] = {}

    def prepare(self, units: Sequence[Unit]) -> None:
        """Ask for the successes of all principals at once."""
        for key in self._of:
            ids = sorted({each for unit in units if self._key(unit) == key for each in self._ids(unit, key)})
            if ids:
                found = self.activity.successes_of(key, ids).partition_by("id", as_dict=True)
                self._of[key] |= {int(name[0]): rows for name, rows in found.items()}

    def of(self, unit: Unit) -> Successes:
        if unit.successes is None:
            unit.successes = self._found(unit)
        return unit.successes

    def _found(self, unit: Unit) -> Successes:
        key = self._key(unit)
        if key in self._of:
            parts = [self._of[key][each] for each in self._ids(unit, key) if each in self._of[key]]
            return as_successes(self._on_its_route(pl.concat(parts), unit)) if parts else NO_SUCCESS
        if not self.log.columns.client_id[unit.rows].any():
            return self.at_all(nobody=True)
        if unit.level == "upstream":
            return self._on_upstream(unit.values[0])
        if unit.level != "endpoint":
            return self.at_all()
        found = [self.on_route(route) for route in self.routes_of(unit)[:_ROUTES]]
        t, weight = (np.concatenate(parts) for parts in zip(*found, strict=True))
        order = np.argsort(t, kind="stable")
        return Successes(t[order], weight[order])

    def at_all(self, *, nobody: bool = False) -> Successes:
        """Everybody's successes on protected routes; or those of lines that know no client."""
        name = "nobody" if nobody else "everybody"
        if name not in self._kept:
            self._kept[name] = self.activity.at_all(nobody=nobody)
        return self._kept[name]

    def on_route(self, route: int) -> Successes:
        if route not in self._kept:
            self._kept[route] = self.activity.on_route(route)
        return self._kept[route]

    def _on_upstream(self, upstream: str) -> Successes:
        """VISITS do not know the upstream; TOTALS do, to the minute."""
        minute = 60 * SECOND
        found = self.upstreams.filter(pl.col("server.address") == upstream).select(
            first=pl.col("bucket").cast(pl.Int64), n=pl.col("events").cast(pl.Float64)
        )
        return as_successes(found.with_columns(last=pl.col("first") + minute - 1))

    def _key(self, unit: Unit) -> str:
        ids = self.log.columns
        if unit.level == "user" and ids.user_id[unit.rows].all():
            return "user"
        named = unit.level in PRINCIPALS
        return "client" if named and ids.client_id[unit.rows].any() else ""

    def _ids(self, unit: Unit, key: str) -> list[int]:
        ids = self.log.columns.user_id if key == "user" else self.log.columns.client_id
        return [int(each) for each in np.unique(ids[unit.rows]) if each]

    def _route_ids(self, unit: Unit) -> list[int]:
        return [int(each) for each in np.unique(self.log.columns.endpoint_id[unit.rows])]

    def routes_of(self, unit: Unit) -> list[int]:
        """Of the endpoint on which nearly all fails, with ids at its end or without; not of the few elsewhere."""
        columns = self.log.columns
        codes, counts = columns.counted("group", unit.rows)
        if not codes.size:
            return self._route_ids(unit)
        there = unit.rows[columns["group"].codes[unit.rows] == codes[counts.argmax()]]
        return [int(each) for each in np.unique(columns.endpoint_id[there])]

    def _on_its_route(self, found: pl.DataFrame, unit: Unit) -> pl.DataFrame:
        """A principal that fails on one route only has recovered when that route lets it in, not another."""
        if self.log.columns.distinct("group", unit.rows) != 1:
            return found
        return found.filter(pl.col("endpoint").is_in(pl.Series(self._route_ids(unit), dtype=pl.UInt64()).implode()))


def _errors(totals: pl.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Per bucket: its start in seconds, server errors, all events."""
    counts = (
        totals.drop_nulls("bucket")
        .group_by("bucket")
        .agg(errors=pl.col("events").filter(pl.col("outcome") == "error").sum(), events=pl.col("events").sum())
    )
    ordered = counts.sort("bucket")
    at = ordered["bucket"].cast(pl.Int64).to_numpy() / SECOND
    return at, ordered["errors"].to_numpy().astype(np.float64), ordered["events"].to_numpy().astype(np.float64)
