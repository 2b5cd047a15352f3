"""All rules at once over a frame, as Boolean columns."""

from collections.abc import Sequence

import polars as pl

from logscan.rules.needs import express_needs, union
from logscan.rules.rule import Rule
from logscan.rules.tree import express

_WORTH_A_LOOK = 512  # rows from which one look for the texts of all rules costs less than it saves
_WORTH_SPARING = 0.5  # share of rows that hold a text above which sparing the others costs more than it saves


def match(frame: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    """Ask every rule about every row.

    In:  any frame; a column that a rule reads and the frame lacks counts as missing in every row
    Out: one Boolean column per rule, named by it, never null; rows as in the input
    Law: a rule's column depends on that rule and the row alone
    """
    if frame.height < _WORTH_A_LOOK:
        return _ask(frame, rules)
    worded = [rule for rule in rules if rule.words is not None]
    others = [rule for rule in rules if rule.words is None]
    # Most rows hold none of the texts that rules ask for: one look for all of them spares asking each rule.
    look = express_needs(union(rule.words for rule in worded if rule.words), frozenset(frame.columns))
    holds = frame.with_columns(look.alias("holds"))["holds"]
    if holds.sum() > frame.height * _WORTH_SPARING:
        return _ask(frame, rules)
    said = _ask(frame.filter(holds), worded)
    row = pl.when("holds").then(pl.col("holds").cum_sum() - 1)
    rows = pl.DataFrame({"holds": holds}).select(row.alias("row"))["row"]
    spread = said.select(pl.all().gather(rows).fill_null(value=False)) if said.height else _never(frame.height, worded)
    return pl.concat([spread, _ask(frame, others)], how="horizontal").select(rule.name for rule in rules)


def _ask(frame: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    have = frozenset(frame.columns)
    asked = [(rule.expr if rule.columns <= have else express(rule.tree, have)).alias(rule.name) for rule in rules]
    # with_columns and not filter: only there does Polars compute a shared lower-case column once. A rule may be named
    # like a column that another one reads, so nothing is overwritten before all are computed, which one call ensures.
    return frame.with_columns(asked).select(rule.name for rule in rules)


def _never(height: int, rules: Sequence[Rule]) -> pl.DataFrame:
    return pl.select(pl.repeat(value=False, n=height).alias(rule.name) for rule in rules)
