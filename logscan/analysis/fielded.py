"""Rules that read `logscan.fields`: the line itself tells whether one of their texts may stand there."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from threading import Lock
from typing import NamedTuple

import polars as pl

from logscan.ingest.json_left import left_of
from logscan.ingest.keyed import FIELDS, Group, groups_of
from logscan.ingest.shape import Format
from logscan.rules.held import held_where
from logscan.rules.rare import Sought
from logscan.rules.rule import Rule

_KEYED = frozenset({"json", "logfmt", "w3c"})  # formats that keep there what they have no column for
_FEW = 32  # one line of so many may be read whole without another question
_LINE = "event.original"
_ALONE = Lock()  # threads that need the same work it out once


class Fielded(NamedTuple):
    """Rules of one format that read the fields.

    sought  what a line holds in which they match by them;  beside: the same, where what has a column was left away
    """

    rules: tuple[Rule, ...]
    sought: Sought
    beside: Sought
    columns: tuple[Group, ...] = ()  # of a JSON format: what is left away of a line


def keeps_fields(form: Format) -> bool:
    return form.kind in _KEYED


def fielded(rules: Iterable[Rule]) -> Fielded:
    """In: rules that may speak about a format which keeps fields"""
    held = {rule: part for rule in rules if (part := held_where(rule.tree, FIELDS, _LINE)) is not None}
    sought = Sought(list(held.values()))
    return Fielded(tuple(held), sought, copy(sought))  # what is rare in one is common in the other


class ByFields:
    """Of each format what to look for in its fields; worked out when it is first asked."""

    def __init__(self, formats: Iterable[Format], *rules: Mapping[str, Sequence[Rule]]) -> None:
        """In: rules: by format id"""
        self._keeps = {form.id: form for form in formats if keeps_fields(form)}
        self._rules = rules
        self._known: dict[str, Fielded] = {}

    def of(self, dataset: str) -> Fielded | None:
        """None where no rule could find anything there."""
        if dataset not in self._keeps:
            return None
        with _ALONE:
            return self._found(dataset)

    def _found(self, dataset: str) -> Fielded | None:
        if dataset not in self._known:
            found = fielded(rule for each in self._rules for rule in each.get(dataset, ()))
            form = self._keeps[dataset]
            self._known[dataset] = found._replace(columns=groups_of([form])) if form.kind == "json" else found
        return self._known[dataset] if self._known[dataset].rules else None


def may_match_fields(lines: pl.Series, asked: Fielded) -> pl.Series:
    """Which lines may hold in their fields what a rule looks for there.

    In:  the lines of one format, whole; what was asked of it
    Law: true where a rule matches and would not if the fields were empty
    """
    near = _holding(lines, asked.sought)
    if not asked.columns or near.sum() * _FEW <= len(near):
        return near
    # What makes them near is common there and mostly has a column; to leave that away costs more than to look.
    rows = near.arg_true()
    left = left_of(lines.gather(rows), asked.columns)
    return near.scatter(rows, _holding(left, asked.beside))


def _holding(lines: pl.Series, sought: Sought) -> pl.Series:
    return lines.is_not_null() if sought.open else sought.near(lines.to_frame(_LINE))
