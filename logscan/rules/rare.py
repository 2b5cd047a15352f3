"""Which rows are worth asking many conditions about: those that hold one of the texts no condition holds without.

What is common differs from log to log, so of all that must stand together in a row what is rare there is looked for.
"""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import NamedTuple

import polars as pl

from logscan.rules.literals import Held, chosen, texts_of

_SAMPLE = 256  # rows that tell what is common
_SOME, _MOST = 8, 128  # of them hold what stands in some rows, in most
_FEW = 32  # one row of so many that hold something rare is no reason to look for what is rarer
_WEIGHTS = (1, 32)  # what it costs to look for such a thing
_BETWEEN = "\0"  # of a column and what is looked for in it; no column is called so
_NUMBER = "="

Common = tuple[frozenset[str], frozenset[str]]  # what stands in some rows, in most rows


def text_in(column: str, text: str) -> str:
    """A text to be found in the lower case of a column; the empty text: anything may stand there."""
    return f"{column}{_BETWEEN}{text}" if text else ""


def number_in(column: str, number: float) -> str:
    return f"{column}{_BETWEEN}{_NUMBER}{float(number)!r}"


class _Look(NamedTuple):
    """What is looked for in one column; a column of numbers equals one of them."""

    column: str
    texts: tuple[str, ...]


class _Rare(NamedTuple):
    """What is looked for; chosen anew where more than this share of the rows hold it."""

    looks: Sequence[_Look]
    most: float


class Sought:
    """What several conditions cannot hold without, each leaf made by `text_in` or `number_in`.

    open: conditions, by place, of which nothing is known; they are left out of all the rest
    """

    def __init__(self, held: Sequence[Held]) -> None:
        self.open = tuple(at for at, part in enumerate(held) if not chosen(part, len))
        self._held = tuple(dict.fromkeys(part for at, part in enumerate(held) if at not in self.open))
        self._looks = _looks(frozenset[str]().union(*map(texts_of, self._held)))
        self._rare = _Rare([], 0.0)

    def near(self, frame: pl.DataFrame) -> pl.Series:
        """Which rows may meet one of the conditions.

        In:  the columns that are looked into, text or numbers
        Law: true where a condition that is not open holds, whatever else stands in the frame
        """
        rare = self._rare
        found = _found(frame, rare.looks)
        if not rare.looks or found.sum() > rare.most * frame.height:  # what is common changes little within a log
            looks = _looks(self._chosen(self._common(frame)))
            found = _found(frame, looks)
            self._rare = _Rare(looks, max(1 / _FEW, 2 * int(found.sum()) / (frame.height or 1)))
        return found

    def _common(self, frame: pl.DataFrame) -> Common:
        step = -(-frame.height // _SAMPLE) or 1
        parts = [pl.Series([], dtype=pl.String())]
        for look in self._looks:
            values = _values(frame[look.column].gather_every(step), look.texts)
            parts.append(look.column + _BETWEEN + values)
        counts = pl.concat(parts).value_counts()
        most = counts["count"] >= _MOST
        return frozenset(counts.filter((counts["count"] >= _SOME) & ~most).to_series()), frozenset(
            counts.filter(most).to_series()
        )

    def _chosen(self, common: Common) -> frozenset[str]:
        def cost(marks: frozenset[str]) -> tuple[int, int]:
            often = sum(weight * len(marks & those) for weight, those in zip(_WEIGHTS, common, strict=True))
            return often, -min(map(len, marks))

        return frozenset[str]().union(*(chosen(part, cost) or () for part in self._held))


def _found(frame: pl.DataFrame, looks: Sequence[_Look]) -> pl.Series:
    found = [_holding(frame[look.column], look.texts) for look in looks]
    return reduce(or_, found, pl.repeat(value=False, n=frame.height, dtype=pl.Boolean(), eager=True))


def _looks(marks: frozenset[str]) -> list[_Look]:
    by: dict[str, list[str]] = {}
    for mark in sorted(marks - {""}):
        column, _, text = mark.partition(_BETWEEN)
        by.setdefault(column, []).append(text)
    return [_Look(column, tuple(texts)) for column, texts in by.items()]


def _holding(column: pl.Series, texts: Sequence[str]) -> pl.Series:
    if column.dtype.is_numeric():
        return _equals(column, texts)
    return column.str.to_lowercase().str.contains_any(list(texts)).fill_null(value=False)


def _values(column: pl.Series, texts: Sequence[str]) -> pl.Series:
    """What stands in the rows of what is looked for, once a row."""
    if column.dtype.is_numeric():
        there = column.filter(_equals(column, texts))
        return pl.Series([f"{_NUMBER}{float(value)!r}" for value in there], dtype=pl.String())
    found = column.drop_nulls().str.to_lowercase().str.extract_many(list(texts), overlapping=True)
    return found.list.unique().explode().drop_nulls()


def _equals(column: pl.Series, texts: Sequence[str]) -> pl.Series:
    numbers = [float(text.removeprefix(_NUMBER)) for text in texts]
    return column.cast(pl.Float64).is_in(numbers).fill_null(value=False)
