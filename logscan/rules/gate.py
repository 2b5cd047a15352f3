"""What must hold in a row for any of many rules to match: a cheap test that lets most rows go unread."""

from collections.abc import Sequence

import polars as pl

from logscan.rules.rule import Rule


def gate(rules: Sequence[Rule]) -> pl.Expr:
    """Boolean, never null. Law: true in every row in which any of the rules matches."""
    return pl.lit(value=True) if rules else pl.lit(value=False)
