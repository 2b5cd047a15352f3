"""A rule's condition as a small tree of our own: plain values, so that it can be compared, pickled and read twice.

`backend` makes the tree from Sigma; `express` turns it into a Polars expression; `gate` derives from it what must hold.

A missing value never matches: a leaf is false where its column is null or absent, hence `not` of that leaf is true.
Only `Null` asks for a missing value. This is what Sigma's own backends do, and `express` is the one place that does it.
"""

import functools
import operator
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from logscan.rules.network import inside
from logscan.rules.regex import ready


class Column(NamedTuple):
    name: str
    text: bool  # holds text; otherwise it is made text before text is looked for


class Words(NamedTuple):
    """One text to look for. how: equals | contains | starts | ends | like; literal: what any match must hold."""

    how: str
    text: str  # for `like` a Rust regex
    literal: str


@dataclass(frozen=True)
class All:
    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Some:
    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Not:
    part: "Node"


@dataclass(frozen=True)
class Text:
    """The column holds one of the texts; both are in lower case unless `cased`."""

    column: Column
    words: tuple[Words, ...]
    cased: bool


@dataclass(frozen=True)
class Regex:
    column: Column
    pattern: str


@dataclass(frozen=True)
class Number:
    """op: eq (one of the values), lt, le, gt, ge (the first value)."""

    column: Column
    op: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Flag:
    column: Column
    value: bool


@dataclass(frozen=True)
class Network:
    column: Column
    network: str


@dataclass(frozen=True)
class Clock:
    """A part of a time, in UTC: minute, hour, day, week, month, year."""

    column: Column
    part: str
    value: int


@dataclass(frozen=True)
class Same:
    """Two columns hold the same text (in lower case), or the first contains, starts or ends with the second."""

    column: Column
    other: Column
    how: str


@dataclass(frozen=True)
class Null:
    column: Column


@dataclass(frozen=True)
class Present:
    column: Column


@dataclass(frozen=True)
class Never:
    """A field that no column holds."""


Leaf = Text | Regex | Number | Flag | Network | Clock | Same | Null | Present | Never
Node = All | Some | Not | Leaf


def leaves(node: Node) -> list[Leaf]:
    if isinstance(node, All | Some):
        return [leaf for part in node.parts for leaf in leaves(part)]
    return leaves(node.part) if isinstance(node, Not) else [node]


def columns(node: Node) -> frozenset[str]:
    """The names of the columns that the tree reads."""
    read = {leaf.column.name for leaf in leaves(node) if not isinstance(leaf, Never)}
    return frozenset(read | {leaf.other.name for leaf in leaves(node) if isinstance(leaf, Same)})


def express(node: Node, have: Collection[str] | None = None) -> pl.Expr:
    """The tree as a Boolean expression that is never null.

    In: have: the columns of the frame; a column not among them counts as missing. None: all are there
    """
    return _express(node, have).fill_null(value=False)


def _express(node: Node, have: Collection[str] | None) -> pl.Expr:
    """As `express`, but null may stand for false: harmless under and/or, so it is only filled beneath a `not`."""
    if isinstance(node, All):
        return functools.reduce(operator.and_, (_express(part, have) for part in node.parts))
    if isinstance(node, Some):
        return functools.reduce(operator.or_, (_express(part, have) for part in node.parts))
    if isinstance(node, Not):
        return ~express(node.part, have)
    if isinstance(node, Never):
        return pl.lit(value=False)
    if have is not None and not columns(node) <= set(have):
        return pl.lit(isinstance(node, Null))
    return _LEAVES[type(node)](node)


def possible(node: Node, unread: Collection[str], told: Collection[str]) -> pl.Expr:
    """Whether the tree may hold in a row of which some columns have not been read. Boolean, never null.

    In:  unread: columns that may hold anything; told: those that are there; all others count as missing
    Law: true where `express` with all columns is
    """
    return _bound(node, unread, told, upper=True)


