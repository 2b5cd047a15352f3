"""Bytes into lines: the one place where it is decided what a line is."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from logscan.ingest.chunk import Chunk, Records
from logscan.ingest.unfold import unfolded
from logscan.model.schemas import LINES

# What makes pl.scan_lines take bytes for a compressed stream and unpack them.
_PACKED = (b"\x1f\x8b", b"x\x01", b"x\x9c", b"x\xda", b"\x28\xb5\x2f\xfd", b"BZh", b"\xfd7zXZ")


def read_lines(chunk: Chunk) -> tuple[pl.DataFrame, int]:
    """Cut at LF only and drop one trailing CR; bytes that are no UTF-8 become `\\xNN` to the eye, NUL becomes `\\x00`.

    Out: LINES (log.offset: where the line's first byte lies in the stream), and how many lines were repaired so
    Law: as many rows as LF, one more when something follows the last; U+2028, \\x0b, \\x85 and a lone CR cut nothing;
         of JSON documents one row for each record, logscan.line being its number within the chunk (see `document`)
    """
    if chunk.records is not None:
        return _read_records(chunk, chunk.records)
    data, repaired = chunk.data, 0
    text = _rows(data) if b"\0" not in data else None
    if text is None:
        clean = data.decode("utf-8", "backslashreplace").replace("\0", "\\x00").encode()
        text = _rows(clean)
        repaired = int((_lengths(clean) != _lengths(data)).sum())
    if text is None:
        raise AssertionError("text that was just encoded is not UTF-8")
    if b"\r" in data or repaired:
        sizes = pl.Series(_lengths(data), dtype=pl.UInt64)
    else:
        sizes = text.str.len_bytes().cast(pl.UInt64) + 1
    starts = sizes.cum_sum() - sizes
    lines = pl.DataFrame(
        {
            "logscan.line": pl.int_range(chunk.first_line, chunk.first_line + len(text), dtype=pl.UInt64, eager=True),
            "log.offset": starts + chunk.offset,
            "event.original": text,
        },
        schema=LINES,
    )
    return lines, repaired


def _read_records(chunk: Chunk, records: Records) -> tuple[pl.DataFrame, int]:
    data, texts, repaired = chunk.data, list[str](), 0
    for start, end, shared in zip(records.starts, records.ends, records.shared, strict=True):
        row = data[start:end]
        text = row.decode("utf-8", "backslashreplace").replace("\0", "\\x00")
        # a lone byte shown as \xNN is longer than it was
        repaired += len(text) != len(row) and len(text.encode()) != len(row)
        texts.append(text if shared is None else unfolded(text, shared))
    offsets = np.asarray(records.starts, np.uint64) + np.uint64(chunk.offset)
    numbers = pl.int_range(1, len(texts) + 1, dtype=pl.UInt64, eager=True)
    original = pl.Series(texts, dtype=pl.String())
    return pl.DataFrame(
        {"logscan.line": numbers, "log.offset": offsets, "event.original": original}, schema=LINES
    ), repaired


def _rows(data: bytes) -> pl.Series | None:
    """One string a line; None when the bytes are no UTF-8."""
    packed = data.startswith(_PACKED)
    try:
        rows = pl.scan_lines(b"\n" + data if packed else data, name="event.original").collect()["event.original"]
    except pl.exceptions.ComputeError as error:
        if "utf8" not in str(error):
            raise
        return None
    return rows[1:] if packed else rows


def _lengths(data: bytes) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Bytes of every line with its LF; the last may have none."""
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n")) + 1
    if not data.endswith(b"\n") and data:
        ends = np.append(ends, len(data))
    return np.diff(ends, prepend=0)


def numbered(texts: Sequence[str]) -> pl.DataFrame:
    """LINES of some texts, numbered from 1; the offsets mean nothing."""
    numbers = pl.int_range(1, len(texts) + 1, dtype=pl.UInt64, eager=True)
    original = pl.Series(texts, dtype=pl.String())
    return pl.DataFrame({"logscan.line": numbers, "log.offset": numbers, "event.original": original}, schema=LINES)
