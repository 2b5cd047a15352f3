"""Who came when, and how it went: every event's part in the denominator, as small as it can be."""

import polars as pl

from logscan.model.schemas import VISITS


def principal(column: str) -> pl.Expr:
    """The number that stands for a text in VISITS: its hash, 0 where it is null.

    Law: the same text gives the same number in every chunk and process of one polars version
    """
    return pl.col(column).cast(pl.String()).hash(0).fill_null(0) * pl.col(column).is_not_null().cast(pl.UInt64())


def visit_columns() -> list[pl.Expr]:
    """Expressions that turn events into VISITS.

    In:  @timestamp, source.address, user.name, logscan.endpoint (null where the line has none),
         outcome (index in OUTCOMES)
    Out: VISITS, in the row order of the input
    """
    return [
        pl.col("@timestamp").cast(VISITS["@timestamp"]),
        principal("source.address").alias("client"),
        principal("user.name").alias("user"),
        principal("logscan.endpoint").alias("endpoint"),
        pl.col("outcome").cast(VISITS["outcome"]),
    ]
