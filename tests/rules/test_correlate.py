"""Correlations over findings."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.model.document import parse_document
from logscan.model.schemas import FINDINGS
from logscan.rules.alerts import load_alerts
from logscan.rules.correlate import Asked, Correlation, correlate
from logscan.rules.rule import Rule
from logscan.rules.tree import Column, Text, Words

START = datetime(2026, 3, 12, tzinfo=UTC)


def chooses(name: str, cause: str) -> Rule:
    tree = Text(Column("cause", text=True), (Words("equals", cause, cause),), cased=False)
    return Rule(name, "", "alerts", "x.yml", "", "", "", "", {}, (), (), (), {"priority": 0}, (), "", tree)


A, B = chooses("a", "key"), chooses("b", "attack")


def rule(kind: str = "event_count", count: float = 2, **changes: Any) -> Correlation:
    usual: dict[str, Any] = {
        "name": "r", "id": "", "path": "x.yml", "title": "", "level": "", "how": kind, "rules": (A,), "group_by": (),
        "timespan_s": 600.0, "op": "gte", "count": count,
    }  # fmt: skip
    return Correlation(**(usual | changes))


def rows(*found: dict[str, Any]) -> pl.DataFrame:
    """`at` and `to`: minutes after START."""
    made = []
    for number, each in enumerate(found):
        first = START + timedelta(minutes=each["at"])
        last = START + timedelta(minutes=each.get("to", each["at"]))
        rest = {name: value for name, value in each.items() if name not in ("at", "to")}
        made.append({"id": f"f{number}", "cause": "key", "first_seen": first, "last_seen": last} | rest)
    return pl.DataFrame(made, schema=FINDINGS)


def members(found: pl.DataFrame, asked: Correlation) -> list[tuple[str, ...]]:
    return [page.members for page in correlate(found, [asked])]


def test_so_many_within_the_time() -> None:
    assert members(rows({"at": 0}, {"at": 10}), rule()) == [("f0", "f1")]
    assert members(rows({"at": 0}, {"at": 11}), rule()) == []
    assert members(rows({"at": 0, "to": 5}, {"at": 11}), rule()) == [("f0", "f1")]


def test_all_findings_of_the_times_in_which_it_holds_are_its_members() -> None:
    found = rows({"at": 0}, {"at": 5}, {"at": 14}, {"at": 200})
    assert members(found, rule()) == [("f0", "f1", "f2")]


def test_groups_are_counted_apart() -> None:
    found = rows({"at": 0, "scope": "x"}, {"at": 1, "scope": "y"}, {"at": 2, "scope": "x"}, {"at": 3, "scope": None})
    (page,) = correlate(found, [rule(group_by=("scope",))])
    assert (page.values, page.members) == ((("scope", "x"),), ("f0", "f2"))


def test_different_values_are_counted() -> None:
    found = rows({"at": 0, "scope": "x"}, {"at": 1, "scope": "x"}, {"at": 2, "scope": None})
    asked = rule("value_count", column="scope")
    assert members(found, asked) == []
    assert members(rows({"at": 0, "scope": "x"}, {"at": 1, "scope": "y"}), asked) == [("f0", "f1")]


@pytest.mark.parametrize(
    ("kind", "value"), [("value_sum", 60), ("value_avg", 20), ("value_median", 10), ("value_percentile", 34)]
)
def test_numbers_are_added_up(kind: str, value: float) -> None:
    found = rows({"at": 0, "events": 10}, {"at": 1, "events": 10}, {"at": 2, "events": 40})
    for count, holds in ((value, True), (value + 1, False)):
        assert bool(members(found, rule(kind, count, column="events", percentile=90.0))) is holds


def test_no_numbers_are_no_sum() -> None:
    assert members(rows({"at": 0}), rule("value_sum", 0, column="events")) == []


def test_one_of_each_within_the_time() -> None:
    both = rule("temporal", 2, rules=(A, B))
    assert members(rows({"at": 0}, {"at": 1, "cause": "attack"}), both) == [("f0", "f1")]
    assert members(rows({"at": 0}, {"at": 1}), both) == []


def test_one_after_the_other() -> None:
    ordered = rule("temporal_ordered", 2, rules=(A, B))
    assert members(rows({"at": 0}, {"at": 1, "cause": "attack"}), ordered) == [("f0", "f1")]
    assert members(rows({"at": 1}, {"at": 0, "cause": "attack"}), ordered) == []


def test_a_condition_of_names() -> None:
    either = Asked("and", (Asked("rule", name="a"), Asked("not", (Asked("rule", name="b"),))))
    asked = rule("temporal", rules=(A, B), asked=either)
    assert members(rows({"at": 0}), asked) == [("f0",)]
    assert members(rows({"at": 0}, {"at": 1, "cause": "attack"}), asked) == []
    some = rule("temporal", rules=(A, B), asked=Asked("or", (Asked("rule", name="a"), Asked("rule", name="b"))))
    assert members(rows({"at": 0, "cause": "attack"}), some) == [("f0",)]


@pytest.mark.parametrize(
    ("op", "holds"), [("gte", True), ("lte", True), ("eq", True), ("gt", False), ("lt", False), ("neq", False)]
)
def test_every_comparison(op: str, holds: bool) -> None:
    assert bool(members(rows({"at": 0}, {"at": 1}), rule(op=op))) is holds


def test_what_has_no_time_counts_nowhere() -> None:
    found = rows({"at": 0}, {"at": 1}).with_columns(first_seen=pl.lit(None, FINDINGS["first_seen"]))
    assert members(found, rule(count=1)) == []


def test_rules_speak_in_their_order() -> None:
    first, second = rule(count=1, name="x"), rule(count=1, name="y")
    assert [page.rule for page in correlate(rows({"at": 0}), [first, second])] == ["x", "y"]


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), min_size=1, max_size=9), st.integers(1, 4), st.randoms()
)
def test_it_is_what_a_plain_count_gives_in_any_order(spans: list[tuple[int, int]], count: int, random: Random) -> None:
    found = rows(*({"at": low, "to": low + more} for low, more in spans))
    want = set()
    for begin in range(81):
        inside = {f"f{k}" for k, (low, more) in enumerate(spans) if low <= begin + 10 and low + more >= begin}
        want |= inside if len(inside) >= count else set()
    order = list(range(len(spans)))
    random.shuffle(order)
    got = [set(each) for each in members(found[order], rule(count=count))]
    assert got == ([want] if want else [])


def test_the_shipped_rules_are_correlations_of_findings() -> None:
    from logscan.model.resources import rules_dir

    rules = load_alerts([rules_dir()])
    assert rules.correlations
    assert all(parse_document(each.text, each.path).value["correlation"] for each in rules.correlations)
