"""Sigma's parsed conditions, turned into our own tree (see `tree`). The only file that reads pySigma's value types."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl
from sigma import conditions as sc
from sigma import types as st

from logscan.rules.fields import WIDE_FIELDS
from logscan.rules.tree import (
    All,
    Clock,
    Column,
    Flag,
    Network,
    Never,
    Node,
    Not,
    Null,
    Number,
    Present,
    Regex,
    Same,
    Some,
    Text,
    Words,
)

KEYWORDS = "event.original"  # what a value without a field is looked for in
_WILD = st.SpecialChars.WILDCARD_MULTI
_OPS = {"LT": "lt", "LTE": "le", "GT": "gt", "GTE": "ge"}


class UnsupportedError(ValueError):
    """A value that means nothing for the column it is compared with."""


class _Asked(NamedTuple):
    field: str | None  # as written in the rule; None for a keyword
    column: Column
    value: Any


class Backend:
    """Turns conditions over known columns into trees; fields that no column holds are false and kept in `unknown`."""

    def __init__(self, columns: Mapping[str, pl.DataType]) -> None:
        self.columns = columns
        self.unknown: set[str] = set()
        self.faults: list[tuple[str, str]] = []  # what is wrong, and the field as written, empty for a keyword

    def tree(self, condition: Any) -> Node:
        """In: what `SigmaCondition.parsed` gives. What cannot be used is false, and goes to `faults`."""
        if isinstance(condition, sc.ConditionAND):
            return All(tuple(self.tree(part) for part in condition.args if part is not None))
        if isinstance(condition, sc.ConditionOR):
            return merged([self.tree(part) for part in condition.args if part is not None])
        if isinstance(condition, sc.ConditionNOT):
            return Not(self.tree(condition.args[0]))
        if isinstance(condition, sc.ConditionFieldEqualsValueExpression | sc.ConditionValueExpression):
            return self._leaf(getattr(condition, "field", None), condition.value)
        self.faults.append((f"a part of kind {type(condition).__name__} cannot be used here", ""))
        return Never()

    def column(self, field: str | None) -> Column | None:
        """The column of a field; None, and noted, when there is none."""
        name = KEYWORDS if field is None else field
        if name in self.columns:
            return Column(name, self.columns[name] == pl.String())
        self.unknown.add(name)
        return None

    def _leaf(self, field: str | None, value: Any) -> Node:
        if field and field in WIDE_FIELDS and self.columns.keys() >= set(WIDE_FIELDS[field]):
            parts = [self._leaf(name, value) for name in WIDE_FIELDS[field]]
            return All(tuple(parts)) if _asks_for_absence(value) else merged(parts)
        make = next((make for kind, make in _MAKERS if isinstance(value, kind)), None)
        if make is None:
            self.faults.append((f"a value of kind {type(value).__name__} cannot be used here", field or ""))
            return Never()
        column = self.column(field)
        if column is None:
            return Not(Never()) if _asks_for_absence(value) else Never()
        if self.columns[column.name].is_nested():
            self.faults.append((f"asks `{column.name}`, which holds a list, for a value", field or ""))
            return Never()
        try:
            return make(self, _Asked(field, column, value))
        except UnsupportedError as error:
            self.faults.append((str(error), field or ""))
            return Never()

    def _text(self, asked: _Asked) -> Node:
        column, cased = asked.column, isinstance(asked.value, st.SigmaCasedString)
        value = _surrounded(asked.value) if asked.field is None else asked.value
        words = _words(value, cased=cased)
        if words.how == "any":
            return Present(column)
        if not column.text and words.how == "equals" and re.fullmatch(r"-?[0-9]{1,18}", words.text):
            return Number(self._numeric(asked), "eq", (int(words.text),))
        return Text(column, (words,), cased)

    def _number(self, asked: _Asked) -> Node:
        if asked.column.text:
            word = str(asked.value.number)
            return Text(
                asked.column, (Words("contains" if asked.field is None else "equals", word, word),), cased=False
            )
        return Number(self._numeric(asked), "eq", (asked.value.number,))

    def _compared(self, asked: _Asked) -> Node:
        number, op = asked.value.number.number, asked.value.op.name
        if op == "NEQ":
            return Not(Number(self._numeric(asked), "eq", (number,)))
        return Number(self._numeric(asked), _OPS[op], (number,))

    def _numeric(self, asked: _Asked) -> Column:
        name, dtype = asked.column.name, self.columns[asked.column.name]
        if not asked.column.text and not dtype.is_numeric():
            raise UnsupportedError(f"compares `{name}`, which holds {dtype}, to a number")
        return asked.column

    def _flag(self, asked: _Asked) -> Node:
        if asked.column.text:
            word = str(asked.value.boolean).lower()
            return Text(asked.column, (Words("equals", word, word),), cased=False)
        if self.columns[asked.column.name] != pl.Boolean():
            raise UnsupportedError(f"compares `{asked.column.name}` to true or false, and it holds neither")
        return Flag(asked.column, asked.value.boolean)

    def _clock(self, asked: _Asked) -> Node:
        if not self.columns[asked.column.name].is_temporal():
            raise UnsupportedError(f"asks `{asked.column.name}` for a part of a time, and it holds none")
        return Clock(asked.column, asked.value.timestamp_part.name.lower(), int(asked.value.number))

    def _same(self, asked: _Asked) -> Node:
        other = self.column(asked.value.field)
        how = {(True, True): "contains", (True, False): "starts", (False, True): "ends"}
        ends = (asked.value.starts_with, asked.value.ends_with)
        return Same(asked.column, other, how.get(ends, "equals")) if other else Never()

    def _expanded(self, asked: _Asked) -> Node:
        return merged([self._leaf(asked.field, part) for part in asked.value.values])


def _asks_for_absence(value: Any) -> bool:
    return isinstance(value, st.SigmaNull) or (isinstance(value, st.SigmaExists) and not value)


def _regex(_: Backend, asked: _Asked) -> Node:
    flags = "".join(sorted(asked.value.sigma_to_re_flag[flag] for flag in asked.value.flags))
    pattern = asked.value.regexp.to_plain_regex()
    return Regex(asked.column, f"(?{flags}:{pattern})" if flags else pattern)


# In this order: a timestamp part is a number to pySigma too.
_MAKERS: tuple[tuple[type, Callable[[Backend, _Asked], Node]], ...] = (
    (st.SigmaTimestampPart, Backend._clock),  # noqa: SLF001
    (st.SigmaString, Backend._text),  # noqa: SLF001
    (st.SigmaNumber, Backend._number),  # noqa: SLF001
    (st.SigmaBool, Backend._flag),  # noqa: SLF001
    (st.SigmaRegularExpression, _regex),
    (st.SigmaCompareExpression, Backend._compared),  # noqa: SLF001
    (st.SigmaFieldReference, Backend._same),  # noqa: SLF001
    (st.SigmaExpansion, Backend._expanded),  # noqa: SLF001
    (st.SigmaCIDRExpression, lambda _, asked: Network(asked.column, str(asked.value.network))),
    (st.SigmaNull, lambda _, asked: Null(asked.column)),
    (st.SigmaExists, lambda _, asked: Present(asked.column) if asked.value else Null(asked.column)),
)


def _words(value: st.SigmaString, *, cased: bool) -> Words:
    """How a Sigma text with wildcards is looked for; `any` when it is nothing but wildcards."""
    parts: Sequence[Any] = value.s
    if any(isinstance(part, st.Placeholder) for part in parts):
        raise UnsupportedError("has a %placeholder% that nothing fills")
    texts = [part if cased else part.lower() if isinstance(part, str) else part for part in parts]
    if texts and all(part == _WILD for part in texts):
        return Words("any", "", "")
    starts, ends = bool(texts) and texts[0] != _WILD, bool(texts) and texts[-1] != _WILD
    inner = texts[0 if starts else 1 : len(texts) if ends else -1]
    literal = max((part for part in inner if isinstance(part, str)), key=len, default="")
    if len(inner) <= 1 and all(isinstance(part, str) for part in inner):
        how = {(True, True): "equals", (True, False): "starts", (False, True): "ends", (False, False): "contains"}
        return Words(how[starts, ends] if texts else "equals", literal, literal)
    body = "".join(re.escape(part) if isinstance(part, str) else ".*" if part == _WILD else "." for part in inner)
    return Words("like", f"(?s:{'^' if starts else ''}{body}{'$' if ends else ''})", literal)


def _surrounded(value: st.SigmaString) -> st.SigmaString:
    """A keyword is looked for anywhere in the line."""
    left = value if value.startswith(_WILD) else _WILD + value
    return left if left.endswith(_WILD) else left + _WILD


def merged(parts: Sequence[Node]) -> Node:
    """One `or`, in which texts on one column stand together, and so do numbers."""
    found: dict[object, Node] = {}
    for part in _alternatives(parts):
        key = _shared(part)
        old = found.get(key)
        if isinstance(old, Text) and isinstance(part, Text):
            found[key] = Text(old.column, tuple(dict.fromkeys(old.words + part.words)), old.cased)
        elif isinstance(old, Number) and isinstance(part, Number) and part.op == "eq":
            found[key] = Number(old.column, "eq", tuple(dict.fromkeys(old.values + part.values)))
        else:
            found[key] = part
    return next(iter(found.values())) if len(found) == 1 else Some(tuple(found.values()))


def _alternatives(parts: Sequence[Node]) -> Iterator[Node]:
    for part in parts:
        yield from part.parts if isinstance(part, Some) else (part,)


def _shared(part: Node) -> object:
    """What parts that can be asked together have in common."""
    if isinstance(part, Text):
        return Text, part.column, part.cased
    return (Number, part.column) if isinstance(part, Number) and part.op == "eq" else part
