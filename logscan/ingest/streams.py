"""Writers that share a file, each read by itself; lines that were cut in parts; objects over many lines."""

import json
from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from logscan.ingest.shape import Format

APART = 100  # lines; what stands farther from the last line of its stream does not continue it
MOST_LINES = 500  # from the first part of a line to its last
MOST_BYTES = 512 << 10  # of all parts

_LINE = "logscan.line"


class Joined(NamedTuple):
    events: pl.DataFrame  # with the parts of one line as one
    parts: pl.DataFrame  # logscan.line of the other parts, `owner`: that of the first


def stream_of(fmt: Format) -> pl.Expr:
    """Whose line it is; the empty text where the format does not say."""
    if not fmt.stream:
        return pl.lit("")
    return pl.col("event.original").str.extract(fmt.stream, 1).fill_null("")


def with_whole_lines(events: pl.DataFrame, fmt: Format) -> Joined:
    """Join the parts of lines that the envelope cut.

    In:  events of one envelope format, in line order, with message
    Law: parts are joined when the last is there and no bound is passed, else each stays as it is; the whole has the
         line, offset and time of its first part
    """
    none = events.select(_LINE, pl.col(_LINE).alias("owner")).clear()
    if not fmt.unfinished:
        return Joined(events, none)
    open_ = events.select(pl.col("event.original").str.contains(fmt.unfinished)).to_series()
    if not open_.any():
        return Joined(events, none)
    rows = events.with_columns(open_.alias("_open"), stream_of(fmt).alias("_stream")).with_row_index("_row")
    begins = ~pl.col("_open").shift(1, fill_value=False).over("_stream")
    rows = rows.with_columns(begins.alias("_begins")).with_columns(
        pl.col("_begins").cum_sum().over("_stream").alias("_run")
    )
    size, lines = pl.col("message").str.len_bytes().sum(), pl.col(_LINE).max() - pl.col(_LINE).min()
    good = (~pl.col("_open").last()) & (size <= MOST_BYTES) & (lines <= MOST_LINES)
    rows = rows.with_columns(good.over("_stream", "_run").alias("_good"))
    head = pl.when("_good").then(pl.col("_row").min().over("_stream", "_run")).otherwise("_row").alias("_head")
    rows = rows.with_columns(head)
    parts = rows.filter(pl.col("_head") != pl.col("_row"))
    if parts.is_empty():
        return Joined(events, none)
    texts = rows.group_by("_head", maintain_order=True).agg(
        pl.col("message").str.join("").alias("_message"), pl.col("event.original").str.join("\n").alias("_original")
    )
    whole = rows.filter(pl.col("_head") == pl.col("_row")).with_columns(
        texts["_message"].alias("message"), texts["_original"].alias("event.original")
    )
    owners = parts.select(_LINE, rows[_LINE].gather(parts["_head"]).alias("owner"))
    return Joined(whole.select(events.columns), owners)


def by_stream(lines: pl.DataFrame, streams: pl.Series) -> tuple[pl.DataFrame, pl.Series]:
    """Put the lines of each stream behind one another, with numbers that are one apart where one may continue another.

    In:  LINES in line order, each line's stream
    Out: LINES with numbers of their own, and the true number of each
    """
    ordered = lines.with_columns(streams.alias("_stream")).sort("_stream", _LINE, maintain_order=True)
    far = (pl.col("_stream") != pl.col("_stream").shift(1)) | (pl.col(_LINE) - pl.col(_LINE).shift(1) > APART)
    step = pl.when(far.fill_null(value=True)).then(2).otherwise(1).cast(pl.UInt64)
    return ordered.select(step.cum_sum().alias(_LINE), "log.offset", "event.original"), ordered[_LINE]


def with_whole_objects(lines: pl.DataFrame) -> Joined:
    """Join the lines of each JSON object that its writer spread, indented, over several.

    In:  LINES with numbers that are one apart where one may continue another
    Law: only what is an object then is joined, of up to 500 lines and 512 KiB; it has the line of its first part
    """
    none = lines.select(_LINE, pl.col(_LINE).alias("owner")).clear()
    texts = lines["event.original"].str.strip_chars_end()
    begins = (texts == "{").arg_true()
    if begins.is_empty():
        return Joined(lines, none)
    numbers, rows = lines[_LINE].to_list(), texts.to_list()
    whole: dict[int, str] = {}
    owners: dict[int, int] = {}
    for first in begins:
        last = _object_end(rows, numbers, first)
        text = "\n".join(rows[first : last + 1])
        if last > first and len(text) <= MOST_BYTES and _is_object(text):
            whole[first] = text
            owners |= dict.fromkeys(range(first + 1, last + 1), numbers[first])
    if not whole:
        return Joined(lines, none)
    originals = lines["event.original"].clone().scatter(list(whole), pl.Series(list(whole.values()), dtype=pl.String()))
    gone = pl.Series([False]).new_from_index(0, lines.height).scatter(list(owners), values=True)
    parts = pl.DataFrame({_LINE: [numbers[row] for row in owners], "owner": list(owners.values())}, schema=none.schema)
    return Joined(lines.with_columns(originals).filter(~gone), parts)


def _object_end(rows: Sequence[str], numbers: Sequence[int], first: int) -> int:
    """The row that closes the object which begins in `first`; `first` where none does."""
    for row in range(first + 1, min(len(rows), first + MOST_LINES)):
        if numbers[row] != numbers[row - 1] + 1:
            return first
        if rows[row] in {"}", "},"}:
            return row
        if rows[row][:1] not in {" ", "\t", ""}:
            return first
    return first


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text.removesuffix(",")), dict)
    except (ValueError, RecursionError):
        return False
