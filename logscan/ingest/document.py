"""Files that are documents, not lines: JSON, on many lines or on one of many megabytes, and tables."""

from collections.abc import Iterator

import polars as pl

from logscan.ingest.chunk import Chunk, Content, Records
from logscan.ingest.limits import Limits
from logscan.ingest.raw import take
from logscan.ingest.records import MOST_ROWS, Row, Splitter
from logscan.ingest.table import TableSplitter, head_of
from logscan.ingest.unfold import Shared, unfolded

_JSON = "JSON documents: each record in them is read as a line"
_TABLE = "a table whose first line names its columns: each row is read as an object"
_BEFORE = " \t\r\n\x1e"


def sample_of(head: bytes, limits: Limits, *, whole: bool) -> list[str] | None:
    """The records in the first bytes of JSON documents; None where the content is no such thing.

    In:  whole: nothing follows the head
    Law: a table has names of columns in its first line (see `table`); a JSON document is an array of objects, an object
         about a list of records (limits.record_lists), objects over many lines, or several on the first line; JSON
         lines are none
    """
    text = head.decode("latin-1")
    begin = text.lstrip(_BEFORE)
    splitter = _splitter(text, limits)
    if splitter is None:
        return None
    rows, _ = splitter.feed(text, ended=whole)
    if isinstance(splitter, TableSplitter):
        return [_text(head, row, splitter.shared(row)) for row in rows]
    if (rows and rows[0].fault) or (begin.startswith("[") and not splitter.opened):
        return None
    if not splitter.opened and not _is_no_line(text, [(row.start, row.end) for row in rows]):
        return None
    return [_text(head, row, splitter.shared(row)) for row in rows if not row.fault]


def why_of(head: bytes) -> str:
    """What was found in the head of a document, in words."""
    return _JSON if head.decode("latin-1").lstrip(_BEFORE).startswith(("{", "[")) else _TABLE


def _text(head: bytes, row: Row, shared: Shared | None) -> str:
    text = _decoded(head[row.start : row.end])
    return text if shared is None else unfolded(text, shared)


def _is_no_line(text: str, rows: list[tuple[int, int]]) -> bool:
    """An object that does not end where its line ends."""
    if not rows:
        return "\n" in text.strip()
    start, end = rows[0]
    rest = text[end:].partition("\n")[0].strip(" \t\r,\x1e")
    return "\n" in text[start:end] or rest.startswith("{")


def _splitter(text: str, limits: Limits) -> Splitter | TableSplitter | None:
    if text.lstrip(_BEFORE).startswith(("{", "[")):
        return Splitter(limits.record_lists, limits.record_lists_beside, limits.record_bytes, limits.record_rows)
    head = head_of(text, limits.table_names)
    return TableSplitter(head, limits.record_bytes) if head else None


def _decoded(row: bytes) -> str:
    return row.decode("utf-8", "backslashreplace")


def document_chunks(
    stream: Content, source: str, limits: Limits, *, size: int = 32 << 20, head: bytes = b"{"
) -> Iterator[Chunk]:
    """Cut a stream of JSON documents or a table between records.

    In:    head: its first bytes
    Law:   rows, their lines and offsets do not depend on size; the data of all chunks is the content
    Units: size bytes; a chunk grows beyond it, by up to limits.record_bytes, where a record does
    """
    splitter = _splitter(head.decode("latin-1"), limits)
    if splitter is None:
        raise AssertionError("what `sample_of` found to be no document is cut into records")
    lines, offset, data, ended, full = splitter.lines, stream.start, b"", False, False
    while full or not ended:
        if not full:
            block = take(stream, size)
            ended = len(block) < size
            data = data + block if data else block
        first, continuations, blank = lines.line, lines.continuations, lines.blank
        rows, done = splitter.feed(data.decode("latin-1"), ended=ended)
        full = len(rows) >= MOST_ROWS and done < len(data)
        if not done and not ended:
            continue
        records = Records(
            [row.start for row in rows],
            [row.end for row in rows],
            [row.line for row in rows],
            [row.fault for row in rows],
            lines.continuations - continuations,
            lines.blank - blank,
            [splitter.shared(row) for row in rows],
        )
        if done or records.continuations or records.blank:
            yield Chunk(source, offset, first, data[:done], 0, records=records)
        offset += done
        data = data[done:]


def with_lines(frame: pl.DataFrame, records: Records) -> pl.DataFrame:
    """The rows of a chunk's records with the lines on which these begin, in place of their numbers within the chunk."""
    lines = pl.Series(records.lines, dtype=pl.UInt64())
    return frame.with_columns(lines.gather(frame["logscan.line"] - 1).alias("logscan.line"))
