"""Failures of which only a status is known."""

import polars as pl

from logscan.analysis.bare import pool_bare, told_cause
from logscan.analysis.failures import as_places

BARE = {"http_401", "named_401"}


def failures(*rows: tuple[str, str | None]) -> pl.DataFrame:
    cause, rules = zip(*rows, strict=True)
    return pl.DataFrame({"cause": as_places(pl.Series(cause)), "rules": as_places(pl.Series(rules, dtype=pl.String()))})


def test_what_only_bare_rules_know_is_one_kind_and_keeps_what_was_told() -> None:
    found = pool_bare(failures(("password", "named_401\nhttp_401"), ("unclassified", "http_401")), BARE)
    assert found["cause"].to_list() == ["unclassified", "unclassified"]
    assert found["told"].to_list() == ["password", "unclassified"]


def test_what_any_other_rule_knows_keeps_its_cause() -> None:
    found = pool_bare(
        failures(("expired", "jwt_expired\nhttp_401"), ("expired", None), ("password", "named_401")), BARE
    )
    assert found["cause"].to_list() == ["expired", "expired", "unclassified"]


def test_without_bare_failures_nothing_changes() -> None:
    rows = failures(("expired", "jwt_expired"))
    assert pool_bare(rows, BARE)["cause"].equals(rows["cause"])


def test_the_cause_that_most_were_given_is_told() -> None:
    assert told_cause(pl.Series("told", ["a", "a", "b"])) == "a"
    assert told_cause(pl.Series("told", ["a", "b"])) == "unclassified"
