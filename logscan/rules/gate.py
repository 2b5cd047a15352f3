"""What must hold in a row for any of many rules to match: a cheap test that lets most rows go unread."""

from collections.abc import Collection, Sequence

import polars as pl

from logscan.rules.needs import express_needs, union
from logscan.rules.rule import Rule


def gate(rules: Sequence[Rule], have: Collection[str] | None = None) -> pl.Expr:
    """A cheap necessary condition; holds no Python function, so that it can go to any worker.

    In:  have: the columns of the frame; None: all that the rules read
    Out: Boolean, never null; literally true when a rule asks for nothing that can be tested cheaply
    Law: true in every row in which any of the rules matches
    """
    needs = [rule.needs for rule in rules]
    if not all(needs):
        return pl.lit(value=True)
    first = express_needs(union(need[0] for need in needs), have)
    if all(len(need) == 1 for need in needs):
        return first
    return first & express_needs(union(need[-1] for need in needs), have)
