"""Made-up histories of scheduled runs, for the tests of the index."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from logscan.model.finding import Scope
from logscan.report.index import Entry, History, Told

START = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
STEP = timedelta(minutes=30)
RUNS = 480  # ten days
SERVICES = {"shop": 1.0, "billing": 0.45, "/var/log/nginx/edge.example.com/access.log": 0.8, "sso": 0.2, "batch": 0.05}


def told(name: str, change: str, at: datetime, **changes: Any) -> Told:
    kinds = {
        "key": ("api_key_invalid", "critical", Scope("client", ("198.51.100.23",)), START + timedelta(days=6)),
        "token": ("token_expired", "high", Scope("endpoint", ("/api/v1/orders/{id}",)), START + timedelta(days=1)),
        "attack": ("credential_attack", "medium", Scope("client", ("203.0.113.66", "203.0.113.67")), START),
        "clock": ("clock_skew", "low", Scope("all", ()), START + timedelta(days=9)),
    }
    cause, severity, scope, first = kinds[name]
    state = {"new": "open", "ongoing": "open", "resolved": "resolved", "silent": "silent", "": "closed"}[change]
    found = Told(name * 4, cause, severity, state, scope, 20 + (at - START).days * 31, first, at, change)
    return replace(found, **changes)


def typical() -> History:
    """Ten days of runs every half an hour: two findings go on, one is over, one goes quiet and comes back."""
    entries = []
    for k in range(RUNS):
        at = START + STEP * k
        found = []
        if k >= 48:
            found.append(told("token", "new" if k == 48 else "ongoing", at))
        if k >= 288:
            found.append(told("key", "new" if k == 288 else "ongoing", at))
        if 150 <= k <= 190:
            found.append(told("attack", "new" if k == 150 else "silent" if k == 190 else "ongoing", at))
        if 455 <= k <= 461:
            found.append(told("clock", "new" if k == 455 else "resolved" if k == 461 else "ongoing", at))
        entries.append(
            Entry(
                at=at,
                report=f"report-{at:%Y%m%dT%H%M%SZ}.html" if k > 60 else "",
                since=at - timedelta(days=1),
                until=at,
                lines=900 + k * 37 % 211,
                failures=20 + k % 7,
                told=tuple(found),
                faults=int(k == 470),
                partial=k == 466,
            )
        )
    return History(tuple(entries), tuple(sorted(_rows())))


def _rows() -> list[tuple[str, datetime, str, int]]:
    found = []
    for hour in range(RUNS // 2):
        when = START + timedelta(hours=hour)
        for place, (service, share) in enumerate(SERVICES.items()):
            found.append((service, when, "token_expired", int(share * (3 + (hour + place) % 5)) if hour >= 24 else 0))
            found.append((service, when, "challenge_handshake", int(share * 60)))
            if hour >= 144 and place < 2:
                found.append((service, when, "api_key_invalid", int(share * (40 + hour % 24))))
            if 75 <= hour < 78 and service == "sso":
                found.append((service, when, "credential_attack", 160))
            if service == "batch" and hour % 24 == 3:
                found.append((service, when, "unclassified", 1))
    return [row for row in found if row[3]]
