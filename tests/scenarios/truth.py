"""What a scan must say of a story, and how far it did."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.scenarios.world import World
from tests.scenarios.written import Labels

MEDIUM = {"medium", "high", "critical"}


@dataclass(frozen=True)
class Truth:
    """Empty sets: anything goes. values: one of them must be in the scope; onset: earliest and latest, seconds after the
    start; tag: of its requests; silent: no finding of medium or more may come of it.
    """

    causes: frozenset[str] = frozenset()
    patterns: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()
    values: frozenset[str] = frozenset()
    onset: tuple[float, float] | None = None
    period: float | None = None
    tag: int = 1
    quiet: bool = False


@dataclass
class Score:
    """right: aspect -> whether the finding of each truth has it; extra: findings of medium or more beside them."""

    right: list[dict[str, bool]] = field(default_factory=list)
    extra: int = 0
    told: list[str] = field(default_factory=list)


def judge(document: dict[str, Any], truths: list[Truth], labels: Labels, world: World) -> Score:
    """Law: the finding of a truth is the one with most events of those whose evidence is mostly the story's"""
    owners = [_owner(found, labels) for found in document["findings"]]
    score, used = Score(), set()
    for truth in truths:
        mine = [at for at, tag in enumerate(owners) if tag == truth.tag]
        best = max(mine, key=lambda at: document["findings"][at]["counts"]["events"], default=None)
        found = document["findings"][best] if best is not None else None
        used.add(best)
        score.right.append(_aspects(found, truth, world))
        score.told.append(_words(found))
    quiet = {truth.tag for truth in truths if truth.quiet}
    loud = [at for at, found in enumerate(document["findings"]) if found["severity"] in MEDIUM]
    extra = [at for at in loud if at not in used or owners[at] in quiet]
    score.extra = len(extra)
    score.told += [f"EXTRA {_words(document['findings'][at])} ({owners[at]})" for at in extra]
    return score


def _owner(found: dict[str, Any], labels: Labels) -> int:
    tags = [labels.get((line["path"].rsplit("/", 1)[-1], line["line"]), 0) for line in found["evidence"]]
    return max(sorted(set(tags)), key=tags.count) if tags else 0


def _aspects(found: dict[str, Any] | None, truth: Truth, world: World) -> dict[str, bool]:
    names = {"cause": truth.causes, "pattern": truth.patterns, "scope": truth.levels or truth.values}
    wanted = {name: False for name, value in names.items() if value}
    if truth.onset:
        wanted["onset"] = False
    if truth.period:
        wanted["period"] = False
    if found is None:
        return wanted
    scope = found["scope"]
    there = not truth.values or bool(truth.values & set(scope["values"])) or scope["level"] in {"all", "service"}
    right = {
        "cause": found["cause"] in truth.causes,
        "pattern": found["pattern"] in truth.patterns,
        "scope": (not truth.levels or scope["level"] in truth.levels) and there,
        "onset": _onset(found, truth, world),
        "period": bool(truth.period and found["period_s"] and abs(found["period_s"] / truth.period - 1) <= 0.1),
    }
    return {name: right[name] for name in wanted}


def _onset(found: dict[str, Any], truth: Truth, world: World) -> bool:
    """The moment told lies inside the interval of the truth."""
    if truth.onset is None or found["onset"]["before"] is None:
        return False
    told = datetime.fromisoformat(found["onset"]["before"]).astimezone(UTC)
    low, high = (world.at(seconds) for seconds in truth.onset)
    return low.timestamp() - 1 <= told.timestamp() <= high.timestamp() + 1


def _words(found: dict[str, Any] | None) -> str:
    if found is None:
        return "no finding"
    scope = found["scope"]
    return (
        f"{found['cause']} {found['pattern']}/{found['state']} {scope['level']}:{','.join(scope['values'])[:40]} "
        f"onset {found['onset']['before']} period {found['period_s']} {found['severity']} n={found['counts']['events']}"
        f"/{found['counts']['episodes']} {','.join(found['rules'])[:90]}"
    )
