"""Key paths: spellings, shapes, and what may be decoded."""

import polars as pl
import pytest

from logscan.ingest.json_paths import leaves_in, places, plan, schema, shape_of, shapes_in, undecodable


def test_a_dotted_path_is_spelled_nested_and_joined_in_every_way() -> None:
    found = plan(("a.b.c",))
    assert {found.leaves[n] for n in found.spellings[0]} == {("a", "b", "c"), ("a.b", "c"), ("a", "b.c"), ("a.b.c",)}
    assert found.leaves[found.spellings[0][0]] == ("a", "b", "c")


def test_the_first_item_of_an_array_is_not_joined_into_a_key() -> None:
    found = plan(("h.X.0",))
    assert {found.leaves[n] for n in found.spellings[0]} == {("h", "X", "0"), ("h.X", "0")}
    assert found.keys == {"h", "X", "h.X"}


def test_a_long_path_is_nested_or_one_key() -> None:
    found = plan(("a.b.c.d.e.f",))
    assert [found.leaves[n] for n in found.spellings[0]] == [("a", "b", "c", "d", "e", "f"), ("a.b.c.d.e.f",)]


def test_odd_keys_are_taken_as_they_are() -> None:
    assert plan((".a",)).leaves == ((".a",),)


def test_paths_that_share_a_spelling_share_its_leaf() -> None:
    found = plan(("a.b", "a"), ("a", "c"))
    assert found.paths == ("a.b", "a", "c")
    assert found.spellings[1] == (found.leaves.index(("a",)),)


def test_the_tree_holds_only_ways_whose_every_key_is_present() -> None:
    tree = plan(("a.b", "c")).tree(frozenset({"a", "b"}))
    assert set(tree.kids) == {"a"}
    assert set(tree.kids["a"].kids) == {"b"}


@pytest.mark.parametrize(
    ("known", "text"),
    [((), {0: {"x": 1}}), (("a.b",), {})],
    ids=["nothing leads further", "a known path leads further"],
)
def test_an_object_is_text_only_where_no_known_path_leads_further(
    known: tuple[str, ...], text: dict[int, object]
) -> None:
    tree = plan(("a",), (), known).tree(frozenset({"a"}))
    assert leaves_in(tree, {"a": {"x": 1}}, {}) == text


def test_a_mark_is_read_only_where_a_scalar_stands() -> None:
    tree = plan((), ("a",)).tree(frozenset({"a"}))
    assert leaves_in(tree, {"a": {"x": 1}}, {}) == {}
    assert leaves_in(tree, {"a": 1}, {}) == {0: 1}


@pytest.mark.parametrize(
    ("value", "want"),
    [
        ({"u": "ada"}, {"u": "ada"}),
        ({"u": {"n": "ada"}}, {"u.n": "ada"}),
        ({"u": {"x": 1}}, {}),
        ({"u": None}, {}),
        ({"l": ["x", "y"]}, {"l.0": "x"}),
        ({"l": "x"}, {"l.0": "x"}),
        ({"l": []}, {}),
        ({"o": [{"m": 1}, {"m": 2}]}, {"o.0.m": 1}),
    ],
)
def test_a_value_stands_at_the_deepest_path_that_fits(value: object, want: dict[str, object]) -> None:
    ready = plan(("u", "u.n", "l.0", "o.0.m"))
    found = leaves_in(ready.tree(ready.keys), value, {})
    names = {n: path for path, leaves in zip(ready.paths, ready.spellings, strict=True) for n in leaves}
    assert {names[n]: v for n, v in found.items()} == want


def test_shapes_are_told_from_parsed_values() -> None:
    values: list[object] = [None, {}, [], "x", 1, True]
    assert [shape_of(v) for v in values] == [None, "object", "array", "text", "text", "text"]


def test_a_learnt_shape_makes_the_schema_and_the_places_follow_it() -> None:
    ready = plan(("u", "u.n"))
    tree = ready.tree(frozenset({"u", "n"}))
    flat, deep = shapes_in(tree, {"u": "x"}, {}), shapes_in(tree, {"u": {"n": "x"}}, {})
    assert schema(tree, flat) == pl.Struct({"u": pl.String()})
    assert schema(tree, deep) == pl.Struct({"u": pl.Struct({"n": pl.String()})})
    assert [n for n, _ in places(tree, schema(tree, flat), pl.col("v"))] == [ready.leaves.index(("u",))]
    assert [n for n, _ in places(tree, schema(tree, deep), pl.col("v"))] == [ready.leaves.index(("u", "n"))]


def test_what_counts_as_json_text_is_not_for_the_fast_decoder() -> None:
    ready = plan(("a", "b"), (), ("b.c",))
    tree = ready.tree(ready.keys)
    assert undecodable(tree, shapes_in(tree, {"a": {"x": 1}}, {}))
    assert undecodable(tree, shapes_in(tree, {"b": [1]}, {}))
    assert not undecodable(tree, shapes_in(tree, {"a": 1, "b": {"x": 1}}, {}))


def test_the_same_keys_give_the_same_tree_again() -> None:
    ready = plan(("a.b", "c.0"))
    assert ready.tree(frozenset({"a", "b"})) is ready.tree(frozenset({"b", "a"}))
    assert set(ready.tree(frozenset({"c"})).kids) == {"c"}
