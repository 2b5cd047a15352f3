"""How a unit's failures run over the log: trend, bursts, spells, days and weeks, turns. Columns of SERIES."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from logscan.analysis.bursts import burst_runs
from logscan.analysis.cycles import Cycle, cycle_at, extremes
from logscan.analysis.marks import after_marks
from logscan.analysis.measures import Measures
from logscan.analysis.recurrence import Floats, fold_period, gap_statistics, per_window
from logscan.analysis.spectrum import period_power
from logscan.analysis.stretch import Stretch
from logscan.analysis.successes import Successes
from logscan.analysis.trend import mann_kendall, ramp_ratio
from logscan.analysis.turns import alternations, turnover

_DAY, _WEEK = 86_400.0, 604_800.0
_PARTS = 12  # windows of a cycle


def measure_shapes(
    t: Floats, successes: Successes, stretch: Stretch, settings: Measures, *, first: float, last: float
) -> dict[str, Any]:
    """In:  sorted times of failures, at least one; first and last of the log, seconds
    Law:   what needs a rate is measured only where successes were logged; the rest goes by counts
    """
    if last <= first:
        return {}
    return (
        _trend(t, successes, settings, first, last)
        | _bursts(t, settings, first, last)
        | _spells(t, settings, first, last)
        | _cycle(t, successes, settings, first, last)
        | _turns(t, successes, stretch)
    )


def _rates(t: Floats, successes: Successes, edges: Floats) -> tuple[Floats, Floats, Floats]:
    """Failures, requests and their ratio per window; without any success, counts stand for the rate."""
    bad = per_window(t, edges)
    if successes.t.size == 0:
        return bad, np.ones_like(bad), bad
    total = bad + per_window(successes.t, edges, successes.weight)
    return bad, total, np.divide(bad, total, out=np.zeros_like(bad), where=total > 0)


def _trend(t: Floats, successes: Successes, settings: Measures, first: float, last: float) -> dict[str, Any]:
    if t.size < settings.trend_events:
        return {}
    edges = np.linspace(first, last + 1e-3, settings.trend_windows + 1)
    _, total, rate = _rates(t, successes, edges)
    known = rate[total > 0]
    if known.size < settings.trend_windows // 2:
        return {}
    trend = mann_kendall(known)
    if trend is None:
        return {}
    part = max(1, known.size // 4)
    low, high = float(known[:part].mean()), float(known[-part:].mean())
    return {
        "trend_tau": trend.tau,
        "trend_p": trend.p,
        "ramp_ratio": ramp_ratio(known),
        "trend_change": (high - low) / max(high, low) if max(high, low) > 0 else 0.0,
    }


def _bursts(t: Floats, settings: Measures, first: float, last: float) -> dict[str, Any]:
    if t.size < settings.burst_events:
        return {}
    edges = np.linspace(first, last + 1e-3, settings.burst_windows + 1)
    counts = per_window(t, edges)
    runs = burst_runs(counts, settings.burst_times)
    low, high = np.searchsorted(t, edges[runs.start]), np.searchsorted(t, edges[runs.end])
    big = high - low >= settings.burst_least
    starts = t[low[big]]
    gaps = gap_statistics(starts)
    return {
        "bursts": int(big.sum()),
        "bursts_share": float((high - low)[big].sum() / t.size),
        "bursts_gap_cv": gaps.cv,
        "bursts_time_share": float((runs.end - runs.start)[big].sum() / counts.size),
    }


def spell_starts(t: Floats, gap_s: float) -> Floats:
    """The first of each run of sorted times of which none is more than gap_s after the one before."""
    return np.asarray(t[np.concatenate(([True], np.diff(t) > gap_s))], dtype=np.float64)


def _spells(t: Floats, settings: Measures, first: float, last: float) -> dict[str, Any]:
    """Failures that lie closer to each other than a share of the log are one spell."""
    least = max(settings.retry_gap_s, settings.spell_share * (last - first))
    starts, ends = spell_starts(t, least), -spell_starts(-t[::-1], least)[::-1]
    found: dict[str, Any] = {"spells": int(starts.size), "spell_s": float(np.median(ends - starts))}
    period = fold_period(
        starts,
        tolerance=settings.regular_cv,
        quantiles=settings.period_quantiles,
        missed_share=settings.period_missed_share,
    )
    if period is not None:
        found |= {"spell_period_s": period.seconds, "spell_period_cv": period.cv}
    return found


def _cycle(t: Floats, successes: Successes, settings: Measures, first: float, last: float) -> dict[str, Any]:
    """The stronger of a day and a week; the day where both are nearly as strong."""
    found: dict[str, Any] = {}
    for seconds in (_DAY, _WEEK):
        if last - first < settings.cycle_times * seconds or t.size < settings.trend_events or successes.t.size == 0:
            continue
        cycle = _one_cycle(t, successes, seconds, settings, first=first, last=last)
        if cycle is None:
            continue
        strength = cycle.same - max(0.0, cycle.half)
        if strength > found.get("cycle_strength", 0.0) + (settings.cycle_more if found else 0.0):
            found = {
                "cycle_s": seconds,
                "cycle_strength": strength,
                "cycle_noise": 1.96 / np.sqrt(cycle.pairs),
                "cycle_high": cycle.high,
                "cycle_low": cycle.low,
            }
    return found


def _one_cycle(
    t: Floats, successes: Successes, seconds: float, settings: Measures, *, first: float, last: float
) -> Cycle | None:
    """Of the rate, and no stronger than that of the counts: steady failures in traffic that swings are no cycle.

    Where so much of the log is lost that few windows have one a cycle later, sines tell what repeats.
    """
    width = seconds / _PARTS
    edges = np.asarray(first + np.arange(int((last - first) / width) + 2) * width, dtype=np.float64)
    bad, total, rate = _rates(t, successes, edges)
    known = total > 0
    if (known[_PARTS:] & known[:-_PARTS]).sum() < settings.cycle_pairs_share * known[:-_PARTS].sum():
        return _one_sine(edges[:-1][known], bad[known], rate[known], seconds, settings)
    by_rate = cycle_at(rate, np.minimum(total, 2 * np.median(total[known])), _PARTS)
    by_count = cycle_at(bad, np.ones_like(bad), _PARTS)
    if by_rate is None or by_count is None:
        return None
    return by_rate._replace(same=min(by_rate.same, by_count.same))


def _one_sine(at: Floats, bad: Floats, rate: Floats, seconds: float, settings: Measures) -> Cycle | None:
    """The same of windows that are known, wherever they are; at: when they begin."""
    if at.size < 2 * _PARTS or at[-1] - at[0] < settings.sine_times * seconds:
        return None
    finest = 4 * seconds / _PARTS
    powers = [period_power(at, values, seconds, finest=finest, chance=settings.sine_chance) for values in (rate, bad)]
    if powers[0] is None or powers[1] is None:
        return None
    high, low = extremes(rate, np.asarray(np.rint((at - at[0]) / (seconds / _PARTS)), np.int64) % _PARTS)
    return Cycle(min(powers[0], powers[1]), 0.0, int(at.size), high, low)


def _turns(t: Floats, successes: Successes, stretch: Stretch) -> dict[str, Any]:
    """From the beginning of the stretch to its end."""
    bad = t[(t >= stretch.begins) & (t <= stretch.ends)]
    good = successes.t[(successes.t >= stretch.begins) & (successes.t <= stretch.ends)]
    asked = bad.size + good.size
    if asked < 2 or not bad.size:
        return {}
    changes = alternations(bad, good)
    let_in = np.concatenate(([stretch.begins], good, [stretch.ends]))
    return {"alternations": changes, "turn_share": changes / (asked - 1), "dry_max_s": float(np.diff(let_in).max())}


def measure_marks(starts: Floats, marks: Floats, settings: Measures, *, first: float, last: float) -> dict[str, Any]:
    """In: starts of episodes; moments that were marked; first and last of the log."""
    if not marks.size:
        return {}
    found = after_marks(starts, marks, first, last, within_s=settings.mark_s, shifts=settings.mark_shifts)
    if found is None:
        return {}
    return {"marks": found.marks, "marked_share": found.share, "marked_chance": found.chance, "marked_p": found.p}


def measure_turnover(t: Floats, client: NDArray[np.int64], settings: Measures) -> dict[str, Any]:
    """In: times and clients (codes, -1 nobody) of the failures."""
    known = client >= 0
    if known.sum() < settings.trend_events or t[-1] <= t[0] or (client == client[0]).all():
        return {}
    edges = np.linspace(t[0], t[-1] + 1e-3, settings.trend_windows + 1)
    window = np.asarray(np.searchsorted(edges, t[known], side="right") - 1, dtype=np.int64)
    return {
        "turnover": turnover(window, client[known].astype(np.int64), settings.trend_windows, settings.turnover_clients)
    }
