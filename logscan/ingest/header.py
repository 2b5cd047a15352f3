"""Directives: lines in a log that say how the lines below them are to be read."""

import re
from functools import lru_cache
from typing import NamedTuple

import polars as pl

COLUMN = "_header"  # of lines: the header in force, as text; absent where no line of the frame has one
_TRIES = 500  # marks looked at before every directive is sought
MOST = 200  # names in a directive; one with more governs nothing

# https://www.w3.org/TR/WD-logfile.html; what IIS, http.sys, Exchange and Windows Firewall add; Zeek's ASCII writer.
_DIRECTIVE = (
    r"^#(?:(?i:Version|Software|Fields|Date|Start-Date|End-Date|Remark|Log-type|Time Format):"
    r"|(?:separator|set_separator|empty_field|unset_field|path|open|close|fields|types)(?:[ \t]|$))"
)
_TELLING = r"^#(?:Fields:|fields[ \t]|Date:)"
_DATE = re.compile(r"#Date:[ \t]*([0-9]{4}-[0-9]{2}-[0-9]{2})")


class Header(NamedTuple):
    """The last directives above a line.

    fields  the whole line that names the columns; empty: there is none
    date    of lines whose columns have a time but no date; empty: none is told
    table   of a table (see `table`): what parts its cells, and behind that its first line
    """

    fields: str = ""
    date: str = ""
    table: str = ""


class Head(NamedTuple):
    """A header, understood.

    names      of the columns, in lower case; none: the header governs nothing
    separator  of the lines below; a blank: of a line that holds tabs, it is the tab
    date       for lines without one
    """

    names: tuple[str, ...]
    separator: str
    date: str


NONE = Header()


def governed(lines: pl.DataFrame, header: Header = NONE) -> pl.DataFrame:
    """Put the header in force beside each line; the same frame where that is known or there is none.

    In:  LINES in line order, none left out;  header: what is in force above the first
    """
    if COLUMN in lines.columns or lines.is_empty():
        return lines
    text = lines["event.original"]
    rows = _marked(text).arg_true()
    if len(rows):
        rows = rows.filter(text.gather(rows).str.contains(_TELLING))
    if not len(rows) and not header.fields:
        return lines
    states = [_text(header)]
    for line in text.gather(rows):
        header = _after(line, header)
        states.append(_text(header))
    steps = pl.Series([0], dtype=pl.UInt32()).new_from_index(0, len(text)).scatter(rows, 1).cum_sum()
    return lines.with_columns(pl.Series(COLUMN, states, dtype=pl.String()).gather(steps))


def without_directives(lines: pl.DataFrame) -> pl.DataFrame:
    """The lines that are not directives: those are no events, whoever writes them."""
    marked = _marked(lines["event.original"])
    if not marked.any():
        return lines
    return lines.filter(~(marked & lines["event.original"].str.contains(_DIRECTIVE)))


def _marked(text: pl.Series) -> pl.Series:
    """Where `#` comes first. Compared, not searched: Polars keeps the first bytes of each text apart from the rest."""
    return ((text >= "#") & (text < "$")).fill_null(value=False)


def in_force(data: bytes, header: Header = NONE) -> Header:
    """The header below some whole lines, when `header` is in force above them.

    Law: as `governed` sees it: in_force(a + b, h) == in_force(b, in_force(a, h))
    """
    if not _may_have(data):
        return header
    fields = max(_last(data, b"#Fields:"), _last(data, b"#fields\t"), _last(data, b"#fields "))
    for at in sorted(place for place in (fields, _last(data, b"#Date:")) if place >= 0):
        end = data.find(b"\n", at)
        line = data[at:] if end < 0 else data[at:end].removesuffix(b"\r")
        header = _after(line.decode("utf-8", "backslashreplace").replace("\0", "\\x00"), header)
    return header


def _may_have(data: bytes) -> bool:
    """Whether any line may begin with the mark of directives; a look at a few marks, which most logs hardly have."""
    at = -1
    for _ in range(_TRIES):
        at = data.find(b"#", at + 1)
        if at < 1:
            return at == 0
        if data[at - 1] == ord("\n"):
            return True
    return True


def _last(data: bytes, mark: bytes) -> int:
    """Where the last line that begins so begins, or -1."""
    at = data.rfind(b"\n" + mark)
    if at >= 0:
        return at + 1
    return 0 if data.startswith(mark) else -1


def _after(line: str, header: Header) -> Header:
    if not line.startswith("#Date:"):
        return header._replace(fields=line)
    found = _DATE.match(line)
    return header._replace(date=found[1] if found else "")


def _text(header: Header) -> str | None:
    """What tells lines with different headers apart, and no others."""
    head = _understood(header.fields)
    if not head.names:
        return None
    dated = "time" in head.names and "date" not in head.names
    return f"{header.date if dated else ''}\n{header.fields}"


def head_of(text: str) -> Head:
    """A header from its text in COLUMN."""
    date, _, fields = text.partition("\n")
    return _understood(fields)._replace(date=date)


@lru_cache(maxsize=256)
def _understood(fields: str) -> Head:
    rest = fields[len("#Fields") :].removeprefix(":").strip(" \t\r").removesuffix(",")
    separator = next((mark for mark in "\t," if mark in rest), " ")
    names = [name.strip() for name in (rest.split() if separator == " " else rest.split(separator))]
    known = tuple(names) if all(names) and len(names) <= MOST else ()
    return Head(tuple(name.lower() for name in known), separator, "")
