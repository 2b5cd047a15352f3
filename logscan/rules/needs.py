"""What a condition cannot match without, derived from its tree."""

import functools
import operator
import re
from collections.abc import Collection, Iterable
from typing import NamedTuple, TypeVar

import polars as pl

from logscan.model.schemas import CONTENT
from logscan.rules.literals import LONG_S, required_literals
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
    columns,
    express,
    lowered,
)

_T = TypeVar("_T", str, float)

# How much a test costs and lets through, best first; only the order matters.
_RANKS: dict[type, int] = {Flag: 4, Number: 5, Clock: 6, Regex: 6, Same: 7, Text: 7, Present: 8}
_EQUAL_RANK, _LAST_RANK = 0, 9
_LITERAL_RANKS: dict[type, int] = {Text: 1, Regex: 2}  # an author's own words say more than what a pattern must hold
_SHORT_RANK = 3
_SHORT = 3  # letters
_MOST = 2  # needs of one condition that are told: a third seldom spares more


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

    @property
    def columns(self) -> frozenset[str]:
        asked = {column.name for column, _ in self.literals} | {column.name for column, _ in self.numbers}
        return frozenset(asked).union(*(columns(leaf) for leaf in self.leaves))

    @property
    def selectivity(self) -> tuple[int, int, str]:
        """Lower is more selective; of texts the longer. The last part only decides ties."""
        shortest = min(((len(text), text) for _, text in self.literals if text != LONG_S), default=(0, ""))
        return self.rank, -shortest[0], shortest[1]


def needed(node: Node, *, text_first: bool = False) -> tuple[Needs, ...]:
    """What the tree cannot match without: all of these, the most selective first; none when nothing is known.

    In:  text_first: of several things needed, rather text than anything else, in whatever column.
         Otherwise all are of the columns of the first, so that few columns need to be read
    """
    if isinstance(node, Some):
        parts = [needed(part, text_first=text_first) for part in node.parts]
        most = max(map(len, parts), default=0) if all(parts) else 0
        return tuple(union(part[min(at, len(part) - 1)] for part in parts) for at in range(most))
    if isinstance(node, All):
        found = {need for part in node.parts for need in needed(part, text_first=text_first)}
        ranked = sorted(found, key=lambda need: need.selectivity)
        others = [need for need in ranked[1:] if text_first or need.columns <= ranked[0].columns]
        return (*ranked[:1], *others[: _MOST - 1])
    need = None if isinstance(node, Not) else _leaf(node, _LAST_RANK if text_first else _EQUAL_RANK)
    return (need,) if need else ()


def _leaf(node: Leaf, number_rank: int) -> Needs | None:
    if isinstance(node, Never):
        return Needs(_EQUAL_RANK)
    if isinstance(node, Null | Network) or columns(node) & CONTENT.keys():
        return None  # what a line holds is worked out only where something else says that it may matter
    if isinstance(node, Text):
        return _of_texts(node, [literal_of(words.literal, cased=node.cased) for words in node.words])
    if isinstance(node, Regex):
        return _of_texts(node, required_literals(node.pattern) or [""])
    if isinstance(node, Number) and node.op == "eq" and not node.column.text:
        return Needs(number_rank, numbers=frozenset((node.column, number) for number in node.values))
    return Needs(_RANKS[type(node)], leaves=(node,))


def _of_texts(node: Text | Regex, literals: Collection[str]) -> Needs:
    shortest = min(len(literal) for literal in literals if literal != LONG_S)
    if not shortest:
        return Needs(_RANKS[type(node)], leaves=(node,))
    rank = _LITERAL_RANKS[type(node)] if shortest >= _SHORT else _SHORT_RANK
    return Needs(rank, literals=frozenset((node.column, literal) for literal in literals))


def literal_of(text: str, *, cased: bool) -> str:
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
    texts = sorted(literals, key=lambda text: (len(text), text))
    held = pl.Series(texts, dtype=pl.String()).str.extract_many(texts, overlapping=True).list.n_unique()
    return tuple(text for text, others in zip(texts, held, strict=True) if others == 1)
