"""One finding per cause and scope: what two formats tell about the same is one."""

from collections.abc import Iterator, Sequence

import numpy as np

from logscan.analysis.assess import Assessor
from logscan.analysis.unit import Unit
from logscan.analysis.verdict import Verdict

Judged = tuple[Unit, Verdict]


def fold(judged: Sequence[Judged], assessor: Assessor) -> list[Judged]:
    """What one thing is told of twice, in two units, becomes one.

    In:  measured units, each with what it is found to be
    Law: every row of the input is in exactly one unit of the output; what lies apart in time by more than a window of
         the log stays apart, and so does what nobody in particular is hit by
    """
    groups: dict[tuple[str, str, tuple[str, ...]], list[Judged]] = {}
    for unit, verdict in judged:
        alone = () if unit.level != "all" and unit.values else (unit.family, str(unit.rows[0]))
        groups.setdefault((verdict.cause, unit.level, (*unit.values, *alone)), []).append((unit, verdict))
    parts = [part for group in groups.values() for part in _meeting(group, assessor)]
    return [part[0] if len(part) == 1 else _one(part, assessor) for part in parts]


def _one(part: Sequence[Judged], assessor: Assessor) -> Judged:
    best, verdict = min(part, key=lambda each: each[0].order)
    families = "+".join(sorted({unit.family for unit, _ in part}))
    rows = np.sort(np.concatenate([unit.rows for unit, _ in part]))
    whole = Unit(best.cause, families, rows, best.level, best.values, hits_everybody=best.hits_everybody)
    assessor.assess([whole])
    return whole, verdict


def _meeting(group: Sequence[Judged], assessor: Assessor) -> Iterator[list[Judged]]:
    """Those whose times overlap, up to a window of the log; what has no time goes with the first."""
    log = assessor.log
    slack = log.covered / log.measures.windows
    spans = [
        (float(t[0]), float(t[-1])) if (t := log.times(unit.rows)).size else (-np.inf, -np.inf) for unit, _ in group
    ]
    order = sorted(range(len(group)), key=lambda at: (spans[at], group[at][0].order))
    part, until = [group[order[0]]], spans[order[0]][1]
    for at in order[1:]:
        if np.isfinite(until) and spans[at][0] - until > slack:
            yield part
            part = []
        part.append(group[at])
        until = max(until, spans[at][1])
    yield part
