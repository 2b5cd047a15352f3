"""Events tell where their reason stands; nothing else changes."""

import polars as pl
from polars.testing import assert_frame_equal

from logscan.analysis.judgement import load_judgement
from logscan.analysis.reason_from import reasons_of, with_reason_from
from logscan.model.resources import rules_dir
from tests.analysis.simulate import Request, bad, observe

JUDGEMENT = load_judgement([rules_dir()])
TOLD = {"cause": "token_expired", "confidence": "high", "path": "app.log", "dataset": "app", "status": None}


def events(*requests: Request) -> tuple[pl.DataFrame, pl.DataFrame]:
    classified = observe(requests).classified.lazy()
    reasons = reasons_of(classified, JUDGEMENT)
    return classified.collect(), with_reason_from(classified.collect(), reasons)


def test_an_event_has_the_reason_and_its_place() -> None:
    before, after = events(bad(Request(10.0)), bad(Request(10.2, rules=("text",), user="ada", **TOLD)))  # type: ignore[arg-type]
    row = after.row(0, named=True)
    assert (row["logscan.cause"], row["logscan.reason_from"], row["logscan.rules"]) == (
        "token_expired",
        "app.log:2",
        ["text"],
    )
    assert (row["logscan.alternatives"], row["user.name"]) == ([], "ada")
    assert after.row(1) == before.row(1)
    assert after.schema == before.schema


def test_several_reasons_are_alternatives() -> None:
    other = TOLD | {"cause": "api_key_invalid"}
    _, after = events(bad(Request(10.0)), bad(Request(10.2, **TOLD)), bad(Request(10.4, **other)))  # type: ignore[arg-type]
    row = after.row(0, named=True)
    assert (row["logscan.cause"], row["logscan.reason_from"]) == ("unclassified", None)
    assert row["logscan.alternatives"] == ["api_key_invalid", "token_expired"]


def test_without_reasons_nothing_changes() -> None:
    before, after = events(bad(Request(10.0)), bad(Request(90.0, **TOLD)))  # type: ignore[arg-type]
    assert_frame_equal(before, after)
