"""All rules at once over a frame, as Boolean columns."""

from collections.abc import Mapping, Sequence
from functools import lru_cache, reduce
from operator import or_
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import polars as pl

from logscan.rules.needs import Needs, express_needs
from logscan.rules.rule import Rule
from logscan.rules.tree import All, Column, Node, Regex, express, leaves, lowered, possible

_HIT = "\0"  # no column is called so
_FEW = 32  # rows; of more, those that are alike are asked about once
_MOST_SAID = 64  # rows of which a rule remembers what it said
_LONGEST_SAID = 512  # characters of text in such a row
_SAID: WeakKeyDictionary[Rule, dict[tuple[Any, ...], bool]] = WeakKeyDictionary()


def match(frame: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    """Ask every rule about every row.

    In:  any frame; a column that a rule reads and the frame lacks counts as missing in every row
    Out: one Boolean column per rule, named by it, never null; rows as in the input
    Law: a rule's column depends on that rule and the row alone
    """
    told = _told(frame)
    worded = tuple(rule for rule in rules if rule.words)
    said = dict.fromkeys((rule.name for rule in worded), _only(frame.height, []))
    # Most rows hold no text that a rule asks for, and most rules are never near a match: one look for all texts tells
    # which rule is to be asked about which rows.
    for rule, rows in _near(frame, worded):
        columns = [name for name in frame.columns if name in rule.columns and name in told]
        said[rule.name] = _only(frame.height, rows.filter(_alike(frame.select(columns)[rows], rule, None)))
    others = _ask(frame, [rule for rule in rules if not rule.words], told)
    return pl.DataFrame({rule.name: said[rule.name] if rule.words else others[rule.name] for rule in rules})


def may_match(frame: pl.DataFrame, rules: Sequence[Rule], unread: frozenset[str]) -> pl.Series:
    """Whether any rule may match each row, as far as the columns that were read tell.

    In:  unread: columns that may hold anything; all others that the frame lacks are missing in every row
    Law: true where `match` on all columns finds a rule
    """
    told = _told(frame)
    worded, others = _parted(tuple(rules), unread)
    # Those that ask for a number or less: mostly a few of them leave no row for the many that look for texts.
    there = frame.with_columns(_possibly(rule, unread, told) for rule in others)
    rows = [(rule, there[rule.name].arg_true()) for rule in others]
    found = _only(frame.height, [])
    for rule, mine in sorted(rows, key=lambda asked: -len(asked[1])):
        found = _and_found(frame, rule, mine, found, unread)
    left = (~found).arg_true()
    if worded and len(left):
        less = frame if len(left) == frame.height else frame[left]
        for rule, mine in _near(less, worded):
            found = _and_found(frame, rule, left.gather(mine), found, unread)
    return found


def _and_found(frame: pl.DataFrame, rule: Rule, rows: pl.Series, found: pl.Series, unread: frozenset[str]) -> pl.Series:
    left = rows.filter(~found.gather(rows))
    if left.is_empty():
        return found
    names = [name for name in frame.columns if name in rule.columns and frame[name].null_count() < frame.height]
    part = frame.select(names or frame.columns[:1])[left]
    return found.scatter(left.filter(_alike(part, rule, unread & rule.columns)), values=True)


@lru_cache(maxsize=64)
def _parted(rules: tuple[Rule, ...], unread: frozenset[str]) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """The rules whose texts can be looked for, and the others."""
    worded = [rule for rule in rules if rule.words and all(need.columns.isdisjoint(unread) for need in rule.words)]
    return tuple(worded), tuple(sorted(set(rules).difference(worded), key=lambda rule: rule.name))


@lru_cache(maxsize=4096)
def _possibly(rule: Rule, unread: frozenset[str], told: frozenset[str]) -> pl.Expr:
    needs = [express_needs(need, told) for need in rule.needs if need.columns.isdisjoint(unread)]
    return pl.all_horizontal(pl.lit(value=True), *needs).alias(rule.name)


def _told(frame: pl.DataFrame) -> frozenset[str]:
    return frozenset(name for name in frame.columns if frame[name].null_count() < frame.height)


def _only(height: int, rows: Sequence[int] | pl.Series) -> pl.Series:
    """True in these rows. A new series each time, because `scatter` changes the one it is given."""
    return pl.repeat(value=False, n=height, dtype=pl.Boolean(), eager=True).scatter(rows, values=True)


def _alike(frame: pl.DataFrame, rule: Rule, unread: frozenset[str] | None) -> pl.Series:
    """Whether each row matches. Services repeat what they say, and to make a rule's patterns ready costs most.

    In:  unread: see `_expression`
    """
    if frame.height <= _FEW:
        return _remembered(frame, rule, unread)
    once = frame.unique()
    if 2 * once.height > frame.height:
        return _asked(frame, rule, unread)
    ask = _remembered if once.height <= _FEW else _asked
    hits = once.filter(ask(once, rule, unread))
    marked = frame.join(
        hits.with_columns(pl.lit(value=True).alias(_HIT)),
        on=frame.columns,
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    return marked[_HIT].fill_null(value=False)


def _remembered(frame: pl.DataFrame, rule: Rule, unread: frozenset[str] | None) -> pl.Series:
    """As `_ask`, of a few rows; what was said of the same before is said again."""
    texts = list(frame.iter_rows())
    if any(sum(len(value) for value in row if isinstance(value, str)) > _LONGEST_SAID for row in texts):
        return _asked(frame, rule, unread)
    rows: list[tuple[Any, ...]] = [(unread, *frame.columns, *row) for row in texts]
    said = _SAID.setdefault(rule, {})
    before = {row: said[row] for row in rows if row in said}
    new = [at for at, row in enumerate(rows) if row not in before]
    if new:
        if len(said) > _MOST_SAID:
            said = _SAID[rule] = {}
        fresh = dict(zip([rows[at] for at in new], _asked(frame[new], rule, unread), strict=True))
        before |= fresh
        said |= fresh
    return pl.Series([before[row] for row in rows], dtype=pl.Boolean())


def _asked(frame: pl.DataFrame, rule: Rule, unread: frozenset[str] | None) -> pl.Series:
    """What must hold together is asked one by one, the cheapest first, of the rows still left."""
    told = frozenset(frame.columns)
    if not isinstance(rule.tree, All):
        return _ask(frame, [rule], told, unread).to_series()
    left = pl.int_range(frame.height, dtype=pl.UInt32(), eager=True)
    for part in _steps(rule, told, unread):
        left = left.filter(frame[left].with_columns(part.alias(_HIT))[_HIT])
        if left.is_empty():
            break
    return _only(frame.height, left)


@lru_cache(maxsize=4096)
def _steps(rule: Rule, told: frozenset[str], unread: frozenset[str] | None) -> tuple[pl.Expr, ...]:
    parts = sorted(rule.tree.parts if isinstance(rule.tree, All) else (rule.tree,), key=_letters)
    return tuple(express(part, told) if unread is None else possible(part, unread, told) for part in parts)


def _letters(node: Node) -> int:
    """Of all patterns: they are what takes time."""
    return sum(len(leaf.pattern) for leaf in leaves(node) if isinstance(leaf, Regex))


def _ask(
    frame: pl.DataFrame, rules: Sequence[Rule], told: frozenset[str], unread: frozenset[str] | None = None
) -> pl.DataFrame:
    """In: told: the columns that are not null in every row; what asks for others is not looked at"""
    asked = [_expression(rule, told & rule.columns, unread).alias(rule.name) for rule in rules]
    # with_columns and not filter: only there does Polars compute a shared lower-case column once. A rule may be named
    # like a column that another one reads, so nothing is overwritten before all are computed, which one call ensures.
    return frame.with_columns(asked).select(rule.name for rule in rules)


@lru_cache(maxsize=4096)
def _expression(rule: Rule, told: frozenset[str], unread: frozenset[str] | None) -> pl.Expr:
    """In: unread: columns that may hold anything; None: all were read, and the rule is asked whether it does match"""
    if unread is not None:
        return possible(rule.tree, unread, told)
    return rule.expr if rule.columns <= told else express(rule.tree, told)


class _Texts(NamedTuple):
    """The texts to look for in one column, and which rules (by place) ask for each."""

    column: Column
    texts: list[str]
    rules: pl.DataFrame


def _near(frame: pl.DataFrame, rules: tuple[Rule, ...]) -> list[tuple[Rule, pl.Series]]:
    """The rules that find a text of each of their needs, and in which rows, ascending."""
    first, second = _texts(rules)
    near = _holding(frame, first, None)
    also = _holding(frame, second, near)
    found = [(rules[at], also.get(at) if len(rules[at].words) > 1 else mask) for at, mask in sorted(near.items())]
    return [(rule, mask.arg_true()) for rule, mask in found if mask is not None]


def _holding(
    frame: pl.DataFrame, looks: Sequence[_Texts], near: Mapping[int, pl.Series] | None
) -> dict[int, pl.Series]:
    """By rule, the rows that hold one of its texts. near: rows beyond which nothing is asked; None: all"""
    found: dict[int, pl.Series] = {}
    for look in looks:
        name, asked = look.column.name, look.rules
        if name not in frame.columns or frame[name].null_count() == frame.height:
            continue
        rows = pl.int_range(frame.height, dtype=pl.UInt32(), eager=True)
        if near is not None:
            asked = asked.filter(pl.col("rule").is_in(list(near)))
            masks = [near[at] for at in asked["rule"].unique()]
            rows = reduce(or_, masks).arg_true() if masks else rows.clear()
        if len(rows):
            held = _held(frame.select(lowered(look.column)).to_series().gather(rows), asked)
            for at, there in held:
                mask = _only(frame.height, rows.filter(there))
                found[at] = found[at] | mask if at in found else mask
    return found if near is None else {at: mask & near[at] for at, mask in found.items()}


def _held(text: pl.Series, asked: pl.DataFrame) -> list[tuple[int, pl.Series]]:
    """Each rule that finds one of its texts, and where."""
    texts = asked["text"].unique().to_list()
    hit = text.str.contains_any(texts).fill_null(value=False)
    if not hit.any():
        return []
    coded = text.filter(hit).cast(pl.Categorical(pl.Categories.random()))
    once = coded.unique()
    found = pl.DataFrame({"code": once.to_physical(), "text": once.cast(pl.String())}).select(
        "code", pl.col("text").str.extract_many(texts, overlapping=True).list.unique()
    )
    pairs = found.explode("text").join(asked, on="text").select("code", "rule").unique().group_by("rule").agg("code")
    codes, rows = coded.to_physical(), hit.arg_true()
    return [(at, _only(len(text), rows.filter(codes.is_in(mine)))) for at, mine in pairs.rows()]


@lru_cache(maxsize=64)
def _texts(rules: tuple[Rule, ...]) -> tuple[list[_Texts], list[_Texts]]:
    """For the first and the second need of rules: what to look for in each column."""
    first = [(at, rule.words[0]) for at, rule in enumerate(rules)]
    second = [(at, rule.words[1]) for at, rule in enumerate(rules) if len(rule.words) > 1]
    return _by_column(first), _by_column(second)


def _by_column(needs: Sequence[tuple[int, Needs]]) -> list[_Texts]:
    asked: dict[Column, list[tuple[str, int]]] = {}
    for at, need in needs:
        for column, text in need.literals:
            asked.setdefault(column, []).append((text, at))
    schema = {"text": pl.String(), "rule": pl.UInt32()}
    return [
        _Texts(column, sorted({text for text, _ in pairs}), pl.DataFrame(pairs, schema=schema, orient="row"))
        for column, pairs in sorted(asked.items())
    ]
