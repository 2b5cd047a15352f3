"""Stretches of one thing: a route or an upstream that lets nobody in between them."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from logscan.analysis.unit import Answers, Unit

_PLACES = ("endpoint", "upstream")  # of everything, what lies between two incidents may be of a third


def rejoined(units: Sequence[Unit], answers: Answers) -> list[Unit]:
    """Units that hit everybody at one route or upstream become one, where they overlap or nobody is let in between.

    In:  units whose scope is known, not measured yet; others stay as they are
    Law: every row of the input is in exactly one unit of the output; the order of the input decides nothing but theirs
    """
    found, alike = [], defaultdict(list)
    for unit in units:
        if unit.hits_everybody and unit.level in _PLACES and unit.measured is None:
            alike[unit.cause, unit.family, unit.level, unit.values].append(unit)
        else:
            found.append(unit)
    columns = answers.log.columns
    for several in alike.values():
        current, *later = sorted(several, key=lambda unit: int(unit.rows[0]))
        for unit in later:
            low, high = float(columns.times(current.rows)[-1]), float(columns.times(unit.rows)[0])
            if high <= low or answers.of(unit).within(low, high) == 0:
                rows = np.union1d(current.rows, unit.rows)
                current = Unit(unit.cause, unit.family, rows, unit.level, unit.values, hits_everybody=True)
            else:
                found.append(current)
                current = unit
        found.append(current)
    return sorted(found, key=lambda unit: unit.order)
