"""Failures of which the log tells nothing but a status: whatever it is, behaviour knows more."""

from collections.abc import Set as AbstractSet

import polars as pl

from logscan.analysis.failures import LISTED, as_places
from logscan.model.taxonomy import UNCLASSIFIED


def pool_bare(failures: pl.DataFrame, bare: AbstractSet[str]) -> pl.DataFrame:
    """Give failures that only rules of a bare status know one cause, so that one incident is not divided by it.

    In:  bare: names of such rules
    Out: the same rows and order, + told: the cause that the rules named; cause: `unclassified` where they are bare
    Law: a failure that any other rule knows keeps its cause
    """
    told = failures["cause"]
    texts = [text for text in failures["rules"].unique().drop_nulls().cast(pl.String()).to_list() if text]
    weak = [text for text in texts if set(text.split(LISTED)) <= bare]
    known = failures.select(pl.col("rules").cast(pl.String()).is_in(weak).fill_null(value=False)).to_series()
    cause = pl.when(known).then(pl.lit(UNCLASSIFIED)).otherwise(told.cast(pl.String())).alias("cause")
    pooled = failures.select(cause).to_series() if known.any() else told
    return failures.with_columns(as_places(pooled) if known.any() else told, told.alias("told"))


def told_cause(told: pl.Series) -> str:
    """The cause that most of these failures were given; `unclassified` when no single one was."""
    counts = told.cast(pl.String()).value_counts(name="n").sort(["n", told.name], descending=[True, False])
    top = counts.row(0, named=True)
    return str(top[told.name]) if 2 * top["n"] > told.len() else UNCLASSIFIED
