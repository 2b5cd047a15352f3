"""What lines hold is added up by finding."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from logscan.analysis.facts import COLUMNS, facts_of, measure_facts
from logscan.analysis.failures import Columns, read_failures
from logscan.analysis.judgement import load_judgement
from logscan.analysis.reasons import with_reasons
from logscan.model.finding import Facts, Spread
from logscan.model.resources import rules_dir
from tests.analysis.simulate import Request, bad, findings, observe

JUDGEMENT = load_judgement([rules_dir()])
KINDS = {"expired_s": pl.Float64(), "skew_s": pl.Float64(), "lifetime_s": pl.Float64(), "expires": pl.Int64(),
         "token": pl.String(), "joined": pl.String(), "doubted": pl.Boolean(), "assumed": pl.String()}  # fmt: skip


def held(*rows: dict[str, Any]) -> Facts | None:
    return facts_of(pl.DataFrame([{"doubted": False} | row for row in rows], schema=KINDS), 20)


def test_times_past_expiry_are_those_of_what_had_run_out() -> None:
    got = held({"expired_s": 12.0}, {"expired_s": 10800.0}, {"expired_s": -5.0}, {"expires": 1_773_220_500_000_000})
    assert got == Facts(Spread(2, 12, 5406, 10800), valid=1, expires=datetime(2026, 3, 11, 9, 15, tzinfo=UTC))


def test_claims_are_counted_and_lists_are_one_value() -> None:
    token = '{"alg": "RS256", "aud": ["a", "b"], "sub": "<redacted sub 0a0b0c0d>", "scope": "x"}'
    got = held({"token": token}, {"token": token}, {"token": '{"alg": "none", "wants_aud": "c"}'})
    assert got is not None
    assert got.claims == {
        "alg": (("RS256", 2), ("none", 1)),
        "aud": (("a, b", 2),),
        "wants_aud": (("c", 1),),
        "sub": (("<redacted sub 0a0b0c0d>", 2),),
    }


def test_how_reasons_were_joined_is_told() -> None:
    got = held({"joined": "request id"}, {"joined": "request id"}, {"joined": "client"}, {"doubted": True})
    assert got is not None
    assert (dict(got.joined), got.doubted) == ({"request id": 2, "client": 1}, 1)


def test_lines_that_hold_nothing_have_no_facts() -> None:
    assert held({}) is None
    assert [each.facts for each in findings([bad(Request(1.0))])] == [None]


def test_the_columns_are_those_of_failures_and_the_measures_those_of_series() -> None:
    classified = observe([bad(Request(float(k))) for k in range(4)]).classified.lazy()
    classified = classified.with_columns(
        pl.Series("logscan.expired_s", [5.0, None, 20.0, -3.0]), pl.Series("logscan.skew_s", [None, 7.0, None, None])
    )
    failures = with_reasons(read_failures(classified, JUDGEMENT), JUDGEMENT.measures).failures
    assert set(COLUMNS) <= set(failures.columns)
    got = measure_facts(np.arange(4), Columns(failures))
    assert got == pytest.approx(
        {"expired_low_s": 5, "expired_median_s": 12.5, "expired_high_s": 20}
        | {f"skew_{name}_s": 7 for name in ("low", "median", "high")}
    )
    assert (
        measure_facts(np.array([1]), Columns(failures.with_columns(pl.lit(None, pl.Float64()).alias("skew_s")))) == {}
    )
