"""How much of an event a rule's match rests on: the longest text that one of its conditions took."""

from collections.abc import Collection, Iterator

import polars as pl

from logscan.rules.tree import Leaf, Node, Not, Regex, Text, as_text, columns, express, leaves, lowered, sought_by


def extent(node: Node, have: Collection[str]) -> pl.Expr:
    """Letters of the longest text that a condition which holds was given by; 0 when none holds.

    In:  have: the columns of the frame; a column not among them counts as missing
    Out: UInt32, never null. What stands under a `not` is no evidence; a number, a flag or a time counts as one letter
    """
    asked = [_letters(leaf) for leaf in spoken(node) if columns(leaf) <= set(have)]
    return pl.max_horizontal(pl.lit(0, pl.UInt32()), *asked).fill_null(0)


def spoken(node: Node) -> Iterator[Leaf]:
    if isinstance(node, Not):
        return
    parts = getattr(node, "parts", None)
    if parts is None:
        yield from leaves(node)
    else:
        for part in parts:
            yield from spoken(part)


def _letters(leaf: Leaf) -> pl.Expr:
    if isinstance(leaf, Regex):
        text, pattern = sought_by(leaf)
        return text.str.extract(pattern, 0).str.len_chars()
    if isinstance(leaf, Text):
        value = as_text(leaf.column) if leaf.cased else lowered(leaf.column)
        held = [
            pl.when(_holds(value, how, text)).then(pl.lit(len(literal), pl.UInt32()))
            for how, text, literal in leaf.words
        ]
        return pl.max_horizontal(*held)
    return pl.when(express(leaf)).then(pl.lit(1, pl.UInt32()))


def _holds(value: pl.Expr, how: str, text: str) -> pl.Expr:
    if how == "equals":
        return value == text
    if how == "starts":
        return value.str.starts_with(text)
    if how == "ends":
        return value.str.ends_with(text)
    return value.str.contains(text, literal=how == "contains")
