"""Sigma correlations over findings: which of them are, together or alone, worth telling."""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from logscan.rules.match import match
from logscan.rules.rule import Rule

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

OPS: Mapping[str, Callable[[Any, Any], Any]] = {
    name: getattr(operator, {"lte": "le", "gte": "ge", "neq": "ne"}.get(name, name))
    for name in ("lt", "lte", "gt", "gte", "eq", "neq")
}
_SECOND = 1_000_000


class Page(NamedTuple):
    """What a rule calls worth telling: the findings of one group.

    values  what the rule groups by, and the value of this group
    level   the least severity of what is told; empty: that of its findings
    tells   incident, or expiry: of what is to come
    """

    rule: str
    values: tuple[tuple[str, str], ...]
    members: tuple[str, ...]  # ids of findings
    timespan_s: float
    level: str = ""
    tells: str = "incident"


class Asked(NamedTuple):
    """A condition of names of rules: `and`, `or`, `not` over more of them, or `rule` and one name."""

    op: str
    parts: tuple["Asked", ...] = ()
    name: str = ""


@dataclass(frozen=True)
class Correlation:
    """One correlation rule, compiled.

    how     event_count, value_count, value_sum, value_avg, value_median, value_percentile, temporal, temporal_ordered
    rules   the rules that select its findings
    tells   incident | expiry;  meaning: the `logscan:` block;  level: empty when the findings decide
    column  whose values are counted or added up
    asked   the condition of a temporal rule that joins names; else op and count decide
    """

    name: str
    id: str
    path: str
    title: str
    level: str
    how: str
    rules: tuple[Rule, ...]
    group_by: tuple[str, ...]
    timespan_s: float
    op: str
    count: float
    column: str = ""
    percentile: float = 50.0
    asked: Asked | None = None
    tells: str = "incident"
    priority: int = 50
    status: str = field(default="", compare=False)
    text: str = field(default="", compare=False, repr=False)
    meaning: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    kind: str = "alerts"
    logsource: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def names(self) -> str:
        return self.tells


class _Part(NamedTuple):
    """The findings of one group. Units: seconds since the epoch"""

    first: Floats
    last: Floats
    matched: Flags  # a row for each rule
    values: Sequence[Any]


def correlate(findings: pl.DataFrame, rules: Sequence[Correlation]) -> list[Page]:
    """What is worth telling, first things first.

    In:   FINDINGS; rules in the order in which they are to speak
    Out:  a page for each rule and group that holds, with all findings of the times in which it does
    Law:  the order of the rows changes nothing; what has no time, or no value to group by, counts nowhere
    Note: a finding lies in a stretch of time when any moment from its first to its last failure does; looked at are
          stretches as long as the rule's timespan that hold as many findings as they can
    """
    timed = findings.filter(pl.col("first_seen").is_not_null(), pl.col("last_seen").is_not_null())
    if timed.is_empty():
        return []
    timed = timed.sort("first_seen", "id")
    asked = list({rule.name: rule for each in rules for rule in each.rules}.values())
    matches = match(timed, asked)
    return [page for rule in rules for page in _pages(timed, matches, rule)]


def _pages(findings: pl.DataFrame, matches: pl.DataFrame, rule: Correlation) -> Iterator[Page]:
    matched = np.array([matches[each.name].to_numpy() for each in rule.rules], dtype=bool)
    chosen = matched.any(axis=0)
    for name in rule.group_by:
        chosen &= findings[name].is_not_null().to_numpy()
    rows = np.flatnonzero(chosen)
    if not rows.size:
        return
    keys = findings.select(pl.col(name).cast(pl.String) for name in rule.group_by)[rows].rows() if rule.group_by else []
    groups: dict[tuple[str, ...], list[int]] = {}
    for at, row in enumerate(rows.tolist()):
        groups.setdefault(keys[at] if keys else (), []).append(row)
    first, last = (findings[name].dt.epoch("us").to_numpy() / _SECOND for name in ("first_seen", "last_seen"))
    values = findings[rule.column].to_list() if rule.column else [None] * findings.height
    ids = findings["id"].to_list()
    for key, chosen_rows in sorted(groups.items()):
        own = np.array(chosen_rows, dtype=np.intp)
        part = _Part(first[own], last[own], matched[:, own], [values[row] for row in chosen_rows])
        members = _members(part, rule)
        if members.any():
            named = tuple(zip(rule.group_by, key, strict=True))
            told = tuple(ids[row] for row in own[members].tolist())
            yield Page(rule.name, named, told, rule.timespan_s, rule.level, rule.tells)


def _members(part: _Part, rule: Correlation) -> Flags:
    """Which of the group lie in a stretch of time in which the rule holds."""
    found = np.zeros(part.first.size, dtype=bool)
    reached = -np.inf
    for start in np.unique(part.last):
        inside = (part.first <= start + rule.timespan_s) & (part.last >= start)
        newest = float(part.first[inside].max())
        # A stretch that holds nothing which the one before did not is a part of that.
        if newest > reached and _holds(part, inside, rule):
            found |= inside
        reached = max(reached, float(start) + rule.timespan_s)
    return found


def _holds(part: _Part, inside: Flags, rule: Correlation) -> bool:
    matched = part.matched[:, inside]
    if rule.asked is not None:
        there = {each.name: bool(row.any()) for each, row in zip(rule.rules, matched, strict=True)}
        return _answer(rule.asked, there) and (rule.how == "temporal" or _in_order(part.first[inside], matched))
    if rule.how == "temporal":
        return bool(OPS[rule.op](int(matched.any(axis=1).sum()), rule.count))
    if rule.how == "temporal_ordered":
        return bool(OPS[rule.op](_longest(part.first[inside], matched), rule.count))
    if rule.how == "event_count":
        return bool(OPS[rule.op](int(inside.sum()), rule.count))
    values = [value for value, here in zip(part.values, inside, strict=True) if here and value is not None]
    if rule.how == "value_count":
        return bool(OPS[rule.op](len(set(values)), rule.count))
    return bool(values) and bool(OPS[rule.op](_summed(np.array(values, dtype=float), rule), rule.count))


def _summed(values: Floats, rule: Correlation) -> float:
    if rule.how == "value_sum":
        return float(values.sum())
    if rule.how == "value_avg":
        return float(values.mean())
    return float(np.percentile(values, 50.0 if rule.how == "value_median" else rule.percentile))


def _longest(first: Floats, matched: Flags) -> int:
    """How many of the rules speak, one not before the other, from the first of them on."""
    since, count = -np.inf, 0
    for row in matched:
        times = first[row & (first >= since)]
        if not times.size:
            break
        since, count = float(times.min()), count + 1
    return count


def _in_order(first: Floats, matched: Flags) -> bool:
    """Those of the rules that speak do so in their order."""
    speaking = matched[matched.any(axis=1)]
    return _longest(first, speaking) == len(speaking)


def _answer(asked: Asked, there: Mapping[str, bool]) -> bool:
    if asked.op == "rule":
        return there[asked.name]
    parts = [_answer(part, there) for part in asked.parts]
    return not parts[0] if asked.op == "not" else (all if asked.op == "and" else any)(parts)
