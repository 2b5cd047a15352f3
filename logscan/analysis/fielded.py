"""Rules that read `logscan.fields`: the line itself tells whether one of their texts may stand there."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import polars as pl

from logscan.ingest.keyed import FIELDS
from logscan.ingest.shape import Format
from logscan.rules.literals import plain
from logscan.rules.match import may_match
from logscan.rules.rule import Rule

_KEYED = frozenset({"json", "logfmt", "w3c"})  # formats that keep there what they have no column for


class Fielded(NamedTuple):
    """rules: those of one format that read the fields; texts: one of them is in every line that they match there."""

    rules: tuple[Rule, ...]
    texts: tuple[str, ...]


def keeps_fields(form: Format) -> bool:
    return form.kind in _KEYED


def fielded(rules: Iterable[Rule]) -> Fielded:
    """In: rules that may speak about a format which keeps fields"""
    found, texts = [], set[str]()
    for rule in rules:
        wanted = [[text for column, text in need.literals if column.name == FIELDS] for need in rule.words]
        sought = [parts for each in wanted if (parts := plain(each))]
        if best := max(sought, key=lambda each: min(map(len, each)), default=()):
            found.append(rule)
            texts.update(best)
    return Fielded(tuple(found), tuple(sorted(texts)))


class ByFields:
    """Of each format what to look for in its fields; worked out when it is first asked."""

    def __init__(self, formats: Iterable[Format], *rules: Mapping[str, Sequence[Rule]]) -> None:
        """In: rules: by format id"""
        self._keeps = {form.id for form in formats if keeps_fields(form)}
        self._rules = rules
        self._known: dict[str, Fielded] = {}

    def of(self, dataset: str) -> Fielded | None:
        """None where no rule could find anything there."""
        if dataset not in self._keeps:
            return None
        if dataset not in self._known:
            self._known[dataset] = fielded(rule for each in self._rules for rule in each.get(dataset, ()))
        return self._known[dataset] if self._known[dataset].texts else None


def may_match_fields(events: pl.DataFrame, asked: Fielded, unread: frozenset[str]) -> pl.Series:
    """Whether a rule may match each row by what is in its fields.

    In: event.original and what else was read; unread: columns that may hold anything
    """
    near = events["event.original"].str.contains_any(list(asked.texts), ascii_case_insensitive=True)
    if not near.any():
        return pl.repeat(value=False, n=events.height, dtype=pl.Boolean(), eager=True)
    rows = near.arg_true()
    may = may_match(events[rows], asked.rules, unread | {FIELDS})
    return pl.repeat(value=False, n=events.height, dtype=pl.Boolean(), eager=True).scatter(
        rows.filter(may), values=True
    )
