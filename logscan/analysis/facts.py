"""What the lines of a unit hold, added up: how far past expiry, how far the clocks differ, which tokens, joined how."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logscan.analysis.failures import Columns
from logscan.model.finding import Facts, Spread

_CLAIMS = ("alg", "kid", "iss", "wants_iss", "aud", "wants_aud", "azp", "client_id", "sub", "region", "service", "date")
COLUMNS = ("expired_s", "skew_s", "lifetime_s", "expires", "token", "joined", "doubted", "assumed")


def measure_facts(rows: NDArray[np.int64], columns: Columns) -> dict[str, Any]:
    """The SERIES columns that say what lines state of times; those that are known."""
    found: dict[str, Any] = {}
    expired, skew, lifetime = (columns.numbers(name, rows) for name in ("expired_s", "skew_s", "lifetime_s"))
    late = expired[expired > 0]
    if late.size:
        found |= {"expired_low_s": float(late.min()), "expired_high_s": float(late.max())}
        found["expired_median_s"] = float(np.median(late))
    if skew.size:
        found |= {"skew_low_s": float(skew.min()), "skew_high_s": float(skew.max())}
        found["skew_median_s"] = float(np.median(skew))
    if lifetime.size:
        found["lifetime_s"] = float(np.median(lifetime))
    return found


def facts_of(failures: pl.DataFrame, listed: int) -> Facts | None:
    """In: COLUMNS of the failures of one finding. Out: None when their lines hold nothing"""
    expired, skew, lifetime = (failures[name].drop_nulls().to_numpy() for name in ("expired_s", "skew_s", "lifetime_s"))
    expires = failures["expires"].drop_nulls()
    joined = failures["joined"].drop_nulls().value_counts(name="n").sort("n", "joined", descending=[True, False])
    facts = Facts(
        expired_s=_spread(expired[expired > 0]),
        valid=int((expired <= 0).sum()),
        skew_s=_spread(skew),
        lifetime_s=float(np.median(lifetime)) if lifetime.size else None,
        expires=_moment(expires.max()),
        claims=_claims(failures["token"], listed),
        joined={str(by): int(n) for by, n in joined.iter_rows()},
        doubted=int(failures["doubted"].sum()),
        assumed=failures["assumed"].count(),
    )
    return None if facts == Facts() else facts


def _spread(values: Any) -> Spread | None:
    if not values.size:
        return None
    return Spread(int(values.size), float(values.min()), float(np.median(values)), float(values.max()))


def _moment(micros: Any) -> datetime | None:
    return None if micros is None else datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(micros))


def _claims(tokens: pl.Series, listed: int) -> dict[str, tuple[tuple[str, int], ...]]:
    counts: dict[str, Counter[str]] = {name: Counter() for name in _CLAIMS}
    told = tokens.cast(pl.String()).drop_nulls().value_counts(name="n")
    for text, times in told.iter_rows():
        for name, value in json.loads(text).items():
            if name in counts:
                counts[name][", ".join(map(str, value)) if isinstance(value, list) else str(value)] += times
    return {
        name: tuple(sorted(found.items(), key=lambda item: (-item[1], item[0]))[:listed])
        for name, found in counts.items()
        if found
    }
