"""Log text made harmless for JSON, for spreadsheets and for the cells of a terminal table."""

import json
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import polars as pl

from logscan.report.show import visible

# Controls, and what a terminal or an editor reorders or hides: C0, C1, soft hyphen, zero width, bidi, BOM, tags.
UNSEEN = (
    r"[\x00-\x1f\x7f-\x9f\u{ad}\u{61c}\u{180e}\u{200b}-\u{200f}\u{2028}-\u{202e}\u{2060}-\u{206f}\u{feff}"
    r"\u{fff9}-\u{fffb}\u{fdd0}-\u{fdef}\u{e0000}-\u{e007f}]"
)
# OWASP, CSV injection: what a spreadsheet takes for a formula, full-width signs too; a lone `-` (empty) is none.
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|!~&])")
_BLOCK = re.compile(r"^(\d*)([-+=.)])")  # what would begin a list, or make a heading of the line above
_LINE = 400  # characters of a log line in a fence
_FORMULA = r"^[\s\u{a0}]*(?:[=+@|%\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}]|-.)"


def json_text(value: Any, *, indent: int | None = None) -> str:
    """JSON in which every character can be seen: the others as \\u escapes. Non-ASCII letters stay readable."""
    separators = (",", ":") if indent is None else (",", ": ")
    return seen_in_json(json.dumps(value, ensure_ascii=False, indent=indent, separators=separators))


def seen_in_json(text: str) -> str:
    """In: JSON text, which has no raw control characters but line breaks between values."""
    if text.isascii() and "\x7f" not in text:
        return text
    return "".join(char if char.isprintable() or char == "\n" else _escape(char) for char in text)


def _escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def csv_cells(column: str) -> pl.Expr:
    """One text column for a spreadsheet.

    Out: formulas neutralised by a leading `'`, unseen characters (line breaks too) as visible escapes; null stays null
    """
    text = pl.col(column)
    shown = (
        pl.when(text.str.contains(UNSEEN)).then(text.map_batches(_visible, return_dtype=pl.String())).otherwise(text)
    )
    return pl.when(text.str.contains(_FORMULA)).then(pl.lit("'") + shown).otherwise(shown).alias(column)


def _visible(texts: pl.Series) -> pl.Series:
    unseen = re.compile(r"[\x00-\x1f\x7f-\x9f]").search
    return pl.Series(
        texts.name,
        [
            text if text is None or (text.isprintable() and not unseen(text)) else visible(text, len(text))
            for text in texts.to_list()
        ],
        dtype=pl.String(),
    )


def width(text: str) -> int:
    """Columns of a terminal that a printable text takes."""
    return sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cell(text: str, columns: int, *, right: bool = False) -> str:
    """A text in exactly so many columns; nothing in it stays unseen."""
    text = shortened(text, columns)
    space = " " * (columns - width(text))
    return space + text if right else text + space


def shortened(text: str, columns: int) -> str:
    """A text in at most so many columns, what is too long cut with `…`; nothing in it stays unseen."""
    text = visible(text)
    if width(text) <= columns:
        return text
    kept, used = 0, 0
    while used + _columns(text[kept]) < columns:
        used += _columns(text[kept])
        kept += 1
    return text[:kept] + "…"


def markdown_text(text: str) -> str:
    """Text that is nothing but text in Markdown; a line break would end its list or table."""
    plain = _MARKUP.sub(r"\\\1", " ".join(visible(text).split()))
    return _BLOCK.sub(r"\1\\\2", plain)


def markdown_fence(texts: Sequence[str], indent: str = "") -> str:
    """A block of code, in a fence with more backticks than any of its lines has in a row."""
    lines = [visible(text, _LINE) for text in texts]
    longest = max([2, *(len(run) for text in lines for run in re.findall("`+", text))])
    fence = "`" * (longest + 1)
    return "\n".join(indent + text for text in (fence, *lines, fence))
