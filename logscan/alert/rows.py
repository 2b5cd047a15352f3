"""Findings as rows that rules can ask."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import polars as pl

from logscan.model.finding import Finding
from logscan.model.schemas import FINDINGS


def finding_rows(findings: Sequence[Finding], now: datetime) -> pl.DataFrame:
    """Out: FINDINGS, one row each, in their order. Units: lengths in seconds; what is to come is positive."""
    return pl.DataFrame([_row(each, now) for each in findings], schema=FINDINGS, orient="row")


def _row(found: Finding, now: datetime) -> dict[str, Any]:
    detection, expires = found.detection, found.facts.expires if found.facts else None
    lasted = found.last_seen - found.first_seen if found.last_seen and found.first_seen else None
    return {
        "id": found.id,
        "cause": found.cause or None,
        "family": found.family or None,
        "severity": found.severity,
        "confidence": found.confidence,
        "pattern": found.pattern or None,
        "state": found.state,
        "level": found.scope.level,
        "scope": ", ".join(found.scope.values) or None,
        "rule": detection.name if detection else None,
        "tags": " ".join(detection.tags) if detection else None,
        "first_seen": found.first_seen,
        "last_seen": found.last_seen,
        "age_s": (now - found.last_seen).total_seconds() if found.last_seen else None,
        "lasted_s": lasted.total_seconds() if lasted is not None else None,
        "events": found.counts.events,
        "episodes": found.counts.episodes,
        "clients": found.counts.clients,
        "users": found.counts.users,
        "endpoints": found.counts.endpoints,
        "rate_before": found.rate_before,
        "rate_during": found.rate_during,
        "period_s": found.period_s,
        "next_expected": found.next_expected,
        "next_in_s": (found.next_expected - now).total_seconds() if found.next_expected else None,
        "next_within_s": found.next_within_s,
        "expires": expires,
        "expires_in_s": (expires - now).total_seconds() if expires else None,
        "lifetime_s": found.facts.lifetime_s if found.facts else None,
    }
