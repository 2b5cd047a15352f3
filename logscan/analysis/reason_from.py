"""Events with the reason that another line gives for them, and where it stands."""

import polars as pl

from logscan.analysis.failures import LISTED, read_failures
from logscan.analysis.judgement import Judgement
from logscan.analysis.reasons import with_reasons
from logscan.model.schemas import CLASSIFIED, TIME

_PLACE = ["log.file.path", "logscan.line", "log.offset"]
_TIMES = ("@timestamp", "event.timezone")
_TAKEN = {
    "cause": "logscan.cause",
    "confidence": "logscan.confidence",
    "rules": "logscan.rules",
    "alternatives": "logscan.alternatives",
    "user": "user.name",
    "credential": "logscan.credential",
}


def reasons_of(classified: pl.LazyFrame, judgement: Judgement) -> pl.DataFrame:
    """What other lines tell of failures.

    Out: one row for each failure that took its reason or its time from another line, or that has several reasons in
         reach: its place, and what it has from there as CLASSIFIED names it
    """
    told = with_reasons(read_failures(classified, judgement), judgement.measures).lines
    place = [pl.col("reason_path").cast(pl.String()), pl.col("reason_line").cast(pl.String())]
    where = (
        pl.when(pl.col("assumed") == "told").then(pl.concat_str(place, separator=":")).otherwise(pl.lit("lines around"))
    )
    assumed = pl.col("assumed").is_not_null()
    texts = [pl.col(name).cast(pl.String()).alias(column) for name, column in _TAKEN.items()]
    found = told.select(
        pl.col("path").cast(pl.String()).alias(_PLACE[0]),
        pl.col("line").alias(_PLACE[1]),
        pl.col("offset").alias(_PLACE[2]),
        *texts,
        pl.concat_str(place, separator=":").alias("logscan.reason_from"),
        pl.when(assumed).then(pl.col("t").cast(TIME)).alias("@timestamp"),
        pl.when(assumed).then(pl.concat_str(pl.lit("UTC (assumed: "), where, pl.lit(")"))).alias("event.timezone"),
    )
    lists = [pl.col(name) for name in ("logscan.rules", "logscan.alternatives")]
    return found.with_columns(
        pl.when(each != "").then(each.str.split(LISTED)).otherwise(pl.lit([], pl.List(pl.String()))) for each in lists
    )


def with_reason_from(events: pl.DataFrame, reasons: pl.DataFrame) -> pl.DataFrame:
    """Put the reasons into events.

    In:  CLASSIFIED, any rows; reasons: see `reasons_of`
    Law: same rows, same order, same columns; an event without a reason elsewhere is left as it is
    """
    if reasons.is_empty():
        return events
    offset = pl.col(_PLACE[2]).fill_null(0)
    taken = {name: f"_{name}" for name in reasons.columns if name not in _PLACE}
    both = events.with_columns(offset.alias("_offset")).join(
        reasons.rename({**taken, _PLACE[2]: "_offset"}).with_columns(pl.lit(value=True).alias("_told")),
        on=[*_PLACE[:2], "_offset"],
        how="left",
        maintain_order="left",
    )
    return both.with_columns(
        pl.when("_told")
        .then(pl.coalesce(new, name) if name in _TIMES else pl.col(new))
        .otherwise(pl.col(name))
        .alias(name)
        for name, new in taken.items()
    ).select(pl.col(name).cast(CLASSIFIED[name]) for name in events.columns)
