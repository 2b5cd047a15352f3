"""All rules at once over a frame, as Boolean columns."""

from collections.abc import Sequence

import polars as pl

from logscan.rules.rule import Rule
from logscan.rules.tree import express


def match(frame: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    """Ask every rule about every row.

    In:  any frame; a column that a rule reads and the frame lacks counts as missing in every row
    Out: one Boolean column per rule, named by it, never null; rows as in the input
    Law: a rule's column depends on that rule and the row alone
    """
    have = frozenset(frame.columns)
    asked = [(rule.expr if rule.columns <= have else express(rule.tree, have)).alias(rule.name) for rule in rules]
    # with_columns and not filter: only there does Polars compute a shared lower-case column once. A rule may be named
    # like a column that another one reads, so nothing is overwritten before all are computed, which one call ensures.
    return frame.with_columns(asked).select(rule.name for rule in rules)
