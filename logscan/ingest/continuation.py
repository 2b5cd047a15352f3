"""Lines that belong to the event before them: stack traces, wrapped messages."""

from collections.abc import Set as AbstractSet
from typing import NamedTuple

import polars as pl

MAX_LINES = 500
MAX_BYTES = 64 << 10


class Continued(NamedTuple):
    continuations: pl.DataFrame  # LINES and `owner`, the line number of the event
    rest: pl.DataFrame  # LINES


def continued(left: pl.DataFrame, events: pl.DataFrame, lines: pl.Series, multiline: AbstractSet[str]) -> Continued:
    """Tell the continuations among the lines that no format took.

    In:  left: LINES that no format took; events: logscan.line, event.dataset; lines: logscan.line of all lines;
         each in line order; multiline: ids of formats
    Law: a line continues the nearest event before it when that one's format allows it and no line is missing between
         them, up to 500 lines and 64 KiB
    """
    if left.is_empty():
        return Continued(left.with_columns(owner="logscan.line"), left)
    own = events.select("logscan.line", owner="logscan.line", joins=pl.col("event.dataset").is_in(list(multiline)))
    size = pl.col("event.original").str.len_bytes() + 1
    seen = left.join_asof(own, on="logscan.line", strategy="backward").with_columns(
        fits=(pl.int_range(pl.len()).over("owner") < MAX_LINES) & (size.cum_sum().over("owner") <= MAX_BYTES)
    )
    # rows and line numbers lie equally far apart where no line is missing
    between = lines.search_sorted(seen["logscan.line"]) - lines.search_sorted(seen["owner"].fill_null(0))
    whole = (seen["logscan.line"] - seen["owner"]) == between
    belongs = seen["joins"].fill_null(value=False) & seen["fits"] & whole.fill_null(value=False)
    return Continued(
        seen.filter(belongs).select(*left.columns, "owner"),
        seen.filter(~belongs).select(left.columns),
    )


def first_lines(lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Texts that hold line feeds, as messages of JSON records do, cut at the first; what follows in the second frame.

    Law: an object stays whole
    """
    text = pl.col("event.original")
    several = lines.select(text.str.contains("\n", literal=True) & ~text.str.starts_with("{")).to_series()
    if not several.any():
        return lines, lines.clear()
    parts = text.str.splitn("\n", 2)
    tails = lines.filter(several).with_columns(parts.struct.field("field_1").alias("event.original"))
    first = pl.when(several).then(parts.struct.field("field_0").str.strip_suffix("\r")).otherwise(text)
    return lines.with_columns(first.alias("event.original")), tails


def with_tails(events: pl.DataFrame, tails: pl.DataFrame, want: AbstractSet[str]) -> pl.DataFrame:
    """Put what followed an event's first line in its own text behind its message."""
    own = tails.with_columns(pl.col("logscan.line").alias("owner"))
    return with_continuations(events, own, want & {"message"})


def with_continuations(events: pl.DataFrame, continuations: pl.DataFrame, want: AbstractSet[str]) -> pl.DataFrame:
    """Put the continuations' text behind the events' own, in the wanted ones of event.original and message."""
    names = [name for name in ("event.original", "message") if name in want and name in events.columns]
    if continuations.is_empty() or not names:
        return events
    more = continuations.group_by("owner", maintain_order=True).agg(
        pl.col("event.original").str.join("\n").alias("_more")
    )
    joined = events.join(more, left_on="logscan.line", right_on="owner", how="left", maintain_order="left")
    glued = [
        pl.when(pl.col("_more").is_null()).then(pl.col(name))
        .otherwise(pl.concat_str(pl.col(name), pl.col("_more"), separator="\n", ignore_nulls=True)).alias(name)
        for name in names
    ]  # fmt: skip
    return joined.with_columns(glued).drop("_more")
