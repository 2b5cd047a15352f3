"""All rules at once over a frame, as Boolean columns."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import polars as pl

from logscan.rules.needs import Needs
from logscan.rules.rule import Rule
from logscan.rules.tree import Column, express, lowered

_PAIRS = pl.Schema({"row": pl.UInt32(), "rule": pl.UInt32()})


def match(frame: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    """Ask every rule about every row.

    In:  any frame; a column that a rule reads and the frame lacks counts as missing in every row
    Out: one Boolean column per rule, named by it, never null; rows as in the input
    Law: a rule's column depends on that rule and the row alone
    """
    worded = tuple(rule for rule in rules if rule.words)
    said = dict.fromkeys((rule.name for rule in worded), _only(frame.height, []))
    # Most rows hold no text that a rule asks for, and most rules are never near a match: one look for all texts tells
    # which rule is to be asked about which rows.
    for (at,), pairs in _near(frame, worded).group_by("rule"):
        rule, rows = worded[int(str(at))], pairs["row"].sort()
        columns = [name for name in frame.columns if name in rule.columns]
        said[rule.name] = _only(frame.height, rows.filter(_ask(frame.select(columns)[rows], [rule]).to_series()))
    others = _ask(frame, [rule for rule in rules if not rule.words])
    return pl.DataFrame({rule.name: said[rule.name] if rule.words else others[rule.name] for rule in rules})


def _only(height: int, rows: Sequence[int] | pl.Series) -> pl.Series:
    """True in these rows. A new series each time, because `scatter` changes the one it is given."""
    return pl.repeat(value=False, n=height, dtype=pl.Boolean(), eager=True).scatter(rows, values=True)


def _ask(frame: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    have = frozenset(frame.columns)
    asked = [(rule.expr if rule.columns <= have else express(rule.tree, have)).alias(rule.name) for rule in rules]
    # with_columns and not filter: only there does Polars compute a shared lower-case column once. A rule may be named
    # like a column that another one reads, so nothing is overwritten before all are computed, which one call ensures.
    return frame.with_columns(asked).select(rule.name for rule in rules)


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
