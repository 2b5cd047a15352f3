"""Sample lines for a log format made of variables, and what must be read from each: worked out without any regex engine
of the formats, so that it can prove them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from logscan.ingest.shape import UNITS
from logscan.ingest.template import METHOD, TARGET, Piece
from logscan.ingest.variables import Fill, Part

MOMENTS = ("2026-03-12T06:25:24Z", "2026-03-12T06:25:31Z", "2026-03-12T06:26:02Z")
_ESCAPED = {"default": r"\x22", "json": r"\"", "apache": r"\"", "none": "'"}
_NUMBERS = {"http.response.status_code", "http.response.body.bytes"}


def sample_texts(pieces: Sequence[Piece], escape: str, number: int) -> list[str]:
    """The text of each piece in sample line `number` (0, 1, 2); in 1 all is missing that may be."""
    return [
        piece if isinstance(piece, str) else _text(piece, escape, number, _beside(pieces, at))
        for at, piece in enumerate(pieces)
    ]


def _beside(pieces: Sequence[Piece], at: int) -> str | None:
    """The text behind a variable; None where it stands next to another one."""
    if any(isinstance(piece, Part) for piece in (*pieces[max(0, at - 1) : at], *pieces[at + 1 : at + 2])):
        return None
    return "".join(piece for piece in pieces[at + 1 : at + 2] if isinstance(piece, str))


def _text(part: Part, escape: str, number: int, after: str | None) -> str:
    text = part.shape.samples[number]
    if text == "-" and after is None:
        text = part.shape.samples[2]
    after = after or ""
    if text == "-" and part.shape.missing:
        return "" if escape in {"json", "none"} else "-"
    text = text.replace('"', _ESCAPED[escape])
    if (part.shape.pattern and not part.shape.loose) or part.shape.request or after[:1] in {"", '"'} or text == "-":
        return text
    return text.replace(after[0], "_")


def expected(parts: Sequence[tuple[Part, str]], number: int) -> dict[str, Any]:
    """Column -> value, for the columns that any of the parts fills. In: each part with its text in the line"""
    found: dict[str, list[tuple[int, Any]]] = {}
    for part, text in parts:
        fills = (METHOD, TARGET) if part.shape.request else part.fills
        for fill in fills:
            found.setdefault(fill.column, []).append((fill.rank, _value(part, fill, text, number)))
    values = {
        column: next((value for _, value in sorted(ways, key=lambda way: way[0]) if value is not None), None)
        for column, ways in found.items()
    }
    return values | _derived(values)


def _value(part: Part, fill: Fill, text: str, number: int) -> Any:
    if text in {"-", ""}:
        return None
    if fill.column == "@timestamp":
        return MOMENTS[number]
    if part.shape.request:
        words = text.split(" ")
        return words[0 if fill is METHOD else 1] if len(words) == 3 else None
    if fill.within:
        inner = re.search(fill.within, text)
        text = inner[1] if inner else ""
    if not text:
        return None
    if fill.column == "event.duration":
        return round(float(text) * UNITS[fill.unit or "ns"])
    return int(text) if fill.column in _NUMBERS else text


def _derived(values: Mapping[str, Any]) -> dict[str, Any]:
    path = str(values.get("url.original") or "").partition("?")[0]
    return {"url.path": path} if path.startswith("/") else {}
