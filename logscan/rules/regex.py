r"""Patterns of rules made ready for Polars: what they say, at a fraction of the price.

To make a pattern ready takes the longest of all that is done with it, and it is done anew for every chunk. Letters in
either case make it four to five times as long, hence the text is put into lower case instead, once; words of all
alphabets (`\w`, `\W`, `\d`, `\b`) make it half as long again, hence they are of ASCII.
"""

import re
from functools import lru_cache
from typing import NamedTuple

_PIECE = re.compile(r"\\x[0-9A-Fa-f]{2}|\\.|\[\^?\]?|\(\?(?:P?<[^>]*>|[a-zA-Z-]*[:)])|.", re.DOTALL)
_IN_CLASS = re.compile(r"\[:.*?:\]|\\x[0-9A-Fa-f]{2}|\\.|.", re.DOTALL)
_OUTSIDE = {r"\w": "[0-9A-Za-z_]", r"\W": "[^0-9A-Za-z_]", r"\d": "[0-9]", r"\b": r"(?-u:\b)"}
_INSIDE = {r"\w": "0-9A-Za-z_", r"\W": "[^0-9A-Za-z_]", r"\d": "0-9"}
_WHOLE = ("(?i)", "(?is)", "(?si)")
_SAME_IN_LOWER = frozenset("wWdDsSbBAzntrfv")  # behind a backslash
_SYMBOL = re.compile(r"\\x[0-3][0-9A-Fa-f]")
_UPPER = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


class Ready(NamedTuple):
    """lower: the pattern is to be asked of the text in lower case"""

    pattern: str
    lower: bool


class _OtherCaseError(ValueError):
    """Something of which the lower case is not known."""


@lru_cache(maxsize=8192)
def ready(pattern: str) -> Ready:
    """The pattern to ask, and of what.

    Law: finds what the pattern finds in any text of ASCII, and of the same length
    """
    body = _in_either_case(pattern)
    if body is not None:
        try:
            return Ready(_written(body, lower=True), lower=True)
        except _OtherCaseError:
            pass
    return Ready(of_ascii(pattern), lower=False)


@lru_cache(maxsize=8192)
def of_ascii(pattern: str) -> str:
    """The same pattern with words of ASCII, to be asked of the text as it stands."""
    return _written(pattern, lower=False)


def _in_either_case(pattern: str) -> str | None:
    """What stands behind the flag, where one holds for all of the pattern."""
    for flags in _WHOLE:
        if pattern.startswith(flags):
            return ("(?s)" if "s" in flags else "") + pattern.removeprefix(flags)
    if pattern.startswith("(?i:") and _end_of_group(pattern) == len(pattern):
        return f"(?:{pattern[4:]}"
    return None


def _end_of_group(pattern: str) -> int:
    """Where the group ends that begins the pattern."""
    depth = at = 0
    while at < len(pattern):
        piece = _piece(pattern, at)
        at += len(piece)
        if piece.startswith("["):
            at = _end_of_class(pattern, at)
        elif piece.startswith("(") and not (piece.startswith("(?") and piece.endswith(")")):
            depth += 1
        elif piece == ")":
            depth -= 1
        if depth == 0:
            return at
    return -1


def _piece(pattern: str, at: int) -> str:
    found = _PIECE.match(pattern, at)
    return found[0] if found is not None else pattern[at]


def _end_of_class(pattern: str, at: int) -> int:
    """Behind the bracket that ends a class. In: at: behind its opening, and a bracket that is a character"""
    depth = 1
    while at < len(pattern) and depth:
        item = _IN_CLASS.match(pattern, at)
        part = item[0] if item is not None else pattern[at]
        depth += (part == "[") - (part == "]")
        at += len(part)
    return at


def _written(pattern: str, *, lower: bool) -> str:
    out, at = [], 0
    while at < len(pattern):
        piece = _piece(pattern, at)
        at += len(piece)
        if piece.startswith("["):
            end = _end_of_class(pattern, at)
            out.append(_class(piece, pattern[at : end - 1], lower=lower) + "]")
            at = end
        elif piece.startswith("\\"):
            out.append(_OUTSIDE.get(piece, _escaped(piece, lower=lower)))
        elif piece.startswith("(?"):
            out.append(_group(piece) if lower else piece)
        else:
            out.append(piece.lower() if lower else piece)
    written = "".join(out)
    return written.replace("A-Za-z", "a-z") if lower else written


def _group(piece: str) -> str:
    if piece.startswith(("(?<", "(?P<")) or "i" not in piece:
        return piece
    if piece == "(?i:":
        return "(?:"
    raise _OtherCaseError(piece)


def _escaped(piece: str, *, lower: bool) -> str:
    neutral = piece[1:] in _SAME_IN_LOWER or _SYMBOL.fullmatch(piece)
    if lower and piece[1].isalpha() and not neutral:
        raise _OtherCaseError(piece)
    return piece


def _class(opening: str, inner: str, *, lower: bool) -> str:
    if not lower:
        return opening + "".join(_INSIDE.get(part, part) for part in _IN_CLASS.findall(inner))
    parts: list[str] = _IN_CLASS.findall(inner)
    if "[" in parts or "&&" in inner:
        raise _OtherCaseError(inner)
    out, at = [], 0
    while at < len(parts):
        if at + 2 < len(parts) and parts[at + 1] == "-":
            out.append(_range(parts[at], parts[at + 2]))
            at += 3
        else:
            part = parts[at]
            escaped = part.startswith("\\")
            out.append(_INSIDE.get(part, _escaped(part, lower=True)) if escaped else part.lower())
            at += 1
    return opening + "".join(out)


def _range(first: str, last: str) -> str:
    if {first, last} <= _UPPER:
        return f"{first.lower()}-{last.lower()}"
    low, high = _code(first), _code(last)
    if any(low <= ord(letter) <= high and not low <= ord(letter.lower()) <= high for letter in _UPPER):
        raise _OtherCaseError(f"{first}-{last}")
    return f"{first}-{last}"


def _code(item: str) -> int:
    if _SYMBOL.fullmatch(item):
        return int(item.removeprefix("\\x"), base=16)
    if item.startswith("\\") and item[1].isalnum():
        raise _OtherCaseError(item)
    return ord(item[-1])
