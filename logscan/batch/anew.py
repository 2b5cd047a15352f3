"""Archived failures, classified by the rules of today."""

import polars as pl

from logscan.analysis.classify import classify
from logscan.engine.plan import Plan
from logscan.model.schemas import CLASSIFIED, RULE_COLUMNS

_SAID = ("logscan.cause", "logscan.confidence", "logscan.alternatives", "logscan.rules")
_ROW = "logscan.line"  # carries the number of the row through `classify`, which keeps this column as it is


def classified_anew(failures: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """In:  CLASSIFIED, redacted
    Out: the same with what the rules of today say
    Law: what no rule takes for a failure any more is left out; but where the rule that named the cause is still there,
         and only what it rested on was redacted, its word stays
    """
    if failures.is_empty():
        return failures
    numbered = failures.select(list(RULE_COLUMNS)).with_columns(pl.int_range(pl.len(), dtype=pl.UInt64()).alias(_ROW))
    said = classify(numbered, plan.causes).select(_ROW, *_SAID)
    names = [rule.name for rule in plan.library.causes]
    rows = failures.with_row_index("_row").with_columns(pl.col("_row").cast(pl.UInt64()))
    stays = pl.col("logscan.rules").list.first().is_in(names).fill_null(value=False)
    old = rows.filter(stays).join(said, left_on="_row", right_on=_ROW, how="anti")
    new = rows.drop(_SAID).join(said, left_on="_row", right_on=_ROW, how="inner")
    both = pl.concat([old.select("_row", *CLASSIFIED), new.select("_row", *CLASSIFIED)])
    return both.sort("_row").drop("_row")
