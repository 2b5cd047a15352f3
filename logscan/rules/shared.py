"""Asks rules about rows one by one; what several of them have in common is asked of a row once."""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import polars as pl

from logscan.rules.rule import Rule
from logscan.rules.tree import All, Node, Not, Regex, columns, express, leaves, possible

_HIT = "\0"  # no column is called so
_SHARED = 3  # rules that have an exception in common, from which on it is asked apart
_GUARD = 8  # rules that have another part in common, from which on it is asked first
_FEW = 32  # rows; of more, those that are alike are asked about once
_MOST_SAID = 64  # rows of which a rule remembers what it said
_LONGEST_SAID = 512  # characters of text in such a row


class _Way(NamedTuple):
    """The parts of a rule, all of which must hold, in the order in which they are asked.

    guards  of several rules; let few rows through
    own     of this rule
    last    of several rules, exceptions mostly: let most rows through
    """

    guards: tuple[Node, ...]
    own: tuple[Node, ...]
    last: tuple[Node, ...]


class Shared:
    """How each of some rules is asked, and what they said of rows seen before."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        counts = Counter(part for rule in rules for part in _parts(rule.tree))
        self.ways = {rule.name: _way(rule.tree, counts) for rule in rules}
        self.said: dict[tuple[str, frozenset[str] | None], dict[tuple[Any, ...], bool]] = {}
        self.steps: dict[tuple[str, frozenset[str], frozenset[str] | None], list[pl.Expr]] = {}


@lru_cache(maxsize=64)
def shared(rules: tuple[Rule, ...]) -> Shared:
    return Shared(rules)


def _parts(tree: Node) -> tuple[Node, ...]:
    return tree.parts if isinstance(tree, All) else (tree,)


def _way(tree: Node, counts: Counter[Node]) -> _Way:
    parts = sorted(_parts(tree), key=lambda part: _letters(part) / counts[part])
    guards = tuple(part for part in parts if counts[part] >= _GUARD and not _is_long_exception(part))
    last = tuple(part for part in parts if counts[part] >= _SHARED and _is_long_exception(part))
    own = tuple(sorted((part for part in parts if part not in (*guards, *last)), key=_letters))
    return _Way(guards, own, last)


def _is_long_exception(part: Node) -> bool:
    return isinstance(part, Not) and _letters(part) > 0


def _letters(node: Node) -> int:
    """Of all patterns: they are what takes time."""
    return sum(len(leaf.pattern) for leaf in leaves(node) if isinstance(leaf, Regex))


class Answers:
    """What rules say of the rows of one frame.

    In:  unread: columns that may hold anything; all others that the frame lacks are missing in every row.
         None: every column was read
    Law: an answer depends on the rule and the row alone; with unread columns it is true where it would be without
    """

    def __init__(self, frame: pl.DataFrame, rules: tuple[Rule, ...], unread: frozenset[str] | None = None) -> None:
        self.frame, self.shared, self.unread = frame, shared(rules), unread
        self.told = frozenset(name for name in frame.columns if frame[name].null_count() < frame.height)
        self.known: dict[Node, tuple[pl.Series, pl.Series]] = {}

    def holding(self, parts: Sequence[Node], rows: pl.Series) -> pl.Series:
        """Those of the rows in which all parts hold."""
        for part in parts:
            if rows.is_empty():
                break
            rows = rows.filter(self._of(part, rows))
        return rows

    def hits(self, rule: Rule, rows: pl.Series) -> pl.Series:
        """Those of the rows that the rule matches."""
        way = self.shared.ways[rule.name]
        rows = self.holding(way.guards, rows)
        if way.own and len(rows):
            rows = rows.filter(self._alike(rule, rows))
        return self.holding(way.last, rows)

    def _of(self, part: Node, rows: pl.Series) -> pl.Series:
        """Whether a part holds in each of the rows; of those that were asked before it is known."""
        if part not in self.known:
            nothing = pl.Series([False]).new_from_index(0, self.frame.height)
            self.known[part] = (nothing, nothing)
        asked, holds = self.known[part]
        new = rows.filter(~asked.gather(rows))
        if len(new):
            names = [name for name in self.frame.columns if name in columns(part) and name in self.told]
            some = self.frame.select(names or self.frame.columns[:1])[new]
            found = some.with_columns(_expression(part, frozenset(names), self._unread(part)).alias(_HIT))[_HIT]
            asked, holds = asked.clone().scatter(new, values=True), holds.clone().scatter(new, found)
            self.known[part] = (asked, holds)
        return holds.gather(rows)

    def _unread(self, part: Node) -> frozenset[str] | None:
        return None if self.unread is None else self.unread & columns(part)

    def _alike(self, rule: Rule, rows: pl.Series) -> pl.Series:
        """Whether each row matches. Services repeat what they say, and to make a rule's patterns ready costs most."""
        names = [name for name in self.frame.columns if name in rule.columns and name in self.told]
        frame = self.frame.select(names or self.frame.columns[:1])[rows]
        if frame.height <= _FEW:
            return self._remembered(frame, rule)
        once = frame.unique()
        if 2 * once.height > frame.height:
            return self._asked(frame, rule)
        ask = self._remembered if once.height <= _FEW else self._asked
        hits = once.filter(ask(once, rule))
        marked = frame.join(
            hits.with_columns(pl.lit(value=True).alias(_HIT)),
            on=frame.columns,
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )
        return marked[_HIT].fill_null(value=False)

    def _remembered(self, frame: pl.DataFrame, rule: Rule) -> pl.Series:
        """Of a few rows; what was said of the same before is said again."""
        texts = list(frame.iter_rows())
        if any(sum(len(value) for value in row if isinstance(value, str)) > _LONGEST_SAID for row in texts):
            return self._asked(frame, rule)
        rows: list[tuple[Any, ...]] = [(*frame.columns, *row) for row in texts]
        key = (rule.name, None if self.unread is None else self.unread & rule.columns)
        said = self.shared.said.setdefault(key, {})
        before = {row: said[row] for row in rows if row in said}
        new = [at for at, row in enumerate(rows) if row not in before]
        if new:
            if len(said) > _MOST_SAID:
                said = self.shared.said[key] = {}
            fresh = dict(zip([rows[at] for at in new], self._asked(frame[new], rule), strict=True))
            before |= fresh
            said |= fresh
        return pl.Series([before[row] for row in rows], dtype=pl.Boolean())

    def _asked(self, frame: pl.DataFrame, rule: Rule) -> pl.Series:
        """What must hold together is asked one by one, the cheapest first, of the rows still left."""
        left = pl.int_range(frame.height, dtype=pl.UInt32(), eager=True)
        for step in self._steps(rule, frozenset(frame.columns)):
            left = left.filter(frame[left].with_columns(step.alias(_HIT))[_HIT])
            if left.is_empty():
                break
        return pl.repeat(value=False, n=frame.height, dtype=pl.Boolean(), eager=True).scatter(left, values=True)

    def _steps(self, rule: Rule, told: frozenset[str]) -> list[pl.Expr]:
        unread = None if self.unread is None else self.unread & rule.columns
        key = (rule.name, told, unread)
        if key not in self.shared.steps:
            self.shared.steps[key] = [_expression(part, told, unread) for part in self.shared.ways[rule.name].own]
        return self.shared.steps[key]


def _expression(node: Node, told: frozenset[str], unread: frozenset[str] | None) -> pl.Expr:
    return express(node, told) if unread is None else possible(node, unread, told)
