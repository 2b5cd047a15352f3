"""What a condition cannot match without, derived from its tree."""

import functools
import operator
import re
from collections.abc import Collection, Iterable
from typing import NamedTuple, TypeVar

import polars as pl

from logscan.rules.literals import required_literals
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
    any_of,
    express,
    lowered,
)

_T = TypeVar("_T", str, float)

# How much a test costs and lets through, best first; only the order matters.
_RANKS: dict[type, int] = {Flag: 3, Number: 4, Clock: 5, Regex: 5, Same: 6, Text: 6, Present: 7}
_LITERAL_RANK, _TEXT_FIRST_RANK, _SHORT_RANK, _SHORT = 1, 2, 4, 4


class Needs(NamedTuple):
    """At least one of these holds in every row that matches.

    literals  text that the column holds, in lower case
    numbers   values that the column equals
    leaves    any other test, as it stands
    rank      of the worst of them; lower is more selective
    """

    rank: int
    literals: frozenset[tuple[Column, str]] = frozenset()
    numbers: frozenset[tuple[Column, float]] = frozenset()
    leaves: tuple[Leaf, ...] = ()


def needed(node: Node, *, text_first: bool = False) -> Needs | None:
    """What the tree cannot match without; None when that is unknown, or costs more than asking the rule.

    In: text_first: of several things needed, rather the text than the number
    """
    if isinstance(node, Some):
        parts = [needed(part, text_first=text_first) for part in node.parts]
        found = [part for part in parts if part is not None]
        return union(found) if len(found) == len(parts) else None
    if isinstance(node, All):
        choices = [need for part in node.parts if (need := needed(part, text_first=text_first)) is not None]
        return min(choices, key=_selectivity, default=None)
    return None if isinstance(node, Not) else _leaf(node, _TEXT_FIRST_RANK if text_first else 0)


def _selectivity(need: Needs) -> tuple[int, int]:
    """Lower is more selective; of texts the longer."""
    return need.rank, -min((len(text) for _, text in need.literals), default=0)


def _leaf(node: Leaf, number_rank: int) -> Needs | None:
    if isinstance(node, Never):
        return Needs(0)
    if isinstance(node, Null | Network):
        return None
    if isinstance(node, Text):
        return _of_texts(node, [_literal(words.literal, cased=node.cased) for words in node.words])
    if isinstance(node, Regex):
        return _of_texts(node, required_literals(node.pattern) or [""])
    if isinstance(node, Number) and node.op == "eq" and not node.column.text:
        return Needs(number_rank, numbers=frozenset((node.column, number) for number in node.values))
    return Needs(_RANKS[type(node)], leaves=(node,))


def _of_texts(node: Text | Regex, literals: Collection[str]) -> Needs:
    shortest = min(map(len, literals))
    if not shortest:
        return Needs(_RANKS[type(node)], leaves=(node,))
    rank = _LITERAL_RANK if shortest >= _SHORT else _SHORT_RANK
    return Needs(rank, literals=frozenset((node.column, literal) for literal in literals))


def _literal(text: str, *, cased: bool) -> str:
    """Of cased text only ASCII counts: the lower case of some other letters depends on their neighbours."""
    return max(re.findall(r"[\x00-\x7f]+", text), key=len, default="").lower() if cased else text


def union(needs: Iterable[Needs]) -> Needs:
    """What at least one of several conditions cannot match without."""
    found = list(needs)
    return Needs(
        max((need.rank for need in found), default=0),
        frozenset().union(*(need.literals for need in found)),
        frozenset().union(*(need.numbers for need in found)),
        tuple(dict.fromkeys(leaf for need in found for leaf in need.leaves)),
    )


def express_needs(needs: Needs, have: Collection[str] | None) -> pl.Expr:
    """Boolean, never null: at least one of the needs is there. have: the columns of the frame; None: all"""

    def known(column: Column) -> bool:
        return have is None or column.name in have

    tests = [express(leaf, have) for leaf in needs.leaves]
    for column, numbers in _by_column(needs.numbers):
        if known(column):
            tests.append(functools.reduce(operator.or_, (pl.col(column.name) == number for number in numbers)))
    for column, literals in _by_column(needs.literals):
        if known(column):
            tests.append(lowered(column).str.contains(any_of(_shortest(frozenset(literals)))))
    return functools.reduce(operator.or_, tests).fill_null(value=False) if tests else pl.lit(value=False)


def _by_column(pairs: Iterable[tuple[Column, _T]]) -> list[tuple[Column, list[_T]]]:
    found: dict[Column, list[_T]] = {}
    for column, value in sorted(pairs):
        found.setdefault(column, []).append(value)
    return list(found.items())


@functools.lru_cache(maxsize=64)
def _shortest(literals: frozenset[str]) -> tuple[str, ...]:
    """Without those that hold another one: the shorter says it all."""
    kept: list[str] = []
    for literal in sorted(literals, key=lambda text: (len(text), text)):
        if not any(short in literal for short in kept):
            kept.append(literal)
    return tuple(kept)
