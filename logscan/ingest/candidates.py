"""How far each format gets in one line."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import polars as pl

from logscan.ingest.nearest import reaches
from logscan.ingest.parse import parse
from logscan.ingest.shape import Format
from logscan.ingest.when import Clock


class Candidate(NamedTuple):
    """column: how many characters of the beginning it reads, for kind pattern; words: for a person"""

    id: str
    kind: str
    reads: bool
    column: int
    words: str


def candidates(line: pl.DataFrame, formats: Sequence[Format], clock: Clock) -> list[Candidate]:
    """In:  LINES, one row;  formats: in the order in which they are tried
    Out: those that read the line in that order, then the others, the nearest first. Says nothing of the line's text
    """
    text = str(line["event.original"][0])
    value = _object(text)
    found = [_candidate(line, text, value, fmt, clock) for fmt in formats]
    return sorted(found, key=lambda each: (not each.reads, 0 if each.reads else -each.column))


def _candidate(line: pl.DataFrame, text: str, value: Any, fmt: Format, clock: Clock) -> Candidate:
    reads = parse(line, [fmt], frozenset(), clock).events.height > 0
    column = len(text) if reads else max((reaches(text, layout.head) for layout in fmt.layouts), default=0)
    words = "reads it" if reads else _words(fmt, column, text, value)
    return Candidate(fmt.id, fmt.kind, reads, column, words)


def _words(fmt: Format, column: int, text: str, value: Any) -> str:
    if fmt.kind == "pattern":
        if column >= len(text):
            return "the line ends too early"
        return f"stops at column {column + 1}" if column else "does not know how it begins"
    if fmt.kind == "json":
        if not isinstance(value, dict):
            return "the line is no JSON object"
        lacking = [need for need in fmt.requires if not any(_there(value, key) for key in need.split("|"))]
        return (
            f"lacks {', '.join(need.replace('|', ' or ') for need in lacking)}"
            if lacking
            else "reads other lines first"
        )
    return "the line holds no key=value pairs" if fmt.kind == "logfmt" else "no header above it names its columns"


def _object(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _there(value: Any, path: str) -> bool:
    """Dots lie between nested keys or within one."""
    if isinstance(value, list):
        head, _, rest = path.partition(".")
        return head.isdigit() and int(head) < len(value) and (not rest or _there(value[int(head)], rest))
    if not isinstance(value, dict):
        return False
    if path in value:
        return value[path] is not None
    parts = path.split(".")
    return any(
        head in value and _there(value[head], ".".join(parts[at:]))
        for at in range(1, len(parts))
        for head in [".".join(parts[:at])]
    )
