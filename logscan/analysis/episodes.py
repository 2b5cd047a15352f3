"""Retries collapse: failures of one unit that follow each other closely are one episode."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from logscan.analysis.measures import Measures
from logscan.analysis.recurrence import Floats, gap_statistics


class Episodes(NamedTuple):
    """Index of the first and of the last failure of each episode, and their times in seconds."""

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    starts: Floats
    ends: Floats

    @property
    def events(self) -> NDArray[np.int64]:
        return np.asarray(self.last - self.first + 1, dtype=np.int64)


def cut(times: Floats, breaks: NDArray[np.bool_]) -> Episodes:
    """Episodes from sorted times; breaks[i] says that a new one begins between i and i + 1."""
    if times.size == 0:
        none = np.zeros(0, dtype=np.int64)
        return Episodes(none, none, times, times)
    begins = np.flatnonzero(np.concatenate(([True], breaks)))
    ends = np.concatenate((begins[1:] - 1, [times.size - 1]))
    return Episodes(begins, ends, times[begins], times[ends])


def collapse(times: Floats, successes: Floats, settings: Measures, *, finest_s: float) -> Episodes:
    """Episodes of one unit.

    In:    times of its failures and of its successes, sorted, seconds
    Out:   failures at most retry_gap_s apart are one episode. When that leaves few, or uneven gaps, a finer cut is
           taken if its gaps are even: first at every success in between, then at every failure, so that a probe each
           minute or a token of a few seconds is not one long episode; no finer than finest_s, which is retrying
    Law:   every failure is in exactly one episode; the result does not depend on the order of equal times
    Units: seconds
    """
    few, regular_cv = settings.fine_episodes, settings.regular_cv
    whole = cut(times, np.diff(times) > settings.retry_gap_s)
    if times.size < few or (whole.starts.size >= few and _even(whole, regular_cv)):
        return whole
    between = np.searchsorted(successes, times[1:], side="left") > np.searchsorted(successes, times[:-1], side="left")
    for breaks, least in ((between, few), (np.ones(times.size - 1, dtype=np.bool_), settings.fine_failures)):
        finer = cut(times, breaks)
        if finer.starts.size >= least and _even(finer, regular_cv, finest_s):
            return finer
    return whole


def _even(found: Episodes, regular_cv: float, finest_s: float = 0.0) -> bool:
    gaps = gap_statistics(found.starts)
    return gaps.cv is not None and gaps.cv <= regular_cv and (gaps.median or 0.0) >= finest_s
