"""All rules at once over a frame, as Boolean columns."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import polars as pl

from logscan.rules.needs import Needs
from logscan.rules.rule import Rule
from logscan.rules.tree import Column, express, lowered

_PAIRS = pl.Schema({"row": pl.UInt32(), "rule": pl.UInt32()})
_HIT = "\0"  # no column is called so
_FEW = 32  # rows; of more, those that are alike are asked about once
_MOST_SAID = 64  # rows of which a rule remembers what it said
_LONGEST_SAID = 512  # characters of text in such a row
_SAID: WeakKeyDictionary[Rule, dict[tuple[tuple[str, Any], ...], bool]] = WeakKeyDictionary()


def match(frame: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    """Ask every rule about every row.

    In:  any frame; a column that a rule reads and the frame lacks counts as missing in every row
    Out: one Boolean column per rule, named by it, never null; rows as in the input
    Law: a rule's column depends on that rule and the row alone
    """
    told = frozenset(name for name in frame.columns if frame[name].null_count() < frame.height)
    worded = tuple(rule for rule in rules if rule.words)
    said = dict.fromkeys((rule.name for rule in worded), _only(frame.height, []))
    # Most rows hold no text that a rule asks for, and most rules are never near a match: one look for all texts tells
    # which rule is to be asked about which rows.
    for (at,), pairs in _near(frame, worded).group_by("rule"):
        rule, rows = worded[int(str(at))], pairs["row"].sort()
        columns = [name for name in frame.columns if name in rule.columns and name in told]
        said[rule.name] = _only(frame.height, rows.filter(_alike(frame.select(columns)[rows], rule)))
    others = _ask(frame, [rule for rule in rules if not rule.words], told)
    return pl.DataFrame({rule.name: said[rule.name] if rule.words else others[rule.name] for rule in rules})


def _only(height: int, rows: Sequence[int] | pl.Series) -> pl.Series:
    """True in these rows. A new series each time, because `scatter` changes the one it is given."""
    return pl.repeat(value=False, n=height, dtype=pl.Boolean(), eager=True).scatter(rows, values=True)


def _alike(frame: pl.DataFrame, rule: Rule) -> pl.Series:
    """Whether each row matches. Services repeat what they say, and to make a rule's patterns ready costs most."""
    if frame.height <= _FEW:
        return _remembered(frame, rule)
    once = frame.unique()
    if 2 * once.height > frame.height:
        return _ask(frame, [rule], frozenset(frame.columns)).to_series()
    hits = once.filter(
        _remembered(once, rule) if once.height <= _FEW else _ask(once, [rule], frozenset(frame.columns)).to_series()
    )
    marked = frame.join(
        hits.with_columns(pl.lit(value=True).alias(_HIT)),
        on=frame.columns,
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    return marked[_HIT].fill_null(value=False)


def _remembered(frame: pl.DataFrame, rule: Rule) -> pl.Series:
    """As `_ask`, of a few rows; what was said of the same before is said again."""
    told = frozenset(frame.columns)
    rows = [tuple(zip(frame.columns, row, strict=True)) for row in frame.iter_rows()]
    if any(sum(len(value) for _, value in row if isinstance(value, str)) > _LONGEST_SAID for row in rows):
        return _ask(frame, [rule], told).to_series()
    said = _SAID.setdefault(rule, {})
    known = {row: said[row] for row in rows if row in said}
    new = [at for at, row in enumerate(rows) if row not in known]
    if new:
        if len(said) > _MOST_SAID:
            said = _SAID[rule] = {}
        fresh = dict(zip([rows[at] for at in new], _ask(frame[new], [rule], told).to_series(), strict=True))
        known |= fresh
        said |= fresh
    return pl.Series([known[row] for row in rows], dtype=pl.Boolean())


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


def _near(frame: pl.DataFrame, rules: tuple[Rule, ...]) -> pl.DataFrame:
    """Rows in which a rule finds a text of each of its needs. Out: row, rule (its place); every pair once"""
    first, second = _texts(rules)
    near = _holding(frame, first)
    two = [at for at, rule in enumerate(rules) if len(rule.words) > 1]
    if not two or near.is_empty():
        return near
    both = near.join(_holding(frame, second), on=["row", "rule"], how="semi")
    return pl.concat([near.filter(~pl.col("rule").is_in(two)), both])


def _holding(frame: pl.DataFrame, looks: Sequence[_Texts]) -> pl.DataFrame:
    found = [pl.DataFrame(schema=_PAIRS)]
    for column, texts, rules in looks:
        if column.name not in frame.columns or frame[column.name].null_count() == frame.height:
            continue
        held = frame.select(
            pl.int_range(pl.len(), dtype=pl.UInt32()).alias("row"),
            lowered(column).str.extract_many(texts, overlapping=True).alias("text"),
        )
        pairs = held.explode("text").drop_nulls().unique().join(rules, on="text")
        found.append(pairs.select("row", "rule"))
    return pl.concat(found).unique()


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
