"""Who came when, and how it went: every event's part in the denominator, as small as it can be."""

from collections.abc import Collection

import polars as pl

from logscan.model.schemas import VISITS


def principal(column: str) -> pl.Expr:
    """The number that stands for a text in VISITS: its hash, 0 where it is null.

    Law: the same text gives the same number in every chunk and process of one polars version
    """
    return pl.col(column).cast(pl.String()).hash(0).fill_null(0) * pl.col(column).is_not_null().cast(pl.UInt64())


def site(column: str) -> pl.Expr:
    """The same in fewer bits: of host names there are few."""
    return (principal(column) & 0xFFFF_FFFF).cast(VISITS["site"])


def visit_columns(there: Collection[str]) -> list[pl.Expr]:
    """Expressions that turn events into VISITS.

    In:  there: the columns that the events have
         @timestamp, source.address, user.name, logscan.endpoint (null where the line has none),
         outcome (index in OUTCOMES);
         url.domain and http.response.status_code where there are any
    Out: VISITS, in the row order of the input
    """
    known = "http.response.status_code" in there
    status = pl.col("http.response.status_code") if known else pl.lit(0, VISITS["status"])
    return [
        pl.col("@timestamp").cast(VISITS["@timestamp"]),
        principal("source.address").alias("client"),
        principal("user.name").alias("user"),
        principal("logscan.endpoint").alias("endpoint"),
        pl.col("outcome").cast(VISITS["outcome"]),
        (site("url.domain") if "url.domain" in there else pl.lit(0, VISITS["site"])).alias("site"),
        status.fill_null(0).cast(VISITS["status"]).alias("status"),
    ]
