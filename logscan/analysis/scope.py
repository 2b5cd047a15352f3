"""The smallest scope that explains failures, and which principals are one finding because they behave alike."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

import numpy as np
import polars as pl

from logscan.analysis.activity import Activity
from logscan.analysis.judgement import Judgement
from logscan.analysis.measure import Log
from logscan.analysis.principals import Tail
from logscan.analysis.unit import PRINCIPALS, Rows, Unit

_WIDER = ("endpoint", "upstream", "service")
LEVELS = (*PRINCIPALS, *_WIDER)  # smallest first; `all` is left
_MARKS = "marks"
SHARED = ("credential", "user", *_WIDER)  # what many clients may have in common

_NONE: Mapping[tuple[str, str], Tail] = MappingProxyType({})


class Scopes:
    """Chooses the level of merged units."""

    def __init__(self, log: Log, activity: Activity, totals: pl.DataFrame, share: float) -> None:
        self.log, self.activity, self.share = log, activity, share
        self._routes: dict[int, float] = {}
        named = totals.drop_nulls("server.address").group_by("server.address").agg(pl.col("events").sum())
        total = float(named["events"].sum())
        self._upstreams = set(named.filter(pl.col("events") >= share * total)["server.address"].to_list())

    def _whole(self, level: str, value: str, rows: Rows) -> bool:
        """Whether nearly all traffic has this value: then it explains nothing."""
        if level != "endpoint":
            return level == "upstream" and value in self._upstreams
        routes = [int(route) for route in np.unique(self.log.columns.endpoint_id[rows])]
        for route in routes:
            if route not in self._routes:
                self._routes[route] = self.activity.share(route)
        return sum(self._routes[route] for route in routes) >= self.share

    def choose(self, rows: Rows, levels: Sequence[str] = LEVELS) -> tuple[str, tuple[str, ...]]:
        """The smallest level of which one value carries nearly all of the failures; `all` when none does."""
        for level in levels:
            name = "group" if level == "endpoint" else level
            column = self.log.columns[name]
            codes, counts = self.log.columns.counted(name, rows)
            if counts.size and counts.max() >= self.share * rows.size:
                most = int(codes[counts.argmax()])
                there = rows[column.codes[rows] == most]
                value = str(column.texts[most])
                if level == "endpoint" and self.log.columns.distinct(level, there) == 1:
                    value = self.log.columns.text(level, int(there[0]))
                if not self._whole(level, value, there):
                    return level, (value,)
        return "all", ()

    def of_members(self, rows: Rows, members: Sequence[Unit], named: int) -> tuple[str, tuple[str, ...]]:
        """As `choose`; a few principals of one kind that no smaller scope explains are named one by one."""
        level, values = self.choose(rows, PRINCIPALS)
        kinds = {member.level for member in members}
        if level != "all":
            return level, values
        if len(members) <= named and len(kinds) == 1 and kinds <= set(PRINCIPALS):
            return kinds.pop(), tuple(sorted(value for member in members for value in member.values))
        return self.choose(rows, _WIDER)


def merge_alike(
    units: Sequence[Unit],
    rest: Sequence[Unit],
    judgement: Judgement,
    log: Log,
    scopes: Scopes,
    *,
    tails: Mapping[tuple[str, str], Tail] = _NONE,
) -> list[Unit]:
    """Principals that behave alike become one unit; the others stay.

    In:  units: measured, with pattern and behaviour; rest: not measured, few failures each; tails: those of
         whom there is no unit
    Out: units that are members of none, and merged ones (not yet measured)
    Law: every row of the input is in exactly one unit of the output
    """
    found: list[Unit] = []
    pools: dict[tuple[str, str], list[Unit]] = defaultdict(list)
    strays: dict[tuple[str, str], list[tuple[list[Unit], list[Unit]]]] = defaultdict(list)  # and what became of them
    for unit in rest:
        pools[unit.cause, unit.family].append(unit)
    for group in _grouped(units, judgement):
        kind, key = _kind(group[0], judgement), (group[0].cause, group[0].family)
        if group[0].level == "all":
            found += group
        elif not kind and not group[0].behaviour:
            pools[key] += group
        else:
            at_once = judgement.alike.get(kind, "onset") == "onset"
            for cluster, made in _told_together(group, kind, judgement, log, scopes):
                if at_once and _is_stray(cluster, judgement):
                    strays[key].append((cluster, made))
                else:
                    found += made
    for key, several in strays.items():
        if len(several) > judgement.measures.stray_clusters:  # each at a moment of its own: scattered, too
            pools[key] += [unit for cluster, _ in several for unit in cluster]
        else:
            found += [unit for _, made in several for unit in made]
    for key, pool in pools.items():
        found += _one_or_each(pool, judgement, scopes, tails.get(key))
    return sorted(found, key=lambda unit: unit.order)


def _told_together(
    group: list[Unit], kind: str, judgement: Judgement, log: Log, scopes: Scopes
) -> Iterator[tuple[list[Unit], list[Unit]]]:
    """Those of a group that share a moment or a period, and the units they make."""
    few = judgement.measures.few_principals
    locked = judgement.alike.get(kind) == _MARKS and len(group) > 1  # the same moments: whoever was hit
    if group[0].behaviour and len(group) <= few and not locked:
        yield from (([unit], [unit]) for unit in group)
        return
    # One moment, one thing: whoever asks most is no other.
    together = locked or judgement.alike.get(kind) == "onset"
    for cluster in _clusters(group, kind, judgement, log):
        yield cluster, _one_or_each(cluster, judgement, scopes, together=together, few=1 if locked else few)


def _is_stray(cluster: Sequence[Unit], judgement: Judgement) -> bool:
    """Of principals with a few failures each, whoever began with them."""
    return max(unit.rows.size for unit in cluster) < judgement.measures.dominant_events


def _kind(unit: Unit, judgement: Judgement) -> str:
    """The pattern, when it says enough to set principals with it apart from the scattered rest."""
    return unit.pattern if unit.pattern in judgement.alike else ""


def _grouped(units: Sequence[Unit], judgement: Judgement) -> Iterator[list[Unit]]:
    """Those of one cause, pattern and behaviour; who fails at marked moments may behave as he likes."""
    groups: dict[tuple[object, ...], list[Unit]] = defaultdict(list)
    for unit in sorted(units, key=lambda unit: unit.order):
        kind = _kind(unit, judgement)
        behaviour = () if judgement.alike.get(kind) == _MARKS else unit.behaviour[:1]
        groups[unit.cause, unit.family, unit.level == "all", behaviour, kind].append(unit)
    yield from groups.values()


def _clusters(units: Sequence[Unit], kind: str, judgement: Judgement, log: Log) -> Iterator[list[Unit]]:
    """Neighbours in what they must share: the period, or the moment of the beginning."""
    shared, column = judgement.alike.get(kind, ""), judgement.periods.get(kind, "period_s")
    if shared not in ("period", "onset"):
        yield list(units)
        return

    def period(unit: Unit) -> float:
        return float(unit.series.get(column) or 0.0)

    place = period if shared == "period" else _onset
    ordered = sorted(units, key=lambda unit: (place(unit), unit.order))
    cluster = [ordered[0]]
    for unit in ordered[1:]:
        near = judgement.measures.period_spread * period(unit) if shared == "period" else _slack(cluster[-1], unit, log)
        if place(unit) - place(cluster[-1]) <= near:
            cluster.append(unit)
        else:
            yield cluster
            cluster = [unit]
    yield cluster


def _onset(unit: Unit) -> float:
    return unit.measured.stretch.begins if unit.measured and unit.measured.stretch else 0.0


def _slack(one: Unit, other: Unit, log: Log) -> float:
    """A client shows a common beginning only when it next asks: some of its usual gaps later."""
    gaps = [unit.series.get("event_gap_median_s") or 0.0 for unit in (one, other)]
    return float(
        max(log.measures.onset_windows * log.covered / log.measures.windows, log.measures.onset_gaps * max(gaps))
    )


def _one_or_each(
    units: Sequence[Unit],
    judgement: Judgement,
    scopes: Scopes,
    tail: Tail | None = None,
    *,
    together: bool = False,
    few: int | None = None,
) -> list[Unit]:
    """One merged unit when there are more than a few; a principal that outweighs all the others stays by itself.

    In: together: what they share is so telling that nobody outweighs the others; few: default few_principals
    """
    settings = judgement.measures
    apart: list[Unit] = []
    crowd = sorted(units, key=lambda unit: unit.order)
    left = sum(unit.rows.size for unit in crowd) + (tail.rows.size if tail else 0)
    while (
        not together
        and len(crowd) > 1
        and crowd[0].rows.size >= max(settings.dominant_events, settings.dominant_share * left)
    ):
        apart.append(crowd.pop(0))
        left -= apart[-1].rows.size
    merged = len(crowd) > (settings.few_principals if few is None else few) or tail is not None
    return apart + ([_merged(crowd, judgement, scopes, tail)] if merged else crowd)


def _merged(units: Sequence[Unit], judgement: Judgement, scopes: Scopes, tail: Tail | None) -> Unit:
    rows = np.sort(np.concatenate([*(unit.rows for unit in units), *([tail.rows] if tail else [])]))
    level, values = scopes.of_members(rows, units, 0 if tail else judgement.measures.named_principals)
    unlisted = tail.principals if tail else 0
    return Unit(units[0].cause, units[0].family, rows, level, values, tuple(units), unlisted)
