"""Tables: text whose first line names the columns of the rows below it, as exports have it (RFC 4180 and its like)."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from logscan.ingest.record_lines import RecordLines
from logscan.ingest.records import MOST_ROWS, Row
from logscan.ingest.unfold import Shared

_SEPARATORS = ",;\t| "
_MOST_NAMES = 500
_NAME = re.compile(r"[A-Za-z_@][^\"\r\n]{0,100}")
_BARE_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")  # where blanks part the names, which prose has as well
_TIME, _EPOCH = "table.time", re.compile(r"[0-9]{9,}")
_KNOWN = 2  # names of a header that must be known
_ZONED = re.compile(r"(.*\S) \[[A-Za-z/_ ]+\]")  # `TimeGenerated [UTC]`, as Azure's portal writes it


class Head(NamedTuple):
    """The first line of a table. end: behind it; line: without its end"""

    shared: Shared
    end: int
    line: str


def head_of(text: str, known: Mapping[str, Sequence[str]]) -> Head | None:
    """What the first line of a text names; None where it is no head of a table.

    In:  one byte a character (Latin-1); known: column -> ways to call it, in small letters and digits alone
    Law: at least two names are known, no name comes twice, and what follows the line has as many columns
    """
    begin = 3 if text.startswith("\xef\xbb\xbf") else 0
    end = text.find("\n", begin) + 1
    line = text[begin : end or len(text)].rstrip("\r\n")
    if not end or "\n" not in text[end:] or len(line) > _MOST_NAMES * 100:
        return None
    plain = {way: column for column, ways in known.items() for way in ways}
    for separator in _SEPARATORS:
        names = _names(line, separator)
        if len(names) < 2 or len({*names}) < len(names) or not all(_NAME.fullmatch(name) for name in names):
            continue
        found = row_pattern(separator).match(text, end)
        below = _cells(found.group(), separator) if found else ()
        columns = _columns(names, plain)
        if len(below) != len(names) or sum(_plain(name) in plain for name in names) < _KNOWN:
            continue
        if separator != " " or _is_no_prose(names, columns, below):
            return Head(Shared("", columns, separator), end, line)
    return None


def head_again(kept: str, known: Mapping[str, Sequence[str]]) -> Head:
    """The head of a table that is read on, some rows below it. In: kept: `Header.table`"""
    separator, line = kept[0], kept[1:]
    plain = {way: column for column, ways in known.items() for way in ways}
    return Head(Shared("", _columns(_names(line, separator), plain), separator), 0, line)


def _is_no_prose(names: Sequence[str], columns: Sequence[str], below: Sequence[str]) -> bool:
    times = [cell for column, cell in zip(columns, below, strict=True) if column == _TIME]
    return all(_BARE_NAME.fullmatch(name) for name in names) and any(_EPOCH.fullmatch(cell) for cell in times)


def _columns(names: Sequence[str], plain: Mapping[str, str]) -> tuple[str, ...]:
    """Each column's name, a known one in our spelling; of several that mean the same the first has it."""
    columns: dict[str, None] = {}
    for name in names:
        zoned = _ZONED.fullmatch(name)
        column = plain.get(_plain(name), zoned[1] if zoned else name)
        columns[column if column not in columns else name] = None
    return tuple(columns) if len(columns) == len(names) else tuple(names)


def _plain(name: str) -> str:
    zoned = _ZONED.fullmatch(name)
    return re.sub(r"[^a-z0-9@_]", "", (zoned[1] if zoned else name).lower()).replace("_", "")


def _names(line: str, separator: str) -> tuple[str, ...]:
    return _cells(line.encode("latin-1").decode("utf-8", "replace"), separator)


def _cells(line: str, separator: str) -> tuple[str, ...]:
    try:
        return tuple(next(csv.reader(io.StringIO(line, newline=""), delimiter=separator), ()))
    except csv.Error:
        return ()


def row_pattern(separator: str) -> re.Pattern[str]:
    """One row with its end; a text in quotes may hold line feeds."""
    mark = re.escape(separator)
    cell = rf'(?:"[^"]*(?:""[^"]*)*"|[^{mark}\r\n"][^{mark}\n]*?|)'
    return re.compile(rf"{cell}(?:{mark}{cell})*\r?\n")


class TableSplitter:
    """Reads pieces of a table and tells where its rows stand; see records.Splitter.

    In:    first: the line on which the text begins
    Law:   a row that is not written as a table has it is one line; each line is part of a row or blank, and so is one
           that repeats the head, as where exports were put one behind the other; each piece tells all of its lines
    Units: most, characters a row may have
    """

    def __init__(self, head: Head, most: int, first: int = 1) -> None:
        self._shared, self._skip, self._most, self._head = head.shared, head.end, most, head.line
        self._row = row_pattern(head.shared.separator)
        self.lines = RecordLines(first)

    def feed(self, text: str, *, ended: bool) -> tuple[list[Row], int]:
        self.lines.begin(text)
        rows: list[Row] = []
        if len(text) < self._skip:
            return rows, 0
        at, self._skip = self._skip, 0
        while at < len(text) and len(rows) < MOST_ROWS:
            found = self._row.match(text, at, at + self._most)
            feed = text.find("\n", at)
            if not ended and not found and len(text) - at <= self._most:
                break
            end = found.end() if found else (feed + 1 or len(text))
            if text[at:end].strip() and text[at:end].rstrip("\r\n") != self._head:
                stop = end - (text[end - 1] == "\n")
                stop -= text[stop - 1] == "\r" and stop - at > 1
                rows.append(Row(at, stop, self.lines.row(at, stop), ""))
            at = end
        self.lines.leave(at, ended=True)
        return rows, at

    def shared(self, _row: Row) -> Shared:
        return self._shared

    @property
    def kept(self) -> str:
        """`Header.table`, by which it is read on."""
        return self._shared.separator + self._head
