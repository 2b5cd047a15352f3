"""What may stand in the fields of JSON lines, without reading each: lines that hold the same keys leave the same ones.

Some lines tell how the others are built. A line built like one of them is taken apart by one regular expression, and
what has a column is left away; any other line stands for itself.
"""

import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import polars as pl

from logscan.ingest.json_rest import Parts, Shape, is_numeric, shape_of, taken_of
from logscan.ingest.json_slow import BrokenError, parse_object, trimmed
from logscan.ingest.keyed import Group

_SAMPLE = 192  # lines that are looked at
_MOST = 6  # ways of building a line
_STRING = r'"(?:[^"\\]|\\.)*"'
_NUMBER = r"-?[0-9][0-9.eE+-]*"
_SCALAR = f"(?:{_STRING}|{_NUMBER}|true|false)"
_LIST = rf'\[(?:[^\[\]{{}}"]|{_STRING})*\]'
# A column of numbers takes only what begins with a digit, so lines that differ in that are not alike.
_DIGIT = r'(?:" *[0-9](?:[^"\\]|\\.)*"|[0-9][0-9.eE+-]*)'
_OTHER = r'(?:"(?:[!#-/:-\[\]-~](?:[^"\\]|\\.)*)?"|-[0-9][0-9.eE+-]*|true|false)'
_PLAIN_KEY = re.compile(r"[ !#-\[\]-~]*")
_MOST_KEYS = 80  # of a line; what has more would make a regex that is too large
_BLANK = "[ \\t]*"


class _Built(NamedTuple):
    """How a line is built: a regex whose groups are the values that no column took, and their keys."""

    pattern: str
    groups: int
    keys: str


class _UnlikeError(ValueError):
    """A line that tells nothing about others."""


def left_of(lines: pl.Series, groups: tuple[Group, ...]) -> pl.Series:
    """Of each line a text in which all words of its `rests` stand, written as in the line; null where none are left.

    Law: what has a column may stand in it, too: the text is where to look, not what is there
    """
    found = lines.clone()  # scatter changes the one it is given
    open_rows = lines.is_not_null().arg_true()
    for built in _ways(lines, groups):
        if open_rows.is_empty():
            break
        hit, texts = _taken_apart(lines.gather(open_rows), built)
        found = found.scatter(open_rows.filter(hit), texts)
        open_rows = open_rows.filter(~hit)
    return found


def _taken_apart(text: pl.Series, built: _Built) -> tuple[pl.Series, pl.Series]:
    """Which lines are built so, and what is left of those."""
    if not built.groups:
        hit = text.str.contains(built.pattern)
        return hit, pl.Series([built.keys or None], dtype=pl.String()).new_from_index(0, int(hit.sum()))
    values = text.str.extract_groups(built.pattern).struct.unnest()
    hit = values.to_series().is_not_null()
    return hit, values.filter(hit).select(pl.concat_str(pl.lit(built.keys), pl.all(), separator=" ")).to_series()


def _ways(lines: pl.Series, groups: tuple[Group, ...]) -> list[_Built]:
    """The most frequent first."""
    some = lines.gather_every(-(-len(lines) // _SAMPLE) or 1).drop_nulls()
    found = Counter(built for line in some if (built := _built_like(line, groups)))
    return [built for built, _ in found.most_common(_MOST)]


def _built_like(line: str, groups: tuple[Group, ...]) -> _Built | None:
    try:
        value = parse_object(trimmed(line))
        return _built(_skeleton(value), shape_of(value), groups)
    except (BrokenError, _UnlikeError):
        return None


def _skeleton(value: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """The keys in their order, each with what kind of value stands there."""
    return tuple((key, _kind(inner)) for key, inner in value.items())


def _kind(inner: Any) -> Any:
    if isinstance(inner, dict):
        return _skeleton(inner)
    if isinstance(inner, list) and any(isinstance(item, dict | list) for item in inner):
        raise _UnlikeError
    return "null" if inner is None else "list" if isinstance(inner, list) else "scalar"


@lru_cache(maxsize=256)
def _built(skeleton: tuple[tuple[str, Any], ...], shape: Shape, groups: tuple[Group, ...]) -> _Built:
    writer = _Writer(groups, dict(shape), frozenset(taken_of(shape, groups)))
    pattern = writer.object(skeleton, ())
    if len(shape) > _MOST_KEYS:
        raise _UnlikeError
    return _Built(rf"^\s*{pattern}\s*,?\s*$", writer.groups, " ".join(writer.keys))


class _Writer:
    def __init__(self, groups: tuple[Group, ...], digits: Mapping[Parts, bool], taken: frozenset[Parts]) -> None:
        self.columns, self.digits, self.taken = groups, digits, taken
        self.groups, self.keys = 0, list[str]()

    def object(self, skeleton: tuple[tuple[str, Any], ...], above: Parts) -> str:
        members = [self.member(key, kind, (*above, key)) for key, kind in skeleton]
        return rf"\{{{_BLANK}{f'{_BLANK},{_BLANK}'.join(members)}{_BLANK}\}}"

    def member(self, key: str, kind: Any, parts: Parts) -> str:
        if not _PLAIN_KEY.fullmatch(key):
            raise _UnlikeError
        before = len(self.keys)
        value = self.object(kind, parts) if isinstance(kind, tuple) else self.value(kind, parts)
        if len(self.keys) > before or kind in ((), "null") or (isinstance(kind, str) and parts not in self.taken):
            self.keys.append(f'"{key}":{"null" if kind == "null" else ""}')
        return f'"{re.escape(key)}"{_BLANK}:{_BLANK}{value}'

    def value(self, kind: str, parts: Parts) -> str:
        if kind == "null":
            return "null"
        pattern = _LIST if kind == "list" else _SCALAR
        if kind == "scalar" and is_numeric(parts, self.columns):
            pattern = _DIGIT if self.digits[parts] else _OTHER
        if parts in self.taken:
            return pattern
        self.groups += 1
        return f"({pattern})"
