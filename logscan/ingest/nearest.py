"""Why a line was not read: the format that came nearest and how far it got."""

import json
import re
from collections.abc import Sequence
from functools import lru_cache

import polars as pl

from logscan.ingest.capture import narrowed
from logscan.ingest.header import head_of
from logscan.ingest.shape import Format

_LOOK = 2_000  # characters of a line that are tried
_DEEPEST = 80  # parts of a pattern that are told apart: Rust's regex bounds how deep groups may lie
_SHOWN = 12  # characters of the rest that are shown
_ITEM = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|.", re.DOTALL)
_TIMES = re.compile(r"(?:[*+?]|\{[0-9,]+\})\??")


def nearest(lines: Sequence[str], formats: Sequence[Format], headers: Sequence[str | None] = ()) -> list[str]:
    """For each rejected line, in words, the format that reads most of its beginning, and where it stops.

    In: headers: what is in force above each line, see header.COLUMN; none where no directive stands above any
    Meant for a sample: it tries every format on every line.
    """
    governed = list(headers) or [None] * len(lines)
    texts = pl.Series("t", [line[:_LOOK] for line in lines], dtype=pl.String())
    best = [(0, "")] * len(lines)
    for fmt in formats:
        for layout in fmt.layouts:
            read = texts.str.extract(_as_far_as_it_goes(layout.head), 1).str.len_chars()
            best = [max(b, (n or 0, fmt.id), key=lambda pair: pair[0]) for b, n in zip(best, read, strict=True)]
    return [
        _json_words(line) or _column_words(line, header) or _words(line, *found)
        for line, header, found in zip(lines, governed, best, strict=True)
    ]


def reaches(line: str, pattern: str) -> int:
    """How many characters of a line's beginning a pattern reads."""
    return int(pl.Series([line[:_LOOK]]).str.extract(_as_far_as_it_goes(pattern), 1).str.len_chars()[0] or 0)


def _words(line: str, length: int, name: str) -> str:
    if length == 0:
        return "no format knows how it begins"
    if length >= len(line):
        return f"{name}: the line ends too early, after column {length}"
    return f"{name}: stops at column {length + 1}, before `{line[length : length + _SHOWN]}`"


def _column_words(line: str, header: str | None) -> str:
    """Of a line under a directive that names its columns: how many it has instead."""
    if not header:
        return ""
    names, mark, _ = head_of(header)
    mark = "\t" if mark == " " and "\t" in line else mark
    count = sum(1 for _ in re.finditer(rf'(?:"(?:[^"]|"")*"|[^{mark}])+', line[:_LOOK]))
    if count == len(names) or len(line) > _LOOK:
        return ""
    return f"has {count:,} columns, where the line above that names them has {len(names):,}"


def _json_words(line: str) -> str:
    if not line.lstrip().startswith("{"):
        return ""
    try:
        json.loads(line)
    except json.JSONDecodeError as error:
        return f"JSON breaks at character {error.pos + 1}: {error.msg}"
    except (RecursionError, ValueError) as error:
        return f"JSON cannot be read: {error}"
    return "a JSON object, but no format knows its keys"


@lru_cache(maxsize=512)
def _as_far_as_it_goes(pattern: str) -> str:
    """A regex whose group 1 is the longest beginning that the pattern's parts, one after the other, read."""
    parts = _parts(narrowed(pattern, frozenset()).removeprefix("^"))
    if len(parts) > _DEEPEST:
        parts = [*parts[: _DEEPEST - 1], "".join(parts[_DEEPEST - 1 :])]
    return "^(" + "(?:".join(parts) + ")?" * (len(parts) - 1) + ")"


def _parts(pattern: str) -> list[str]:
    """Cut a regex into what follows one another at its top. A lazy part stays with the next: alone it reads nothing."""
    found: list[str] = []
    depth, start, at = 0, 0, 0
    while at < len(pattern):
        item = _ITEM.match(pattern, at)
        text = item.group() if item else pattern[at]
        at += len(text)
        depth += (text == "(") - (text == ")")
        if depth == 0 and text == "|":
            return [f"(?:{pattern})"]
        if depth == 0:
            times = _TIMES.match(pattern, at)
            at = times.end() if times else at
            if not (times and times.group().endswith("?") and len(times.group()) > 1):
                found.append(pattern[start:at])
                start = at
    return [*found, pattern[start:]] if start < len(pattern) else found
