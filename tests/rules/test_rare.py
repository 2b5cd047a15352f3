"""Rows that may meet a condition are near, whatever is rare among the others."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from logscan.rules.held import held_in
from logscan.rules.rare import Sought
from logscan.rules.tree import All, Column, Node, Not, Null, Number, Regex, Some, Text, Words, express

MESSAGE, STATUS, OTHER = Column("message", text=True), Column("status", text=False), Column("other", text=True)
TOLD = ("message", "status")

WORDS = st.sampled_from(["token", "expired", "user", "Key", "ß", "as"])
LEAVES: st.SearchStrategy[Node] = st.one_of(
    WORDS.map(lambda word: Text(MESSAGE, (Words("contains", word.lower(), word.lower()),), cased=False)),
    WORDS.map(lambda word: Text(MESSAGE, (Words("contains", word, word),), cased=True)),
    st.tuples(WORDS, WORDS).map(lambda two: Regex(MESSAGE, f"(?i){two[0]}.*(?:{two[1]}|gone)")),
    st.sampled_from([200.0, 401.0]).map(lambda number: Number(STATUS, "eq", (number,))),
    st.sampled_from([Null(MESSAGE), Number(STATUS, "ge", (400.0,)), Regex(OTHER, "x")]),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: All(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Some(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=6,
)
TEXTS = st.lists(st.sampled_from(["Token", "EXPIRED", "user", "key", "ß", "gone", "as", "x"]), max_size=4).map(" ".join)
ROWS = st.lists(st.tuples(TEXTS | st.none(), st.sampled_from([200, 401, None])), min_size=1, max_size=30)


@given(st.lists(TREES, min_size=1, max_size=4), ROWS, st.integers(1, 40))
def test_no_row_that_meets_a_condition_is_far(trees: list[Node], rows: list[tuple[str, int]], times: int) -> None:
    frame = pl.DataFrame(rows * times, schema={"message": pl.String(), "status": pl.UInt16()}, orient="row")
    held = {tree: held_in(tree, TOLD, frozenset()) for tree in trees}
    assert not any(_met(frame, tree).any() for tree, part in held.items() if part is None)
    able = {tree: part for tree, part in held.items() if part is not None}
    sought = Sought(list(able.values()))
    near = sought.near(frame)
    for at, tree in enumerate(able):
        assert at in sought.open or not (_met(frame, tree) & ~near).any()


def _met(frame: pl.DataFrame, tree: Node) -> pl.Series:
    return frame.select(express(tree, TOLD).alias("met"))["met"]


def test_what_is_common_is_not_looked_for_where_something_rare_must_stand_beside_it() -> None:
    tree = All(tuple(Text(MESSAGE, (Words("contains", word, word),), cased=False) for word in ("user", "gone")))
    for often, seldom in (("user", "gone"), ("gone", "user")):
        texts = [f"{often} {number}" for number in range(990)] + [f"{often} {seldom}"] * 10
        held = held_in(tree, TOLD, frozenset())
        assert held is not None
        near = Sought([held]).near(pl.DataFrame({"message": texts}))
        assert near.sum() == 10


def test_what_is_rare_is_chosen_anew_when_it_has_become_common() -> None:
    tree = All(tuple(Text(MESSAGE, (Words("contains", word, word),), cased=False) for word in ("user", "gone")))
    held = held_in(tree, TOLD, frozenset())
    assert held is not None
    sought = Sought([held])
    for often, seldom in (("user", "gone"), ("user", "gone"), ("gone", "user")):
        texts = [f"{often} {number}" for number in range(990)] + [f"{often} {seldom}"] * 10
        assert sought.near(pl.DataFrame({"message": texts})).sum() == 10


def test_a_condition_on_what_was_not_read_is_open() -> None:
    tree = Some((Regex(OTHER, "x"), Text(MESSAGE, (Words("contains", "a", "a"),), cased=False)))
    found = held_in(tree, TOLD, frozenset({"other"}))
    assert found is not None
    assert Sought([found]).open == (0,)
