"""A bare refusal and the line that says why are one event."""

from typing import Any

import polars as pl
import pytest

from logscan.analysis.failures import read_failures
from logscan.analysis.judgement import load_judgement
from logscan.analysis.reasons import with_reasons
from logscan.model.resources import rules_dir
from tests.analysis.simulate import Request, bad, findings, observe


def told(at: float | None, **rest: Any) -> Request:
    known = {"cause": "token_expired", "confidence": "high", "dataset": "app", "path": "app.log", "rules": ("text",)}
    return bad(Request(at, **(known | rest)))


def joined(*requests: Request) -> pl.DataFrame:
    judgement = load_judgement([rules_dir()])
    return with_reasons(read_failures(observe(requests).classified.lazy(), judgement), within_s=2)


def test_the_reason_is_carried_over_and_counted_once() -> None:
    found = joined(bad(Request(10.0)), told(10.4))
    assert found.select("cause", "confidence", "path", "reason_path").rows() == [
        ("token_expired", "high", "access.log", "app.log")
    ]
    assert found["reason_line"].to_list() == [2]


@pytest.mark.parametrize(
    "other",
    [
        told(20.0),
        told(10.4, client="192.0.2.99"),
        told(10.4, endpoint="/elsewhere"),
        told(10.4, user="eve"),
    ],
)
def test_another_request_is_no_reason(other: Request) -> None:
    found = joined(bad(Request(10.0, user="ada")), other)
    assert sorted(found["cause"]) == ["token_expired", "unclassified"]


def test_a_request_id_needs_no_time() -> None:
    found = joined(bad(Request(10.0, request="r1")), told(90.0, client=None, request="r1"))
    assert found["cause"].to_list() == ["token_expired"]


def test_lines_of_one_program_without_addresses_are_neighbours() -> None:
    near: dict[str, Any] = {"client": None, "path": "worker.log", "dataset": "python"}
    found = joined(bad(Request(10.0, **near)), told(10.003, endpoint=None, **near))
    assert found["cause"].to_list() == ["token_expired"]


@pytest.mark.parametrize(
    ("one", "other", "cause"),
    [
        ("worker.log.1", "worker.log", "token_expired"),
        ("a/u_ex260312.log", "a/u_ex260313.log", "token_expired"),
        ("a/worker-2026-03-12.1.log.gz", "a/worker.log", "token_expired"),
        ("a/worker.log.12.gz", "a/worker.log.11.gz", "token_expired"),
        ("worker-20260312.log", "worker-20260313.log.zst", "token_expired"),
        ("2026-03-12/worker.log", "2026-03-13/worker.log", "token_expired"),
        ("web1/worker.log", "web2/worker.log", "unclassified"),
        ("worker.log", "mailer.log", "unclassified"),
    ],
)
def test_neighbours_may_stand_in_two_files_of_one_log_that_was_rotated(one: str, other: str, cause: str) -> None:
    near: dict[str, Any] = {"client": None, "dataset": "python"}
    found = joined(bad(Request(10.0, path=one, **near)), told(10.003, endpoint=None, path=other, **near))
    assert found["cause"][0] == cause


def test_a_line_without_a_time_adds_nothing_to_the_one_that_tells() -> None:
    found = joined(bad(Request(None, path="uvicorn.log")), told(10.0))
    assert found.select("cause", "path").rows() == [("token_expired", "app.log")]


def test_what_only_the_other_line_knows_is_kept() -> None:
    found = joined(bad(Request(10.0)), told(10.1, user="ada", credential="jwt:11223344"))
    assert found.select("user", "credential").rows() == [("ada", "jwt:11223344")]


def test_the_finding_shows_both_lines() -> None:
    (found,) = findings([bad(Request(10.0)), told(10.4)])
    assert (found.cause, found.counts.events) == ("token_expired", 1)
    assert {each.path for each in found.evidence} == {"access.log", "app.log"}


def test_a_text_that_names_a_cause_keeps_it() -> None:
    found = joined(told(10.0), told(10.1, cause="api_key_invalid", path="b.log"))
    assert sorted(found["cause"]) == ["api_key_invalid", "token_expired"]
