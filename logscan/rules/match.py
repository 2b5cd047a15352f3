"""All rules at once over a frame, as Boolean columns."""

from collections.abc import Mapping, Sequence
from functools import lru_cache, reduce
from operator import or_
from threading import Lock
from typing import NamedTuple

import polars as pl

from logscan.rules.held import held_in
from logscan.rules.needs import Needs, express_needs
from logscan.rules.rare import Sought
from logscan.rules.rule import Rule
from logscan.rules.shared import Answers, Shared
from logscan.rules.tree import Column, Node, express, lowered

_ALONE = Lock()  # threads that need the same work it out once
_FEW = 16  # one row of so many
MANY = 8_192  # rows; for fewer it takes longer to work out what to look for than to ask


def match(frame: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    """Ask every rule about every row.

    In:  any frame; a column that a rule reads and the frame lacks counts as missing in every row
    Out: one Boolean column per rule, named by it, never null; rows as in the input
    Law: a rule's column depends on that rule and the row alone
    """
    answers = Answers(frame, tuple(rules))
    worded = tuple(rule for rule in rules if rule.words)
    said = dict.fromkeys((rule.name for rule in worded), _only(frame.height, []))
    # Most rows hold no text that a rule asks for, and most rules are never near a match: one look for all texts tells
    # which rule is to be asked about which rows.
    for rule, rows in _guarded(frame, worded, answers):
        said[rule.name] = _only(frame.height, answers.hits(rule, rows))
    others = _ask(frame, [rule for rule in rules if not rule.words], answers.told)
    return pl.DataFrame({rule.name: said[rule.name] if rule.words else others[rule.name] for rule in rules})


def may_match(frame: pl.DataFrame, rules: Sequence[Rule], unread: frozenset[str]) -> pl.Series:
    """Whether any rule may match each row, as far as the columns that were read tell.

    In:  unread: columns that may hold anything; all others that the frame lacks are missing in every row
    Law: true where `match` on all columns finds a rule
    """
    if frame.height <= MANY:
        return _may_match(frame, tuple(rules), unread)
    told = frozenset(name for name in frame.columns if frame[name].null_count() < frame.height)
    asked = _asked(tuple(rules), told, unread)
    found = _may_match(frame, asked.open, unread) if asked.open else _only(frame.height, [])
    near = (asked.sought.near(frame) & ~found).arg_true()
    if len(near) * _FEW <= frame.height:  # who asks each of them in full does so sooner than they are told apart here
        return found.scatter(near, values=True)
    return found.scatter(near.filter(_may_match(frame[near], asked.worded, unread)), values=True)


class _Asked(NamedTuple):
    """sought: what rows hold in which the worded rules may match; open: the others"""

    sought: Sought
    worded: tuple[Rule, ...]
    open: tuple[Rule, ...]


def _asked(rules: tuple[Rule, ...], told: frozenset[str], unread: frozenset[str]) -> _Asked:
    with _ALONE:
        return _worked_out(rules, told, unread)


@lru_cache(maxsize=64)
def _worked_out(rules: tuple[Rule, ...], told: frozenset[str], unread: frozenset[str]) -> _Asked:
    held = {rule: part for rule in rules if (part := held_in(rule.tree, told, unread)) is not None}
    sought, able = Sought(list(held.values())), tuple(held)
    opened = tuple(able[at] for at in sought.open)
    return _Asked(sought, tuple(rule for rule in able if rule not in opened), opened)


def _may_match(frame: pl.DataFrame, rules: tuple[Rule, ...], unread: frozenset[str]) -> pl.Series:
    answers = Answers(frame, rules, unread)
    worded, others = _parted(rules, unread)
    # Those that ask for a number or less: mostly a few of them leave no row for the many that look for texts.
    there = frame.with_columns(_possibly(rule, unread, answers.told) for rule in others)
    rows = [(rule, there[rule.name].arg_true()) for rule in others]
    found = _only(frame.height, [])
    for rule, mine in sorted(rows, key=lambda asked: -len(asked[1])):
        found = _and_found(rule, mine, found, answers)
    left = (~found).arg_true()
    if worded and len(left):
        for rule, mine in _guarded(frame, worded, answers, left):
            found = _and_found(rule, mine, found, answers)
    return found


def _and_found(rule: Rule, rows: pl.Series, found: pl.Series, answers: Answers) -> pl.Series:
    left = rows.filter(~found.gather(rows))
    return found.scatter(answers.hits(rule, left), values=True) if len(left) else found


def _guarded(
    frame: pl.DataFrame, rules: tuple[Rule, ...], answers: Answers, rows: pl.Series | None = None
) -> list[tuple[Rule, pl.Series]]:
    """As `_near`, among some rows of the frame; rules that are guarded alike only among the rows let through.

    In: rows: ascending; None: all
    """
    rows = pl.int_range(frame.height, dtype=pl.UInt32(), eager=True) if rows is None else rows
    found = []
    for guards, mine in _by_guards(answers.shared, rules):
        through = answers.holding(guards, rows)
        if len(through):
            some = frame if len(through) == frame.height else frame[through]
            found += [(rule, through.gather(near)) for rule, near in _near(some, mine)]
    return found


@lru_cache(maxsize=64)
def _by_guards(asked: Shared, rules: tuple[Rule, ...]) -> list[tuple[tuple[Node, ...], tuple[Rule, ...]]]:
    by: dict[tuple[Node, ...], list[Rule]] = {}
    for rule in rules:
        by.setdefault(asked.ways[rule.name].guards, []).append(rule)
    return [(guards, tuple(mine)) for guards, mine in by.items()]


@lru_cache(maxsize=64)
def _parted(rules: tuple[Rule, ...], unread: frozenset[str]) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """The rules whose texts can be looked for, and the others."""
    worded = [rule for rule in rules if rule.words and all(need.columns.isdisjoint(unread) for need in rule.words)]
    return tuple(worded), tuple(sorted(set(rules).difference(worded), key=lambda rule: rule.name))


@lru_cache(maxsize=4096)
def _possibly(rule: Rule, unread: frozenset[str], told: frozenset[str]) -> pl.Expr:
    needs = [express_needs(need, told) for need in rule.needs if need.columns.isdisjoint(unread)]
    return pl.all_horizontal(pl.lit(value=True), *needs).alias(rule.name)


def _only(height: int, rows: Sequence[int] | pl.Series) -> pl.Series:
    """True in these rows. A new series each time, because `scatter` changes the one it is given."""
    return pl.repeat(value=False, n=height, dtype=pl.Boolean(), eager=True).scatter(rows, values=True)


def _ask(frame: pl.DataFrame, rules: Sequence[Rule], told: frozenset[str]) -> pl.DataFrame:
    """In: told: the columns that are not null in every row; what asks for others is not looked at"""
    asked = [_expression(rule, told & rule.columns).alias(rule.name) for rule in rules]
    # with_columns and not filter: only there does Polars compute a shared lower-case column once. A rule may be named
    # like a column that another one reads, so nothing is overwritten before all are computed, which one call ensures.
    return frame.with_columns(asked).select(rule.name for rule in rules)


@lru_cache(maxsize=4096)
def _expression(rule: Rule, told: frozenset[str]) -> pl.Expr:
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
