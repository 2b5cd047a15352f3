"""Files that are documents, not lines: JSON, on many lines or on one of many megabytes, and tables."""

from collections.abc import Iterator, Sequence

import polars as pl

from logscan.ingest.chunk import Chunk, Content, Records, count_lines
from logscan.ingest.header import NONE, Header
from logscan.ingest.limits import Limits
from logscan.ingest.raw import take
from logscan.ingest.records import MOST_ROWS, Row, Splitter
from logscan.ingest.table import Head, TableSplitter, head_again, head_of
from logscan.ingest.unfold import Shared, unfolded

_JSON = "JSON documents: each record in them is read as a line"
_TABLE = "a table whose first line names its columns: each row is read as an object"
_BEFORE = " \t\r\n\x1e"


def sample_of(head: bytes, limits: Limits, *, whole: bool, above: Header = NONE) -> list[str] | None:
    """The records in the first bytes of JSON documents; None where the content is no such thing.

    In:  whole: nothing follows the head;  above: of a table that is read on
    Law: a table has names of columns in its first line (see `table`); a JSON document is an array of objects, an object
         about a list of records (limits.record_lists), objects over many lines, or several on the first line; JSON
         lines are none
    """
    text = head.decode("latin-1")
    begin = text.lstrip(_BEFORE)
    splitter = _splitter(text, limits, above)
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


def table_of(head: bytes, limits: Limits) -> str:
    """`Header.table` of what begins so; empty where it is no table."""
    splitter = _splitter(head.decode("latin-1"), limits)
    return splitter.kept if isinstance(splitter, TableSplitter) else ""


def _splitter(text: str, limits: Limits, above: Header = NONE, first: int = 1) -> Splitter | TableSplitter | None:
    if above.table:
        return TableSplitter(head_again(above.table, limits.table_names), limits.record_bytes, first)
    if text.lstrip(_BEFORE).startswith(("{", "[")):
        return Splitter(limits.record_lists, limits.record_lists_beside, limits.record_bytes, limits.record_rows)
    head = head_of(text, limits.table_names)
    return TableSplitter(head, limits.record_bytes) if head else None


def _decoded(row: bytes) -> str:
    return row.decode("utf-8", "backslashreplace")


def document_chunks(
    stream: Content,
    source: str,
    limits: Limits,
    *,
    size: int = 32 << 20,
    head: bytes = b"{",
    above: Header = NONE,
    first_line: int = 1,
) -> Iterator[Chunk]:
    """Cut a stream of JSON documents or a table between records.

    In:    head: its first bytes;  above, first_line: of a table that is read on, where reading begins
    Law:   rows, their lines and offsets do not depend on size; the data of all chunks is the content
    Units: size bytes; a chunk grows beyond it, by up to limits.record_bytes, where a record does
    """
    splitter = _splitter(head.decode("latin-1"), limits, above, first_line)
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
        records = _records(splitter, rows, lines.continuations - continuations, lines.blank - blank)
        if done or records.continuations or records.blank:
            yield Chunk(source, offset, first, data[:done], 0, records=records)
        offset += done
        data = data[done:]


def _records(splitter: Splitter | TableSplitter, rows: Sequence[Row], continuations: int, blank: int) -> Records:
    return Records(
        [row.start for row in rows],
        [row.end for row in rows],
        [row.line for row in rows],
        [row.fault for row in rows],
        continuations,
        blank,
        [splitter.shared(row) for row in rows],
    )


def rows_parted(last: Chunk, limits: Limits) -> tuple[Chunk | None, Chunk | None]:
    """The last chunk of a table in two: whole rows, and what may yet go on."""
    head = head_again(last.header.table, limits.table_names)
    _, sure = TableSplitter(head, limits.record_bytes).feed(last.data.decode("latin-1"), ended=False)
    behind, lines = last.data[sure:], count_lines(last.data[:sure])
    rest = last._replace(data=behind, offset=last.offset + sure, first_line=last.first_line + lines)
    return _rows_of(last._replace(data=last.data[:sure]), head, limits), _rows_of(rest, head, limits)


def _rows_of(chunk: Chunk, head: Head, limits: Limits) -> Chunk | None:
    """With its rows anew; None where there are no bytes."""
    splitter = TableSplitter(head, limits.record_bytes, chunk.first_line)
    rows, _ = splitter.feed(chunk.data.decode("latin-1"), ended=True)
    records = _records(splitter, rows, splitter.lines.continuations, splitter.lines.blank)
    return chunk._replace(records=records) if chunk.data else None


def with_lines(frame: pl.DataFrame, records: Records) -> pl.DataFrame:
    """The rows of a chunk's records with the lines on which these begin, in place of their numbers within the chunk."""
    lines = pl.Series(records.lines, dtype=pl.UInt64())
    return frame.with_columns(lines.gather(frame["logscan.line"] - 1).alias("logscan.line"))
