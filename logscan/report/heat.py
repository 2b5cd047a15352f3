"""When in the week it fails, and who fails where: two tables of numbers, for charts and for reading."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from logscan.analysis.asked import Asked
from logscan.model.finding import Scan
from logscan.model.taxonomy import Cause
from logscan.report.show import visible

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_HOUR = 3600
_COVERED = timedelta(hours=36)  # of less, no hour of the day was seen twice
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
    """failed, requests: a row for each client, a column for each endpoint. others: failures that are in none of them.

    whole: whether the page lists every failure that is counted here
    """

    clients: tuple[str, ...]
    endpoints: tuple[str, ...]
    failed: tuple[tuple[int, ...], ...]
    requests: tuple[tuple[int, ...], ...]
    others: int
    part_s: int
    whole: bool
    chart: Mapping[str, Any]


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


def client_matrix(asked: Asked | None, listed: int) -> Matrix | None:
    """Who fails where, and how much of what they ask.

    In:  listed: failures that the page lists and that are no normal challenges
    Out: None unless there are two clients or endpoints
    """
    if asked is None or (len(asked.clients) < 2 and len(asked.endpoints) < 2):
        return None
    clients, endpoints = (tuple(visible(text, _LABEL) for text in names) for names in (asked.clients, asked.endpoints))
    whole = listed == sum(map(sum, asked.failed)) + asked.others
    chart = {
        "clients": clients,
        "endpoints": endpoints,
        "failed": asked.failed,
        "requests": asked.requests,
        "parts": asked.parts,
        "start": asked.start * 1000,
        "part": asked.part_s * 1000,
        "whole": whole,
    }
    return Matrix(clients, endpoints, asked.failed, asked.requests, asked.others, asked.part_s, whole, chart)
