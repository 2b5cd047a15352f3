"""One JSON line at a time, leniently: the arbiter for lines that the fast decoder does not take."""

import json
import math
import re
from json.encoder import encode_basestring_ascii
from typing import Any

from logscan.ingest.json_paths import Node, leaves_in

DEEPEST = 200  # brackets within brackets; below what any JSON reader in use here can bear
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKETS = re.compile(r"[\[{\]}]")


EDGES = " \t\r\n\x1e\x00\ufeff"  # with the record separator of RFC 7464


def trimmed(line: str) -> str:
    """The line without what may stand around its object: blanks, marks, the comma after an item of an array."""
    return line.strip(EDGES).removesuffix(",").rstrip(EDGES)


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


def _first_wins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        found.setdefault(key, value)
    return found


_DECODER = json.JSONDecoder(
    object_pairs_hook=_first_wins,
    parse_float=_Number,
    parse_int=_Number,
    parse_constant=lambda _name: None,
    strict=False,
)


class BrokenError(ValueError):
    """Why a line is not a JSON object, in words."""


def parse_object(line: str) -> dict[str, Any]:
    """The object a line holds.

    Law:    numbers stay text as written; NaN and Infinity become null; of equal keys the first counts
    Errors: BrokenError
    """
    if deeper(line, DEEPEST):
        raise BrokenError(f"JSON is nested deeper than {DEEPEST}")
    try:
        value = _DECODER.decode(line)
    except json.JSONDecodeError as error:
        raise BrokenError(f"JSON breaks at character {error.pos + 1}: {error.msg.lower()}") from error
    if not isinstance(value, dict):
        raise BrokenError("JSON, but not an object")
    return value


def deeper(line: str, most: int) -> bool:
    """Whether brackets outside of strings stand more than `most` within each other."""
    if line.count("[") + line.count("{") <= most:
        return False
    depth = 0
    for bracket in _BRACKETS.finditer(_STRINGS.sub("", line)):
        depth += 1 if bracket.group() in "[{" else -1
        if depth > most:
            return True
    return False


def leaves(line: str, tree: Node) -> dict[int, Any] | None:
    """The values of a line by leaf number; null when it is no object."""
    try:
        return leaves_in(tree, parse_object(line), {})
    except BrokenError:
        return None


def flat_line(found: dict[int, Any]) -> str:
    """Values by leaf number as a JSON line that the fast decoder takes."""
    return "{" + ",".join(f'"{leaf}":{_written(value)}' for leaf, value in found.items()) + "}"


def _written(value: Any) -> str:
    """A value as the fast decoder reads it to the same text."""
    if isinstance(value, _Number):
        if any(c in value for c in ".eE"):
            return str(value) if math.isfinite(float(value)) else "null"
        return f'"{int(value) if len(value) < 40 else value}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    return encode_basestring_ascii(value if isinstance(value, str) else to_json(value))


def to_json(value: Any) -> str:
    """JSON text of a parsed value, numbers as they were written."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{_string(k)}:{to_json(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(to_json, value)) + "]"
    if isinstance(value, _Number):
        return str(value)
    return _string(value) if isinstance(value, str) else json.dumps(value)


def _string(text: str) -> str:
    # a lone surrogate cannot be stored as UTF-8: it stays an escape
    return json.dumps(text, ensure_ascii=not text.isascii() and _has_surrogate(text))


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= c <= "\udfff" for c in text)
