"""The log format of a web server, as variables and the text between them, turned into a pattern."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from logscan.ingest.variables import Fill, Part, Shape

Piece = str | Part
# What stands between quotes, by how the server escapes: nginx writes \xNN for quotes and all that is not ASCII; JSON
# and Apache put a backslash before them; with `none` anything stands there, a quote too.
_QUOTED = {"default": "[ !#-~]", "json": r'(?:[^"\\]|\\.)', "apache": r'(?:[^"\\]|\\.)', "none": "."}
_SPECIAL = re.compile(r"[\\.^$*+?()\[\]{}|]")
_CAPTURES = {
    "@timestamp": "time", "source.address": "client", "network.forwarded_ip": "forwarded", "user.name": "user",
    "http.request.method": "method", "url.original": "uri", "url.query": "query", "url.domain": "host",
    "http.response.status_code": "status", "http.response.body.bytes": "bytes", "http.request.referrer": "referrer",
    "user_agent.original": "agent", "http.request.id": "request_id", "trace.id": "trace_id",
    "server.address": "upstream", "event.duration": "took", "logscan.challenge": "challenge", "host.name": "machine",
    "service.name": "service", "log.level": "level", "log.logger": "logger", "event.reason": "reason",
}  # fmt: skip
_TEXT = Shape(samples=("one", "-", "two"))
_STANDS_IN = 3  # rank
METHOD, TARGET = Fill("http.request.method", 1), Fill("url.original", 2)


class Drawn(NamedTuple):
    """columns: capture -> what stands under it in the format file; notes: what a person should know"""

    pattern: str
    columns: dict[str, Any]
    notes: tuple[str, ...]


class Names:
    """Captures named after the columns they fill, each once."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()

    def of(self, column: str) -> str:
        name = _CAPTURES.get(column) or re.sub(r"\W+", "_", column).strip("_")
        self.taken[name] += 1
        return name if self.taken[name] == 1 else f"{name}_{self.taken[name]}"


def literal(text: str) -> str:
    """A regex for just this text; what cannot be seen is written out."""
    escaped = _SPECIAL.sub(r"\\\g<0>", text)
    return "".join(char if char.isprintable() else f"\\x{{{ord(char):x}}}" for char in escaped)


def joined(pieces: Iterable[Piece]) -> tuple[list[Piece], list[str]]:
    """Texts put together; so are variables that nothing tells apart, which are then not read, with a note for each."""
    found: list[Piece] = []
    notes = []
    for piece in pieces:
        last = found[-1] if found else None
        if piece == "":
            continue
        if isinstance(piece, str) and isinstance(last, str):
            found[-1] = last + piece
        elif isinstance(piece, Part) and isinstance(last, Part) and not _told_apart(last, piece):
            said = last.said + piece.said
            found[-1] = Part(said, _TEXT)
            notes.append(f"{said}: nothing stands between them, so neither is read; put a blank or a `|` between them")
        else:
            found.append(piece)
    return found, notes


def _told_apart(left: Part, right: Part) -> bool:
    if left.shape.fixed or right.shape.samples == ("", "", ""):
        return True
    if not left.shape.pattern or not right.shape.opens:
        return False
    return re.fullmatch(left.shape.pattern, left.shape.samples[0] + right.shape.opens) is None


def drawn(pieces: Sequence[Piece], escape: str) -> Drawn:
    """In: pieces as `joined` gives them; escape: default, json, none, apache"""
    names, quoted = Names(), False
    out, notes = ["^"], []
    columns: list[tuple[int, str, Any]] = []
    for at, piece in enumerate(pieces):
        if isinstance(piece, str):
            quoted ^= piece.count('"') % 2 == 1
            out.append(literal(piece))
            continue
        after = pieces[at + 1] if at + 1 < len(pieces) else ""
        text, found = _captured(piece, names, _inside(piece, escape, after, quoted=quoted))
        out.append(text)
        columns += found
        note = _forged(piece, escape, after, quoted=quoted)
        notes += [note] if note else []
    return Drawn("".join([*out, "$"]), _best_first(columns), tuple(notes))


