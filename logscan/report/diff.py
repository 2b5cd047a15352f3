"""Two scans compared: what is new, gone, worse, better, with rates."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from logscan.model.severity import severity_rank
from logscan.model.taxonomy import UNCLASSIFIED
from logscan.report.escape import json_text
from logscan.report.show import visible

SCHEMA = "logscan.diff/1"
KINDS = ("new", "worse", "same", "better", "gone")  # in the order in which they are told
_EXACT = 2000  # failures up to which probabilities are added up one by one


class Change(NamedTuple):
    """One finding in two scans. before and after: as in the scans, None where it is not. Units: failures an hour."""

    kind: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    rate_before: float | None
    rate_after: float | None

    @property
    def finding(self) -> Mapping[str, Any]:
        found = self.after or self.before
        return found if found is not None else {}


def compare(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    times: float,
    chance: float,
    split: datetime | None = None,
) -> tuple[Change, ...]:
    """In:  two documents of `scan --format json`; times: so much higher a rate is worse, when chance gives such a
         difference with no more than this probability; a higher severity is worse as well
         split: when one begins and the other ends, where both are of the same logs: then what was open goes on where
         its cause cannot be told any more
    Law: every finding of both is in exactly one change; without a split, swapping the scans swaps new and gone, worse
         and better
    """
    one, two = ({str(found["id"]): found for found in document["findings"]} for document in (before, after))
    if split is not None:
        two = _carried_on(one, two)
    hours = hours_of(before, until=split), hours_of(after, since=split)
    found = [_change(one.get(name), two.get(name), hours, times, chance) for name in dict.fromkeys((*two, *one))]
    return tuple(sorted(found, key=_place))


def _carried_on(
    one: Mapping[str, Mapping[str, Any]], two: Mapping[str, Mapping[str, Any]]
) -> dict[str, Mapping[str, Any]]:
    """Findings of the later period; one that names no cause is that of the same scope which was still open."""
    left = {name: found for name, found in one.items() if name not in two and found["state"] == "open"}
    told: dict[str, Mapping[str, Any]] = {}
    for name, later in two.items():
        unsure = name not in one and later["cause"] == UNCLASSIFIED
        mine = [each for each, earlier in left.items() if unsure and earlier["scope"] == later["scope"]]
        known = left.pop(mine[0]) if mine else later
        told[str(known["id"])] = {**later, "id": known["id"], "cause": known["cause"]}
    return told


def hours_of(document: Mapping[str, Any], *, since: datetime | None = None, until: datetime | None = None) -> float:
    """From the first to the last event of a scan, as far as they lie in the period; at least a minute."""
    times = [
        datetime.fromisoformat(each[end]) for each in document["inputs"] for end in ("first", "last") if each.get(end)
    ]
    if not times:
        return 1 / 60
    low, high = max(min(times), since or min(times)), min(max(times), until or max(times))
    return max(1 / 60, (high - low).total_seconds() / 3600)


def _change(
    one: Mapping[str, Any] | None,
    two: Mapping[str, Any] | None,
    hours: tuple[float, float],
    times: float,
    chance: float,
) -> Change:
    counts = [int(found["counts"]["events"]) if found else 0 for found in (one, two)]
    rates = [count / length for count, length in zip(counts, hours, strict=True)]
    told = (rates[0] if one else None, rates[1] if two else None)
    if one is None or two is None:
        return Change("new" if one is None else "gone", one, two, *told)
    ranks = [severity_rank(str(found["severity"])) for found in (one, two)]
    unlike = differs(counts[0], counts[1], hours) <= chance
    grown = unlike and rates[1] >= times * rates[0]
    shrunk = unlike and rates[0] >= times * rates[1]
    worse = (ranks[1] > ranks[0] or grown) and not shrunk
    better = (ranks[1] < ranks[0] or shrunk) and not grown
    return Change("worse" if worse else "better" if better else "same", one, two, *told)


def differs(before: int, after: int, hours: tuple[float, float]) -> float:
    """Probability that one rate gives counts that are so unlike, or more.

    Source: Przyborowski and Wilenski (1940): given their sum, a count is binomial; doubled smaller tail
    """
    total, share = before + after, hours[1] / (hours[0] + hours[1])
    if total == 0:
        return 1.0
    if total > _EXACT:
        z = (abs(after - total * share) - 0.5) / math.sqrt(total * share * (1 - share))
        return math.erfc(max(0.0, z) / math.sqrt(2))
    upper = math.fsum(_binomial(each, total, share) for each in range(after, total + 1))
    lower = math.fsum(_binomial(each, total, share) for each in range(after + 1))
    return min(1.0, 2 * min(upper, lower))


def _binomial(hits: int, total: int, share: float) -> float:
    ways = math.lgamma(total + 1) - math.lgamma(hits + 1) - math.lgamma(total - hits + 1)
    return math.exp(ways + hits * math.log(share) + (total - hits) * math.log1p(-share))


def _place(change: Change) -> tuple[int, int, str]:
    found = change.finding
    return KINDS.index(change.kind), -severity_rank(str(found["severity"])), str(found["id"])


def diff_json(changes: Sequence[Change]) -> str:
    """Units: rates in failures an hour"""
    counts = {kind: sum(each.kind == kind for each in changes) for kind in KINDS}
    rows = [
        {
            "change": each.kind,
            "id": each.finding["id"],
            "cause": each.finding["cause"],
            "scope": each.finding["scope"],
            "severity": {"before": _of(each.before, "severity"), "after": _of(each.after, "severity")},
            "pattern": {"before": _of(each.before, "pattern"), "after": _of(each.after, "pattern")},
            "state": {"before": _of(each.before, "state"), "after": _of(each.after, "state")},
            "events": {"before": _events(each.before), "after": _events(each.after)},
            "per_hour": {"before": _rounded(each.rate_before), "after": _rounded(each.rate_after)},
        }
        for each in changes
    ]
    return json_text({"schema": SCHEMA, "summary": counts, "changes": rows}, indent=2) + "\n"


def diff_table(changes: Sequence[Change]) -> str:
    lines = [f"{'CHANGE':8}{'SEVERITY':14}{'AN HOUR':>22}  CAUSE, SCOPE"] if changes else []
    for each in changes:
        scope = each.finding["scope"]
        values = ", ".join(map(str, scope["values"][:3]))
        rates = f"{_words(each.rate_before)} -> {_words(each.rate_after)}"
        severity = str(each.finding["severity"])
        cause = each.finding["cause"] or "rule"
        lines.append(
            visible(f"{each.kind:8}{severity:14}{rates:>22}  {cause}, {scope['level']} {values}".rstrip(), 160)
        )
    counts = ", ".join(f"{sum(each.kind == kind for each in changes)} {kind}" for kind in KINDS)
    return "\n".join([*lines, *([""] if lines else []), counts]) + "\n"


def _of(found: Mapping[str, Any] | None, name: str) -> Any:
    return found[name] if found else None


def _events(found: Mapping[str, Any] | None) -> int:
    return int(found["counts"]["events"]) if found else 0


def _rounded(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 4)


def _words(rate: float | None) -> str:
    return "-" if rate is None else f"{rate:.3g}"
