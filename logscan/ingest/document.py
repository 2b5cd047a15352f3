"""Files that are JSON documents, not lines: one or many, on many lines or on one of many megabytes."""

from collections.abc import Iterator

import polars as pl

from logscan.ingest.chunk import Chunk, Content, Records
from logscan.ingest.limits import Limits
from logscan.ingest.raw import take
from logscan.ingest.records import Splitter

WHY = "JSON documents: each record in them is read as a line"


def sample_of(head: bytes, limits: Limits, *, whole: bool) -> list[str] | None:
    """The records in the first bytes of JSON documents; None where the content is no such thing.

    In:  whole: nothing follows the head
    Law: a document is an array of objects, an object about a list of records (limits.record_lists), objects over many
         lines, or several on the first line; JSON lines are none
    """
    text = head.decode("latin-1")
    begin = text.lstrip(" \t\r\n\x1e")
    if not begin.startswith(("{", "[")):
        return None
    splitter = _splitter(limits)
    rows, _ = splitter.feed(text, ended=whole)
    if (rows and rows[0].fault) or (begin.startswith("[") and not splitter.opened):
        return None
    if not splitter.opened and not _is_no_line(text, [(row.start, row.end) for row in rows]):
        return None
    return [_decoded(head[row.start : row.end]) for row in rows if not row.fault]


def _is_no_line(text: str, rows: list[tuple[int, int]]) -> bool:
    """An object that does not end where its line ends."""
    if not rows:
        return "\n" in text.strip()
    start, end = rows[0]
    rest = text[end:].partition("\n")[0].strip(" \t\r,\x1e")
    return "\n" in text[start:end] or rest.startswith("{")


def _splitter(limits: Limits) -> Splitter:
    return Splitter(limits.record_lists, limits.record_lists_beside, limits.record_bytes)


def _decoded(row: bytes) -> str:
    return row.decode("utf-8", "backslashreplace")


def document_chunks(stream: Content, source: str, limits: Limits, *, size: int = 32 << 20) -> Iterator[Chunk]:
    """Cut a stream of JSON documents between records.

    Law:   rows, their lines and offsets do not depend on size; the data of all chunks is the content
    Units: size bytes; a chunk grows beyond it, by up to limits.record_bytes, where a record does
    """
    splitter = _splitter(limits)
    offset, carry, ended = stream.start, b"", False
    while not ended:
        block = take(stream, size)
        ended = len(block) < size
        data = carry + block if carry else block
        first, continuations, blank = splitter.line, splitter.continuations, splitter.blank
        rows, done = splitter.feed(data.decode("latin-1"), ended=ended)
        carry = data[done:]
        if not done and not ended:
            continue
        starts, ends, lines, faults = zip(*rows, strict=True) if rows else ((), (), (), ())
        records = Records(starts, ends, lines, faults, splitter.continuations - continuations, splitter.blank - blank)
        if done or records.continuations or records.blank:
            yield Chunk(source, offset, first, data[:done], 0, records=records)
        offset += done


def with_lines(frame: pl.DataFrame, records: Records) -> pl.DataFrame:
    """The rows of a chunk's records with the lines on which these begin, in place of their numbers within the chunk."""
    lines = pl.Series(records.lines, dtype=pl.UInt64())
    return frame.with_columns(lines.gather(frame["logscan.line"] - 1).alias("logscan.line"))
