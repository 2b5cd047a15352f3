"""A tiny simulator: requests of clients, and the frames that analysis reads from them."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from logscan.analysis.findings import Observed, build_findings
from logscan.analysis.judgement import load_judgement
from logscan.analysis.let_in import as_let_in, picked
from logscan.analysis.visits import visit_columns
from logscan.model.finding import Finding
from logscan.model.resources import rules_dir
from logscan.model.schemas import CLASSIFIED, OUTCOMES, TIME, TOTALS
from tests.shipped import library

START = datetime(2026, 3, 2, 6, 0, 7, tzinfo=UTC)
HOUR = 3600.0
SAMPLE = 2000


@dataclass(frozen=True)
class Request:
    """at: seconds after START; None: a line without a time. cause: empty for what did not fail."""

    at: float | None
    client: str | None = "192.0.2.10"
    endpoint: str | None = "/api/orders"
    outcome: str = "ok"
    cause: str = "unclassified"
    confidence: str = "low"
    user: str | None = None
    credential: str | None = None
    method: str = "GET"
    upstream: str | None = None
    service: str | None = None
    dataset: str = "combined"
    path: str = "access.log"
    agent: str = "probe/1.0"
    rules: tuple[str, ...] = ("http_401",)
    request: str | None = None
    status: int | None = 0  # 0: as the outcome has it
    host: str | None = None
    site: str | None = None
    protocol: str | None = None


def bad(request: Request) -> Request:
    return replace(request, outcome="auth_failure")


def steady(client: str, end: float, every: float, *, start: float = 0.0, **rest: object) -> list[Request]:
    """A client that asks at a jittered pace, from a seed of its own."""
    random_ = random.Random(f"{client}{start}{every}")  # noqa: S311
    at, found = start + random_.random() * every, []
    while at < end:
        found.append(replace(Request(round(at, 3), client), **rest))  # type: ignore[arg-type]
        at += every * random_.uniform(0.7, 1.3)
    return found


def failing(requests: Iterable[Request], since: float, until: float = float("inf"), **rest: object) -> list[Request]:
    """The same requests, failing in [since, until)."""
    return [
        bad(replace(each, **rest)) if each.at is not None and since <= each.at < until else each  # type: ignore[arg-type]
        for each in requests
    ]


def crowd(count: int, end: float, every: float = 60.0) -> list[Request]:
    routes = ("/api/orders", "/api/carts", "/api/items")
    return [
        replace(each, endpoint=routes[number % 3])
        for at in range(count)
        for number, each in enumerate(steady(f"198.51.100.{at + 1}", end, every))
    ]


def observe(requests: Iterable[Request], *, shuffle: int | None = None) -> Observed:
    ordered = sorted(requests, key=lambda each: (each.at is None, each.at or 0.0))
    rows = [
        {
            "@timestamp": None if each.at is None else START + timedelta(seconds=each.at),
            "log.file.path": each.path,
            "log.offset": 100 * number,
            "logscan.line": number + 1,
            "event.original": f"line {number + 1} of {each.client}"
            + (f" HTTP/{each.protocol}" if each.protocol else ""),
            "event.dataset": each.dataset,
            "service.name": each.service,
            "source.address": each.client,
            "user.name": each.user,
            "http.request.method": each.method,
            "http.request.id": each.request,
            "http.response.status_code": _status(each),
            "host.name": each.host,
            "url.domain": each.site,
            "http.version": each.protocol,
            "server.address": each.upstream,
            "user_agent.original": each.agent,
            "logscan.endpoint": each.endpoint,
            "logscan.credential": each.credential,
            "logscan.cause": each.cause,
            "logscan.confidence": each.confidence,
            "logscan.alternatives": [],
            "logscan.rules": list(each.rules),
            "outcome": OUTCOMES.index(each.outcome),
        }
        for number, each in enumerate(ordered)
    ]
    frame = pl.DataFrame(rows, schema={**CLASSIFIED, "outcome": pl.UInt8()})
    if shuffle is not None:
        frame = frame.sample(fraction=1.0, shuffle=True, seed=shuffle)
    totals = frame.with_columns(
        pl.col("@timestamp").dt.truncate("1m").alias("bucket"),
        pl.Series(list(OUTCOMES)).gather(frame["outcome"]).alias("outcome"),
    )
    totals = totals.group_by([name for name in TOTALS if name != "events"]).agg(events=pl.len().cast(pl.UInt64()))
    failed = frame.filter(pl.col("outcome") == OUTCOMES.index("auth_failure")).select(list(CLASSIFIED))
    times = frame["@timestamp"].drop_nulls()
    visits = frame.select(visit_columns(frame.columns))
    picks = picked(frame, visits, SAMPLE)
    return Observed(
        failed.lazy(),
        totals.select(pl.col(name).cast(dtype) for name, dtype in TOTALS.items()),
        visits.lazy(),
        *((times.cast(TIME).min(), times.cast(TIME).max()) if times.len() else (None, None)),  # type: ignore[arg-type]
        let_in=as_let_in(picks, frame, load_judgement([rules_dir()]).traits),
    )


def _status(request: Request) -> int | None:
    if request.status != 0:
        return request.status
    return 401 if request.outcome == "auth_failure" else 200


def findings(requests: Iterable[Request], *, shuffle: int | None = None) -> tuple[Finding, ...]:
    return build_findings(observe(requests, shuffle=shuffle), library(), load_judgement([rules_dir()])).findings


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def rules_folder() -> Path:
    return rules_dir()
