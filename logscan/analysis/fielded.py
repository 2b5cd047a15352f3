"""Rules that read `logscan.fields`: the line itself tells whether one of their texts may stand there."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import polars as pl

from logscan.ingest.json_left import left_of
from logscan.ingest.keyed import FIELDS, Group, groups_of
from logscan.ingest.shape import Format
from logscan.rules.held import held_where
from logscan.rules.literals import Held, chosen, plain, texts_of
from logscan.rules.rule import Rule

_KEYED = frozenset({"json", "logfmt", "w3c"})  # formats that keep there what they have no column for
_SAMPLE = 256  # lines that tell which texts are common
_SOME, _MOST = 8, 128  # of them hold a text that stands in some lines, in most
_FEW = 32  # one line of so many may be read whole without another question
_WEIGHTS = (1, 32)  # what it costs to look for such a text


Common = tuple[frozenset[str], frozenset[str]]  # the texts that stand in some lines, in most lines


class Fielded(NamedTuple):
    """Rules of one format that read the fields, and what a line holds in which they match by them."""

    rules: tuple[Rule, ...]
    held: tuple[Held, ...]
    texts: tuple[str, ...]
    rare: dict[Common, tuple[str, ...] | None]  # what was chosen before
    columns: tuple[Group, ...] = ()  # of a JSON format: what is left away of a line


def keeps_fields(form: Format) -> bool:
    return form.kind in _KEYED


def fielded(rules: Iterable[Rule]) -> Fielded:
    """In: rules that may speak about a format which keeps fields"""
    found = {rule: part for rule in rules if (part := _in_line(rule)) is not None}
    texts = frozenset[str]().union(*map(texts_of, found.values()))
    return Fielded(tuple(found), tuple(dict.fromkeys(found.values())), tuple(sorted(texts - {""})), {})


def _in_line(rule: Rule) -> Held | None:
    there = held_where(rule.tree, FIELDS)
    return None if there is None else plain(there)


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
    near = _holding(lines, asked)
    if not asked.columns or near.sum() * _FEW <= len(near):
        return near
    # What makes them near is common there and mostly has a column; to leave that away costs more than to look.
    rows = near.arg_true()
    left = left_of(lines.gather(rows), asked.columns)
    return near.scatter(rows, _holding(left, asked))


def _holding(lines: pl.Series, asked: Fielded) -> pl.Series:
    """Which lines hold one of the texts. Which texts, is chosen by what is rare here: any choice leaves all in."""
    if lines.null_count() == len(lines):
        return pl.repeat(value=False, n=len(lines), dtype=pl.Boolean(), eager=True)
    common = _common(lines, asked.texts)
    if common not in asked.rare:
        asked.rare[common] = _rare(asked.held, common)
    texts = asked.rare[common]
    if texts is None:
        return lines.is_not_null()
    return lines.str.contains_any(list(texts), ascii_case_insensitive=True).fill_null(value=False)


def _common(lines: pl.Series, texts: Sequence[str]) -> Common:
    lines = lines.drop_nulls()
    some = lines.gather_every(-(-len(lines) // _SAMPLE)).str.to_lowercase()
    there = some.str.extract_many(list(texts), overlapping=True).list.unique().explode().drop_nulls()
    counted = there.value_counts()
    most = counted.filter(counted["count"] >= _MOST).to_series()
    often = counted.filter(counted["count"].is_between(_SOME, _MOST, closed="left")).to_series()
    return frozenset(often), frozenset(most)


def _rare(held: Iterable[Held], common: Common) -> tuple[str, ...] | None:
    def cost(texts: frozenset[str]) -> tuple[int, int]:
        often = sum(weight * len(texts & those) for weight, those in zip(_WEIGHTS, common, strict=True))
        return often, -min(map(len, texts))

    found = [chosen(part, cost) for part in held]
    return tuple(sorted(frozenset[str]().union(*(texts for texts in found if texts)))) if all(found) else None
