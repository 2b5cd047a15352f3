"""Trees become expressions in which a missing value never matches."""

import pickle

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.rules.tree import (
    All,
    Clock,
    Column,
    Flag,
    Leaf,
    Network,
    Never,
    Node,
    Not,
    Null,
    Number,
    Present,
    Regex,
    Same,
    Some,
    Text,
    Words,
    any_of,
    columns,
    express,
    leaves,
)

A, B = Column("a", text=True), Column("b", text=True)
N, T, F = Column("n", text=False), Column("t", text=False), Column("f", text=False)
EVERY: tuple[Leaf, ...] = (
    Text(A, (Words("contains", "x", "x"),), cased=False),
    Regex(A, "x"),
    Number(N, "ge", (0,)),
    Flag(F, value=True),
    Network(A, "::/0"),
    Clock(T, "hour", 6),
    Same(A, B, "equals"),
    Present(A),
)
FRAME = pl.DataFrame(
    {"a": ["x", None], "b": ["X", None], "n": [1, None], "f": [True, None], "t": ["2026-03-12T06:00:00Z", None]}
).with_columns(pl.col("t").str.to_datetime(time_zone="UTC"))


def said(node: Node, frame: pl.DataFrame = FRAME, have: list[str] | None = None) -> list[bool]:
    return frame.with_columns(said=express(node, have))["said"].to_list()


@pytest.mark.parametrize("leaf", EVERY, ids=lambda leaf: type(leaf).__name__)
def test_a_missing_field_never_matches(leaf: Leaf) -> None:
    assert said(leaf)[1] is False
    assert said(Not(leaf))[1] is True
    assert said(All((leaf, Not(Never()))))[1] is False
    assert said(Not(Some((leaf, Never()))))[1] is True
    assert said(leaf, have=[]) == [False, False]
    assert said(Not(leaf), have=[]) == [True, True]


def test_only_null_asks_for_a_missing_value() -> None:
    assert said(Null(A)) == [False, True]
    assert said(Null(A), have=[]) == [True, True]
    assert said(Present(A)) == [True, False]


def test_a_tree_knows_its_leaves_and_columns() -> None:
    node = All((Some((EVERY[0], EVERY[2])), Not(Same(A, B, "ends")), Never()))
    assert len(leaves(node)) == 4
    assert columns(node) == {"a", "b", "n"}


def test_a_tree_can_be_sent_to_a_worker() -> None:
    node = All((*EVERY, Not(Null(A))))
    assert pickle.loads(pickle.dumps(node)) == node  # noqa: S301 (our own bytes)


@pytest.mark.parametrize(
    ("how", "expected"),
    [("equals", [True, False]), ("contains", [True, True]), ("starts", [True, True]), ("ends", [True, False])],
)
def test_two_columns_are_compared(how: str, expected: list[bool]) -> None:
    frame = pl.DataFrame({"a": ["Abc", "abcd"], "b": ["aBC", "ABC"]})
    assert said(Same(A, B, how), frame) == expected


@given(st.lists(st.text(min_size=1, max_size=4), min_size=1, max_size=4), st.text(max_size=8))
def test_an_alternation_finds_literal_text_only(texts: list[str], held: str) -> None:
    found = pl.Series([held]).str.contains(any_of(texts))[0]
    assert found == any(text in held for text in texts)


@pytest.mark.parametrize("how", ["equals", "contains", "starts", "ends"])
@pytest.mark.parametrize("text", ["a+b", "(", "[x", "\\d", "^$", " # ", "a|b", "{2}"])
def test_text_is_never_read_as_a_pattern(how: str, text: str) -> None:
    node = Text(A, (Words(how, text, text), Words(how, "other", "other")), cased=True)
    assert said(node, pl.DataFrame({"a": [text, "5", "aab", ""]})) == [True, False, False, False]