def _bound(node: Node, unread: Collection[str], told: Collection[str], *, upper: bool) -> pl.Expr:
    if isinstance(node, All):
        return functools.reduce(operator.and_, (_bound(part, unread, told, upper=upper) for part in node.parts))
    if isinstance(node, Some):
        return functools.reduce(operator.or_, (_bound(part, unread, told, upper=upper) for part in node.parts))
    if isinstance(node, Not):
        return ~_bound(node.part, unread, told, upper=not upper)
    if columns(node).isdisjoint(unread):
        return express(node, told)
    return pl.lit(value=upper)


def lowered(column: Column) -> pl.Expr:
    """Written the same way everywhere, so that Polars computes it once per frame."""
    return as_text(column).str.to_lowercase()


def as_text(column: Column) -> pl.Expr:
    return pl.col(column.name) if column.text else pl.col(column.name).cast(pl.String)


def any_of(texts: Sequence[str]) -> str:
    """A regex that finds any of the literal texts: one alternation is several times faster than one look per text."""
    return "|".join(map(re.escape, texts))


def _text(node: Text) -> pl.Expr:
    value = as_text(node.column) if node.cased else lowered(node.column)
    by: dict[str, list[str]] = {}
    for how, text, _ in node.words:
        by.setdefault(how, []).append(text)
    return functools.reduce(operator.or_, (_HOW[how](value, texts) for how, texts in by.items()))


_HOW: dict[str, Callable[[pl.Expr, list[str]], pl.Expr]] = {
    "equals": lambda value, texts: value == texts[0] if len(texts) == 1 else value.is_in(texts),
    "contains": lambda value, texts: (
        value.str.contains(texts[0], literal=True) if len(texts) == 1 else value.str.contains(any_of(texts))
    ),
    "starts": lambda value, texts: (
        value.str.starts_with(texts[0]) if len(texts) == 1 else value.str.contains(f"^(?:{any_of(texts)})")
    ),
    "ends": lambda value, texts: (
        value.str.ends_with(texts[0]) if len(texts) == 1 else value.str.contains(f"(?:{any_of(texts)})$")
    ),
    "like": lambda value, texts: value.str.contains("|".join(f"(?:{text})" for text in texts)),
}


def _number(node: Number) -> pl.Expr:
    value = pl.col(node.column.name)
    if node.column.text:
        value = value.cast(pl.Float64, strict=False)
    if node.op == "eq" and len(node.values) > 1:
        return functools.reduce(operator.or_, (value == number for number in node.values))
    test: Callable[[pl.Expr, float], pl.Expr] = getattr(operator, node.op)
    return test(value, node.values[0])


def _same(node: Same) -> pl.Expr:
    one, other = lowered(node.column), lowered(node.other)
    if node.how == "contains":
        return one.str.contains(other, literal=True)
    if node.how == "equals":
        return one == other
    return one.str.starts_with(other) if node.how == "starts" else one.str.ends_with(other)


def _network(node: Network) -> pl.Expr:
    among = functools.partial(inside, network=node.network)
    return pl.col(node.column.name).map_batches(among, return_dtype=pl.Boolean, is_elementwise=True)


def sought_by(node: Regex) -> tuple[pl.Expr, str]:
    """The text that a pattern is asked of, and the pattern, made ready."""
    pattern, lower = ready(node.pattern)
    return (lowered if lower else as_text)(node.column), pattern


def _regex(node: Regex) -> pl.Expr:
    text, pattern = sought_by(node)
    return text.str.contains(pattern)


_LEAVES: dict[type, Callable[..., pl.Expr]] = {
    Text: _text,
    Regex: _regex,
    Number: _number,
    Flag: lambda node: pl.col(node.column.name) == node.value,
    Network: _network,
    Clock: lambda node: getattr(pl.col(node.column.name).dt, node.part)() == node.value,
    Same: _same,
    Null: lambda node: pl.col(node.column.name).is_null(),
    Present: lambda node: pl.col(node.column.name).is_not_null(),
}
