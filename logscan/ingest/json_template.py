"""A web server's log format that writes JSON: which key holds which variable."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from logscan.ingest.capture import captures, narrowed
from logscan.ingest.sampled import expected, sample_texts
from logscan.ingest.template import METHOD, TARGET, Piece, body_of, drawn, joined
from logscan.ingest.variables import Part, load_variables

_MARK = re.compile("\ue000([0-9]+)\ue001")
_QUOTES = re.compile(r'\\.|"', re.DOTALL)
_ALWAYS = ("status", "number", "seconds", "epoch")  # nginx writes a number whatever happened


class Keys(NamedTuple):
    """columns and requires as they stand in a format file; parts: every variable that is a value of its own or more."""

    columns: dict[str, Any]
    requires: list[str]


def json_keys(pieces: Sequence[Piece]) -> Keys | str:
    """The keys of a JSON log format; or why its lines are no JSON that can be relied on."""
    text, bare = _marked(pieces)
    always = [load_variables().shapes[name] for name in _ALWAYS]
    missing = [part.said for part in bare if part.shape not in always]
    if missing:
        return f"{', '.join(missing)} is not in quotes, and the line is no JSON whenever that is empty"
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        return f"what it writes is no valid JSON ({getattr(error, 'msg', error)})"
    if not isinstance(value, dict):
        return "what it writes is no JSON object"
    found: dict[str, list[tuple[int, Any]]] = {}
    requires = []
    for path, leaf in _leaves(value, ""):
        if _MARK.search(path) or "|" in path or not path:
            continue
        requires.append(path)
        if isinstance(leaf, str):
            for rank, column, body in _bodies(leaf, path, pieces):
                found.setdefault(column, []).append((rank, body))
    columns = {column: _ordered(ways) for column, ways in found.items()}
    return Keys(columns, requires)


def json_sample(pieces: Sequence[Piece], number: int) -> tuple[str, dict[str, Any]]:
    """A line, and what must be read from it."""
    texts = sample_texts(pieces, "json", number)
    _, bare = _marked(pieces)
    texts = [
        piece.shape.samples[2] if isinstance(piece, Part) and any(piece is each for each in bare) and not text else text
        for piece, text in zip(pieces, texts, strict=True)
    ]
    parts = [(p, t.replace(r"\"", '"')) for p, t in zip(pieces, texts, strict=True) if isinstance(p, Part)]
    return "".join(texts), expected(parts, number)


def _marked(pieces: Sequence[Piece]) -> tuple[str, list[Part]]:
    """The text with a mark in place of each variable, and the variables outside of quotes."""
    out, bare, inside = [], [], False
    for at, piece in enumerate(pieces):
        if isinstance(piece, Part):
            mark = f"\ue000{at}\ue001"
            out.append(mark if inside else f'"{mark}"')
            bare += [] if inside else [piece]
            continue
        out.append(piece)
        quotes = sum(found == '"' for found in _QUOTES.findall(piece))
        inside ^= quotes % 2 == 1
    return "".join(out), bare


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if items is None:
        yield path, value
        return
    for key, inner in items:
        yield from _leaves(inner, f"{path}.{key}" if path else str(key))


def _bodies(leaf: str, path: str, pieces: Sequence[Piece]) -> Iterator[tuple[int, str, Any]]:
    """Rank, column and what stands under it, for every column that the text under one key fills."""
    split = _MARK.split(leaf)
    inner, _ = joined(pieces[int(text)] if at % 2 else text for at, text in enumerate(split))
    if len(inner) == 1 and isinstance(inner[0], Part):
        for fill in (METHOD, TARGET) if inner[0].shape.request else inner[0].fills:
            body = body_of(fill)
            more = {k: v for k, v in body.items() if k != "column"} if isinstance(body, dict) else {}
            yield fill.rank, fill.column, {"keys": [path], **more} if more else path
        return
    made = drawn(inner, "none")
    for name in captures(made.pattern):
        body = made.columns[name]
        if isinstance(body, list) or (isinstance(body, dict) and "within" in body):
            body = body[0] if isinstance(body, list) else body
        column = body if isinstance(body, str) else body["column"]
        more = {} if isinstance(body, str) else {key: body[key] for key in ("time", "unit") if key in body}
        rank = next((f.rank for p in inner if isinstance(p, Part) for f in p.fills if f.column == column), 1)
        yield rank, column, {"keys": [path], **more, "within": narrowed(made.pattern, {name})}


def _ordered(ways: list[tuple[int, Any]]) -> Any:
    bodies = [body for _, body in sorted(ways, key=lambda way: way[0])]
    if len(bodies) == 1:
        return bodies[0]
    if all(isinstance(body, str) for body in bodies):
        return bodies
    return [{"keys": [body]} if isinstance(body, str) else body for body in bodies]
