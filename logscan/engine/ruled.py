"""What each rule finds in logs, and what it costs: every rule is asked alone, and all of them together."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import polars as pl

from logscan.analysis.classify import classify, shortened
from logscan.engine.local import Local, Settings
from logscan.engine.request import Request, load_definitions
from logscan.engine.worker import candidates
from logscan.ingest.source import find_sources
from logscan.rules.load import Rule, match


@dataclass
class Cost:
    """asked: events that it looked at; matches: of which it matched so many, and named the cause of so many (wins).

    Units: seconds of this process, asked alone
    """

    rule: Rule
    asked: int = 0
    matches: int = 0
    wins: int = 0
    seconds: float = 0.0


class Stats(NamedTuple):
    """candidates: events that a cheap test lets through, the only ones that rules are asked about.

    Units: seconds of this process; together_s: all rules asked at once, as every other command does
    """

    lines: int
    candidates: int
    together_s: float
    costs: tuple[Cost, ...]
    faults: tuple[str, ...]


def rule_stats(request: Request, clock: Callable[[], float], progress: Callable[[int], None]) -> Stats:
    """In: clock: seconds of this process. Out: costs of the rules that looked at anything, the most expensive first."""
    definitions = load_definitions(request)
    plan, found = definitions.plan, find_sources(request.paths)
    settings = Settings(
        request.zone, request.now, request.log_format, request.chunk, request.jobs, request.stdin, request.stop
    )
    costs: dict[str, Cost] = {}
    lines = asked = 0
    together = 0.0
    with TemporaryDirectory(prefix="logscan-") as folder:
        local = Local(plan, settings, Path(folder), progress)
        with closing(local.handed(found.sources)) as handed:
            for chunk, task in handed:
                lines += chunk.data.count(b"\n") + (not chunk.data.endswith(b"\n"))
                whole = candidates(chunk, task, plan)
                asked += whole.height
                for (dataset,), part in whole.group_by("event.dataset", maintain_order=True):
                    rules = [*plan.causes.get(str(dataset), ()), *plan.detections.get(str(dataset), ())]
                    together += _ask(shortened(part), rules, costs, clock)
                for name, wins in _wins(classify(whole, plan.causes)):
                    costs[name].wins += wins
                if request.stop():
                    break
    ranked = sorted(costs.values(), key=lambda cost: (-cost.seconds, cost.rule.name))
    faults = tuple(str(fault).replace("\n", " ") for fault in (*found.faults, *local.faults))
    return Stats(lines, asked, together, tuple(ranked), faults)


def _ask(events: pl.DataFrame, rules: list[Rule], costs: dict[str, Cost], clock: Callable[[], float]) -> float:
    for rule in rules:
        cost = costs.setdefault(rule.name, Cost(rule))
        begun = clock()
        hits = match(events, [rule])[rule.name]
        cost.seconds += clock() - begun
        cost.asked += events.height
        cost.matches += int(hits.sum())
    begun = clock()
    match(events, rules)
    return clock() - begun


def _wins(classified: pl.DataFrame) -> list[tuple[str, int]]:
    return classified.select(pl.col("logscan.rules").list.first())["logscan.rules"].value_counts().rows()
