"""One unit's failures and successes to its row of SERIES. Each part computes some columns; units as in `series`."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logscan.analysis.coverage import Coverage
from logscan.analysis.episodes import Episodes, collapse
from logscan.analysis.facts import measure_facts
from logscan.analysis.failures import Columns
from logscan.analysis.measures import Measures
from logscan.analysis.recurrence import (
    Floats,
    burst_stretch,
    dispersion_index,
    fold_period,
    gap_statistics,
    per_window,
    phase_strength,
)
from logscan.analysis.shapes import measure_marks, measure_shapes, measure_turnover
from logscan.analysis.stretch import Stretch, find_stretch
from logscan.analysis.successes import Clients, Successes
from logscan.analysis.tries import measure_tries

Row = dict[str, Any]


@dataclass(frozen=True)
class Log:
    """What all units of a log share. first and last: seconds since the epoch, of the whole log.

    clients   by code of the client
    coverage  what each source covers; None: each covers all
    marks     moments that were marked, seconds, sorted
    """

    columns: Columns
    measures: Measures
    first: float
    last: float
    clients: Clients
    coverage: Coverage | None = None
    marks: tuple[float, ...] = ()

    def about(self, rows: NDArray[np.int64]) -> "Log":
        """The log as the sources of some failures, and their kin, cover it."""
        if self.coverage is None:
            return self
        texts = self.columns["path"].texts
        first, last = self.coverage.of(texts[int(code)] for code in self.columns.counted("path", rows)[0])
        return replace(self, first=first, last=last)

    @property
    def covered(self) -> float:
        return self.last - self.first

    def edges(self, most: int) -> Floats:
        """Windows of one width over the log; at least one."""
        count = int(np.clip(self.covered // self.measures.window_s, 1, most))
        # The last edge lies behind the last event, whatever is lost in rounding.
        width = (max(self.covered, self.measures.window_s) + 1e-3) / count
        return np.asarray(self.first + np.arange(count + 1) * width, dtype=np.float64)

    def edges_about(self, t: Floats) -> Floats:
        """The windows that a unit's failures are compared in: of the log, or of the part of it that is near them."""
        settings = self.measures
        span = float(t[-1] - t[0])
        low, high = max(self.first, t[0] - settings.reach * span), min(self.last, t[-1] + settings.reach * span)
        count = int(min((high - low) // settings.window_s, settings.windows))
        if t.size < settings.reach_events or count < settings.windows // 2:
            return self.edges(settings.windows)
        return np.linspace(low, high + 1e-3, count + 1)

    def times(self, rows: NDArray[np.int64]) -> Floats:
        """Times of those rows that have one, seconds; rows are in time order."""
        return self.columns.times(rows)


@dataclass(frozen=True)
class Measured:
    row: Row
    episodes: Episodes
    stretch: Stretch | None


def measure(rows: NDArray[np.int64], successes: Successes, log: Log) -> Measured:
    """In: rows of the unit's failures; successes of the same principal. Out: SERIES columns, those that are known."""
    t = log.times(rows)
    settings = log.measures
    resolution = _resolution(t, settings.minute_stamps)
    # A gap of a few units of the time stamp's resolution looks regular whatever it was.
    finest = max(settings.finest_gap_s, settings.finest_stamps * resolution)
    episodes = collapse(t, successes.t, settings, finest_s=finest)
    row = (
        _volume(rows, log)
        | measure_tries(rows, log.columns, settings)
        | measure_facts(rows, log.columns)
        | {"episodes": int(episodes.starts.size), "resolution_s": resolution}
    )
    if t.size == 0:
        return Measured(row, episodes, None)
    stretch = find_stretch(
        t, successes, log.edges_about(t), least_share=settings.stretch_share, open_chance=settings.open_chance
    )
    row |= _place(t, log) | _gaps(t, episodes, resolution, log) | _spread(t, stretch, log)
    row |= _recurrence(episodes, settings) | _successes(t, successes, stretch, log)
    row |= measure_shapes(t, successes, stretch, settings, first=log.first, last=log.last)
    row |= measure_marks(episodes.starts, np.array(log.marks), settings, first=log.first, last=log.last)
    row |= measure_turnover(t, log.columns["client"].codes[rows[: t.size]], settings)
    row |= _known(rows, stretch, log) | _recovery(episodes, successes, row.get("period_s"), log)
    return Measured(row, episodes, stretch)


def _resolution(t: Floats, minute_stamps: int) -> float:
    for unit, least in ((60.0, minute_stamps), (1.0, 1)):
        if t.size >= least and not np.any(np.mod(t, unit)):
            return unit
    return 0.001


def _volume(rows: NDArray[np.int64], log: Log) -> Row:
    columns = log.columns
    names = {
        "clients": "client",
        "users": "user",
        "credentials": "credential",
        "endpoints": "endpoint",
        "agents": "agent",
    }
    found: Row = {name: columns.distinct(column, rows) for name, column in names.items()}
    method = columns["method"]
    options = columns.code("method", "OPTIONS")
    statuses = np.bincount(columns.status[rows])
    for name, column in (("route", "group"), ("method", "method")):
        top = columns.top(column, rows, 1)
        found[name] = top[0][0] if top and top[0][1] >= log.measures.concentration_share * rows.size else None
    found |= {"events": rows.size, "options_share": float((method.codes[rows] == options).mean())}
    return found | {"status_share": float(statuses[1:].max() / rows.size) if statuses.size > 1 else None}


def _place(t: Floats, log: Log) -> Row:
    span, covered = float(t[-1] - t[0]), log.covered
    return {
        "covered_s": covered,
        "before_s": max(0.0, float(t[0]) - log.first),
        "span_s": span,
        "after_s": max(0.0, log.last - float(t[-1])),
        "span_share": span / covered if covered > 0 else None,
    }


def _gaps(t: Floats, episodes: Episodes, resolution: float, log: Log) -> Row:
    gaps, events = gap_statistics(episodes.starts), gap_statistics(t)
    lengths = episodes.ends - episodes.starts
    after, span = max(0.0, log.last - float(t[-1])), float(t[-1] - t[0])
    basis = gaps if gaps.median is not None else events
    return {
        "gap_median_s": gaps.median,
        "gap_mad_s": gaps.mad,
        "gap_cv": gaps.cv,
        "gap_max_s": gaps.longest,
        "gap_floor": gaps.floor,
        "timestamp_score": gaps.score,
        "event_gap_median_s": events.median,
        "event_gap_cv": events.cv,
        "episode_s": float(np.median(lengths)),
        "episode_max_s": float(lengths.max()),
        "quiet_gaps": after / max(basis.longest, resolution) if basis.longest is not None else None,
        "quiet_medians": after / max(basis.median, resolution) if basis.median is not None else None,
        "quiet_spans": after / max(span, 1.0),
    }


def _spread(t: Floats, stretch: Stretch, log: Log) -> Row:
    if log.covered <= 0:
        return {}
    settings = log.measures
    edges = log.edges(int(np.clip(t.size // settings.window_events, settings.spread_windows, settings.windows)))
    counts = per_window(t, edges)
    there = np.flatnonzero(counts)
    inside = t[(t >= stretch.begins) & (t <= stretch.ends)]
    flat = None
    if inside.size >= settings.spread_windows and stretch.ends > stretch.begins:
        bins = int(np.clip(inside.size // settings.window_events, 2, settings.windows))
        flat = dispersion_index(np.histogram(inside, bins, (stretch.begins, stretch.ends))[0].astype(np.float64))
    return {
        "dispersion": dispersion_index(counts),
        "flatness": flat,
        "active_share": float(there.size / (there[-1] - there[0] + 1)) if there.size else None,
        **_densest(t, log),
    }


def _densest(t: Floats, log: Log) -> Row:
    """The short stretch that holds most failures, and how much of the log follows it."""
    densest = burst_stretch(t, log.measures.burst_width_share * log.covered)
    if densest is None:
        return {}
    share, ends = densest
    return {"burst_share": share, "burst_after_share": max(0.0, log.last - ends) / log.covered}


def _recurrence(episodes: Episodes, settings: Measures) -> Row:
    """Law: no period from fewer episodes than period_episodes"""
    if episodes.starts.size < settings.period_episodes:
        return {}
    period = fold_period(
        episodes.starts,
        tolerance=settings.regular_cv,
        quantiles=settings.period_quantiles,
        missed_share=settings.period_missed_share,
    )
    if period is None:
        return {}
    return {
        "period_s": period.seconds,
        "period_cv": period.cv,
        "cycles": period.cycles,
        "missed_share": period.missed,
        "phase_clock": phase_strength(episodes.starts, period.seconds),
    }


def _recovery(episodes: Episodes, successes: Successes, period: float | None, log: Log) -> Row:
    """An episode has recovered when a success follows before the next one; the last one may still do so."""
    if successes.t.size == 0:
        return {"recovered_share": 0.0}
    at = np.searchsorted(successes.t, episodes.ends, side="left")
    found = np.append(successes.t, np.inf)[at]
    recovered = np.isfinite(found) & (found <= np.append(episodes.starts[1:], np.inf))
    if not recovered[-1] and log.last - episodes.ends[-1] < log.measures.retry_gap_s:
        found, recovered = found[:-1], recovered[:-1]
    if recovered.size == 0:
        return {}
    taken = (found - episodes.ends[: found.size])[recovered]
    median = float(np.median(taken)) if taken.size else None
    since = (episodes.starts[1:] - found[: episodes.starts.size - 1])[recovered[: episodes.starts.size - 1]]
    return {
        "recovered_share": float(recovered.mean()),
        "recovery_median_s": median,
        "recovery_cycle": median / period if median is not None and period else None,
        "episode_cycle": float(np.median(episodes.ends - episodes.starts)) / period if period else None,
        "phase_success": phase_strength(since, period) if period and since.size else None,
    }


def _successes(t: Floats, successes: Successes, stretch: Stretch, log: Log) -> Row:
    total = float(successes.weight.sum())
    before = successes.within(-np.inf, stretch.begins)
    windows = np.unique(np.searchsorted(log.edges(log.measures.windows), successes.t[successes.t < stretch.begins]))
    least = 0.5 / max(1.0, before + float((t < stretch.begins).sum()))
    return {
        "ok_before": round(before),
        "ok_before_windows": int(windows.size),
        "ok_during": round(successes.within(stretch.begins, np.nextafter(stretch.ends, np.inf))),
        "ok_after": round(successes.within(np.nextafter(float(t[-1]), np.inf), np.inf)),
        "ok_share": total / (total + t.size),
        "rate_before": stretch.before,
        "rate_during": stretch.during,
        "rate_ratio": stretch.during / max(stretch.before, least) if stretch.before is not None else None,
        "step_score": stretch.score,
        "stretch_share": stretch.share,
        "step_open": int(stretch.open),
    }


def _known(rows: NDArray[np.int64], stretch: Stretch, log: Log) -> Row:
    """What the unit's clients did elsewhere, and whether they had been let in before."""
    clients = log.clients
    codes, _ = log.columns.counted("client", rows)
    codes = codes[clients.asked[codes] > 0]
    if codes.size == 0:
        return {}
    total = int(clients.asked[codes].sum())
    return {
        "known_share": int((clients.first_ok[codes] < stretch.begins).sum()) / codes.size,
        "ok_elsewhere": int(clients.ok[codes].sum() - clients.protected_ok[codes].sum()),
        "error_share": int(clients.errors[codes].sum()) / total,
        "paths": int(clients.paths[codes].max()),
    }
