"""Findings as the gate sees them, and the time in which they are."""

from datetime import UTC, datetime, timedelta
from typing import Any

from logscan.alert.gate import Seen
from logscan.model.finding import Counts, Finding, Scope
from logscan.rules.correlate import Page

START = datetime(2026, 3, 12, 6, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def finding(name: str = "a1", **changes: Any) -> Finding:
    """An open outage of one client since START; `scope` may be `level:value`."""
    level, _, value = str(changes.pop("scope", "client:192.0.2.7")).partition(":")
    found: dict[str, Any] = {
        "id": name,
        "cause": "token_expired",
        "family": "token",
        "confidence": "high",
        "severity": "high",
        "pattern": "sustained_open",
        "period_s": None,
        "state": "open",
        "scope": Scope(level, (value,) if value else ()),
        "first_seen": START,
        "last_seen": START + MINUTE,
        "onset_after": None,
        "onset_before": None,
        "counts": Counts(12, 1, 1, 0, 1),
        "rate_before": 0.0,
        "rate_during": 1.0,
        "alternatives": (),
        "rules": (),
        "evidence": (),
        "playbook": "renew-token",
        "missing_evidence": "",
        "next_expected": None,
    }
    return Finding(**(found | changes))


def page(*names: str, rule: str = "severe_failures", cause: str = "token_expired", tells: str = "incident") -> Page:
    return Page(rule, (("cause", cause),), names, 3600.0, "", tells)


def seen(until: datetime, *, traffic: datetime | None = None, whole: bool = True) -> Seen:
    """Traffic up to the end, unless told otherwise."""
    return Seen(until, traffic or until, whole)