def _best_first(columns: Sequence[tuple[int, str, Any]]) -> dict[str, Any]:
    """In the order of the line; of several for one column the lowest rank first, because in a file the first counts."""
    places: dict[str, list[int]] = {}
    for at, (_, _, body) in enumerate(columns):
        places.setdefault(_column_of(body), []).append(at)
    order = {
        place: at
        for same in places.values()
        for place, at in zip(same, sorted(same, key=lambda at: columns[at][0]), strict=True)
    }
    return {columns[order[at]][1]: columns[order[at]][2] for at in range(len(columns))}


def _column_of(body: Any) -> str:
    first = body[0] if isinstance(body, list) else body
    return str(first["column"] if isinstance(first, dict) else first)


def _inside(part: Part, escape: str, after: Piece, *, quoted: bool) -> str:
    """What the variable holds there, as a regex without captures."""
    shape = part.shape
    if _strict(part, after):
        may = "" if shape.fixed and not shape.missing else "|-" + ("|" if escape in {"json", "none"} else "")
        return f"{shape.pattern}{may}" if may else shape.pattern
    one = _one(shape, escape, quoted=quoted)
    if not after or (
        isinstance(after, str) and one != "." and after[0] in ('"' if quoted else " ") and not shape.blank
    ):
        return f"{one}*"
    return f"{one}*" if quoted and escape != "none" and str(after)[:1] == '"' else f"{one}*?"


def _strict(part: Part, after: Piece) -> bool:
    """Whether its own pattern counts: what a client sends may be anything, where the text behind it can end it."""
    return bool(part.shape.pattern) and not (part.shape.loose and isinstance(after, str))


def _one(shape: Shape, escape: str, *, quoted: bool) -> str:
    if quoted:
        return _QUOTED[escape]
    if shape.blank:
        return "."
    return "[!-~]" if escape in {"default", "apache"} else r"\S"


def _captured(part: Part, names: Names, inside: str) -> tuple[str, list[tuple[int, str, Any]]]:
    if part.shape.request:
        method, target = names.of(METHOD.column), names.of(TARGET.column)
        one = inside.rstrip("*?")
        text = rf"(?:(?<{method}>[A-Za-z][A-Za-z_\-]*) (?<{target}>{one}+?)(?: HTTP/[0-9.]+)?|{one}*?)"
        return text, [(METHOD.rank, method, METHOD.column), (TARGET.rank, target, TARGET.column)]
    if not part.fills:
        return f"(?:{inside})", []
    name = names.of(part.fills[0].column)
    bodies = [body_of(fill) for fill in part.fills]
    return f"(?<{name}>{inside})", [(part.fills[0].rank, name, bodies[0] if len(bodies) == 1 else bodies)]


def body_of(fill: Fill) -> Any:
    more = {key: getattr(fill, key) for key in ("time", "unit", "within") if getattr(fill, key)}
    return {"column": fill.column, **more} if more else fill.column


def _forged(part: Part, escape: str, after: Piece, *, quoted: bool) -> str:
    """A text that a client chooses and that may hold what ends it."""
    if _strict(part, after) or part.shape.loose or not isinstance(after, str) or not after:
        return ""
    if quoted and escape == "none":
        return f"{part.said}: escape=none leaves quotes in it as they are, so a client can make up the fields behind it"
    if quoted or len(after) > 1 or not (part.shape.blank or after != " ") or part.shape.request:
        return ""
    return (
        f"{part.said}: it may hold `{after}` itself, and a client can so make up the fields behind it; put it in quotes"
    )


def without_stand_ins(pieces: Sequence[Piece]) -> list[Piece]:
    """A variable that only stands in for another is left out of the columns where that one is there."""
    best: dict[str, int] = {}
    for part in pieces:
        for fill in _fills(part):
            best[fill.column] = min(fill.rank, best.get(fill.column, fill.rank))
    kept = [[f for f in _fills(part) if f.rank < _STANDS_IN or f.rank == best[f.column]] for part in pieces]
    return [
        replace(part, fills=tuple(fills)) if isinstance(part, Part) and not part.shape.request else part
        for part, fills in zip(pieces, kept, strict=True)
    ]


def _fills(piece: Piece) -> tuple[Fill, ...]:
    if isinstance(piece, str):
        return ()
    return (METHOD, TARGET) if piece.shape.request else piece.fills
