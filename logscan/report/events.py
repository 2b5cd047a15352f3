"""`events --format ndjson|csv|parquet`: flat EVENTS and CLASSIFIED keys, part by part, in bounded memory."""

import io
from collections.abc import Callable, Iterable, Mapping
from typing import Any, BinaryIO

import polars as pl
import pyarrow.parquet as pq

from logscan.report.escape import UNSEEN, csv_cells, seen_in_json

_MOMENT = "%Y-%m-%dT%H:%M:%S%.fZ"  # RFC 3339; the fraction only when there is one


def write_events(frames: Iterable[pl.DataFrame], kind: str, out: BinaryIO) -> None:
    """Write events, in the order they come.

    In:     frames of one schema, at least one; kind: ndjson | csv | parquet; `out` need not be seekable
    Out:    ndjson   one event a line; null keys left out; times RFC 3339 UTC
            csv      RFC 4180 with a header, LF; lists joined by `; `; formulas neutralised, unseen characters escaped
            parquet  the frames as they are, zstd
    Errors: ValueError on another kind
    """
    if kind not in _WRITERS:
        raise ValueError(kind)
    _WRITERS[kind](frames, out)


def _ndjson(frames: Iterable[pl.DataFrame], out: BinaryIO) -> None:
    for frame in frames:
        if frame.is_empty() or not frame.width:
            continue
        moments = [_moment(name) for name, dtype in frame.schema.items() if isinstance(dtype, pl.Datetime)]
        lines = frame.with_columns(moments).select(
            pl.concat_str([_member(name) for name in frame.columns], separator=",", ignore_nulls=True).alias("json")
        )["json"]
        unseen = lines.str.contains(UNSEEN)
        if unseen.any():
            mended = pl.Series([seen_in_json(line) for line in lines.filter(unseen).to_list()], dtype=pl.String())
            lines = lines.clone().scatter(unseen.arg_true(), mended)
        out.write("".join(f"{{{line}}}\n" for line in lines.to_list()).encode())


def _member(name: str) -> pl.Expr:
    """`"name":value` of each row, null where the value is null."""
    whole = pl.struct(name).struct.json_encode()
    return pl.when(pl.col(name).is_not_null()).then(whole.str.slice(1, whole.str.len_chars() - 2))


def _moment(name: str) -> pl.Expr:
    return pl.col(name).dt.convert_time_zone("UTC").dt.to_string(_MOMENT).alias(name)


def _csv(frames: Iterable[pl.DataFrame], out: BinaryIO) -> None:
    first = True
    for frame in frames:
        plain = frame.with_columns(_flat(name, dtype) for name, dtype in frame.schema.items())
        texts = [name for name, dtype in plain.schema.items() if dtype == pl.String()]
        buffer = io.BytesIO()
        plain.with_columns(csv_cells(name) for name in texts).write_csv(buffer, include_header=first)
        out.write(buffer.getbuffer())
        first = False


def _flat(name: str, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.Datetime):
        return _moment(name)
    if isinstance(dtype, pl.List):
        return pl.col(name).list.join("; ")
    return pl.col(name)


def _parquet(frames: Iterable[pl.DataFrame], out: BinaryIO) -> None:
    writer: Any = None
    sink = _Forward(out)
    for frame in frames:
        table = frame.to_arrow()
        if writer is None:
            writer = pq.ParquetWriter(sink, table.schema, compression="zstd")
        writer.write_table(table.cast(writer.schema))
    if writer is not None:
        writer.close()


class _Forward(io.RawIOBase):
    """A pipe that knows how far it is: all that Parquet asks of what it writes to."""

    def __init__(self, out: BinaryIO) -> None:
        self.out, self.at = out, 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        size = memoryview(data).nbytes
        self.out.write(data)
        self.at += size
        return size

    def tell(self) -> int:
        return self.at


_WRITERS: Mapping[str, Callable[[Iterable[pl.DataFrame], BinaryIO], None]] = {
    "ndjson": _ndjson,
    "csv": _csv,
    "parquet": _parquet,
}
