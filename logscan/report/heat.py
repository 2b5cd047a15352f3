"""When in the week it fails, and who fails where: two tables of numbers, for charts and for reading."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import polars as pl

from logscan.model.finding import Scan
from logscan.model.taxonomy import Cause
from logscan.report.show import visible

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_HOUR = 3600
_COVERED = timedelta(hours=36)  # of less, no hour of the day was seen twice
_CLIENTS, _ENDPOINTS = 20, 12
_LABEL = 60


@dataclass(frozen=True)
class Heat:
    """failed and events: 7 rows (Monday first) of 24 hours, UTC."""

    failed: tuple[tuple[int, ...], ...]
    events: tuple[tuple[int, ...], ...]

    @property
    def chart(self) -> dict[str, Any]:
        return {"days": [day[:3] for day in DAYS], "failed": self.failed, "events": self.events}


@dataclass(frozen=True)
class Matrix:
    """failed: a row for each client, a column for each endpoint. others: failures that are in none of them."""

    clients: tuple[str, ...]
    endpoints: tuple[str, ...]
    failed: tuple[tuple[int, ...], ...]
    others: int

    @property
    def chart(self) -> dict[str, Any]:
        return {"clients": self.clients, "endpoints": self.endpoints, "failed": self.failed}


def weekly_heat(scan: Scan, causes: Mapping[str, Cause]) -> Heat | None:
    """In: causes: every cause seen; benign ones are no failures here.

    Out: None when the log covers too little, or its buckets are longer than an hour
    """
    moments = [when for when, _, _ in scan.timeline if when is not None]
    if scan.bucket_s > _HOUR or not moments or max(moments) - min(moments) < _COVERED:
        return None
    failed, events = ([[0] * 24 for _ in DAYS] for _ in range(2))
    for when, what, count in scan.timeline:
        events[when.weekday()][when.hour] += count
        if what in causes and not causes[what].benign:
            failed[when.weekday()][when.hour] += count
    if not any(map(any, failed)):
        return None
    return Heat(tuple(map(tuple, failed)), tuple(map(tuple, events)))


def client_matrix(shown: pl.DataFrame, real: Sequence[bool]) -> Matrix | None:
    """Who fails where, of the failures that the page lists.

    In:  shown SHOWN; real: of each finding, whether it is a failure and not a normal challenge
    Out: the most failing clients and endpoints, most first; None unless there are two of either
    """
    kept = shown.filter(pl.Series(list(real), dtype=pl.Boolean()).gather(shown["finding"])) if shown.height else shown
    known = kept.drop_nulls(["client", "endpoint"])
    counts = Counter(
        {(client, route): n for client, route, n in known.group_by("client", "endpoint").len().iter_rows()}
    )
    by_client, by_route = Counter[str](), Counter[str]()
    for (client, route), n in counts.items():
        by_client[client] += n
        by_route[route] += n
    clients, routes = _first(by_client, _CLIENTS), _first(by_route, _ENDPOINTS)
    if len(clients) < 2 and len(routes) < 2:
        return None
    failed = tuple(tuple(counts[client, route] for route in routes) for client in clients)
    return Matrix(_labels(clients), _labels(routes), failed, kept.height - sum(map(sum, failed)))


def _labels(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(visible(text, _LABEL) for text in names)


def _first(counts: Counter[str], most: int) -> list[str]:
    return sorted(counts, key=lambda name: (-counts[name], name))[:most]
