"""What several rules have in common is asked once, and changes no answer."""

from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from logscan.rules.match import match, may_match
from logscan.rules.rule import Rule
from logscan.rules.shared import Answers, shared
from logscan.rules.tree import Not
from tests.rules.test_gate import rule_of

WORDS = ("alpha", "beta", "gamma", "delta", "fail", "calm")
SCHEMA = {"message": pl.String(), "log.level": pl.String(), "error.message": pl.String()}


def alike(number: int) -> Rule:
    """One of several rules with a guard and an exception in common."""
    return rule_of(
        {
            "own": {"message|contains": WORDS[number % 4]},
            "guard": [{"message|re": "fail(?:ed|ure)?"}, {"log.level": "error"}],
            "fine": {"message|re": r"\bcalm\b"},
            "condition": "own and guard and not fine",
        },
        f"r{number}",
    )


RULES = tuple(alike(number) for number in range(8))
TEXTS = st.one_of(st.none(), st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join))
ROWS = st.lists(
    st.fixed_dictionaries(
        {"message": TEXTS, "log.level": st.sampled_from([None, "error", "info"]), "error.message": TEXTS}
    ),
    min_size=1,
    max_size=80,
)


def test_the_common_parts_are_found_and_the_exception_is_asked_last() -> None:
    ways = shared(RULES).ways
    assert {len(way.guards) for way in ways.values()} == {1}
    assert all(isinstance(part, Not) for way in ways.values() for part in way.last)
    assert [len(way.own) for way in ways.values()] == [1] * 8
    assert shared(RULES[:7]).ways["r0"].guards == ()  # seven rules are not enough
    assert len(shared(RULES[:2]).ways["r0"].own) == 3


@given(ROWS)
def test_answers_are_those_of_each_rule_alone(rows: list[dict[str, Any]]) -> None:
    frame = pl.DataFrame(rows, schema=SCHEMA)
    plain = frame.with_columns(rule.expr.alias(rule.name) for rule in RULES).select(rule.name for rule in RULES)
    assert match(frame, RULES).equals(plain)
    some = may_match(frame.drop("log.level"), RULES, frozenset({"log.level"}))
    assert not (plain.select(pl.any_horizontal(pl.all())).to_series() & ~some).any()


@given(ROWS, st.data())
def test_what_is_known_of_a_row_does_not_depend_on_what_was_asked_before(
    rows: list[dict[str, Any]], data: st.DataObject
) -> None:
    frame = pl.DataFrame(rows, schema=SCHEMA)
    answers = Answers(frame, RULES)
    for _ in range(3):
        at = sorted(data.draw(st.sets(st.integers(0, frame.height - 1))))
        rule = data.draw(st.sampled_from(RULES))
        asked = pl.Series(at, dtype=pl.UInt32())
        expected = [row for row in at if frame[row].with_columns(rule.expr.alias("hit"))["hit"].item()]
        assert answers.hits(rule, asked).to_list() == expected
