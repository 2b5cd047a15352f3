"""When it is to be expected again, and how far off that may be."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import polars as pl

from logscan.analysis.failures import SECOND
from logscan.analysis.measure import Log
from logscan.analysis.recurrence import Floats
from logscan.analysis.shapes import spell_starts
from logscan.analysis.unit import Unit

_SIGMAS = 2.0  # holds 19 of 20 times, when what is left of the gaps is spread normally
_APART = 0.25  # of a cycle: quiet for so long, and the next failure begins the next turn of a day or a week
_DAY = 86_400  # seconds
_PHASE = 1 / 12  # of a cycle: how finely the phase of a day or a week is known


class Forecast(NamedTuple):
    """Units: at: seconds since the epoch; within_s: seconds, before or after it."""

    at: float
    within_s: float


def project(starts: Floats, period: float, spread_s: float, last: float) -> Forecast:
    """The first turn after `last`.

    In:  starts: at least one; spread_s: standard deviation of one gap from the period
    Law: a turn lies a whole number of periods after the last start; gaps err independently
    """
    turns = max(1.0, float(np.ceil((last - starts[-1]) / period)))
    return Forecast(float(starts[-1]) + turns * period, _SIGMAS * spread_s * float(np.sqrt(turns)))


def forecast(unit: Unit, log: Log, periods: Mapping[str, str]) -> Forecast | None:
    """Of the principal whose turn comes first.

    In:     periods: pattern -> the column of its period
    Errors: None when the pattern has no period, or none was measured
    """
    column = periods.get(unit.pattern)
    if column is None:
        return None
    found = [_of(each, column, log) for each in (unit, *unit.members)]
    known = [each for each in (found[1:] or found[:1]) if each] or [each for each in found[:1] if each]
    return min(known, default=None)


def runs_out(expires: pl.Series, last: float, leeway_s: float) -> Forecast | None:
    """When the first of what failures presented runs out, of what has not by the end of the log.

    In:    expires: microseconds since the epoch, as lines state it; last: the end of the log, seconds
    Law:   what has run out already says nothing of what is to come
    Units: leeway_s: how long a server may go on to accept it; midnight sharp may be a date alone: a day
    """
    ahead = expires.filter(expires > last * SECOND).min()
    if not isinstance(ahead, int):
        return None
    return Forecast(ahead / SECOND, leeway_s if ahead % (_DAY * SECOND) else float(_DAY))


def _of(unit: Unit, column: str, log: Log) -> Forecast | None:
    period, measured = unit.series.get(column), unit.measured
    if not period or measured is None or not measured.episodes.starts.size:
        return None
    about = log.about(unit.rows)
    t = log.times(unit.rows)
    resolution = float(unit.series.get("resolution_s") or 0.0)
    if column == "cycle_s":
        return project(spell_starts(t, _APART * period), period, _PHASE * period, about.last)
    if column == "spell_period_s":
        least = max(log.measures.retry_gap_s, log.measures.spell_share * about.covered)
        starts, cv = spell_starts(t, least), unit.series.get("spell_period_cv")
    else:
        starts, cv = measured.episodes.starts, unit.series.get("period_cv")
    return project(starts, period, max(float(cv or 0.0) * period, resolution), about.last)
