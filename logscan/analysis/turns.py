"""Who fails in turn: success and failure of one client, and one client after the other."""

import numpy as np
from numpy.typing import NDArray

from logscan.analysis.recurrence import Floats


def alternations(failures: Floats, successes: Floats) -> int:
    """How often the outcome changes from one request to the next.

    In:  sorted times of one client, or of one scope; at one moment the success comes first
    Law: equals the plain count over the merged sequence
    """
    if failures.size == 0 or successes.size == 0:
        return 0
    before = np.searchsorted(successes, failures, side="right")
    blocks = 1 + int((np.diff(before) > 0).sum())  # runs of failures without a success in between
    changes = 2 * blocks
    return changes - int(before[0] == 0) - int(before[-1] == successes.size)


def turnover(window: NDArray[np.int64], client: NDArray[np.int64], windows: int, least: int) -> float | None:
    """How far the clients of one window differ from those of the window before.

    In:     the window and the client of each failure; windows with fewer than `least` clients are left out
    Out:    1 - mean Jaccard index of neighbouring windows: 0 the same clients, 1 always others
    Law:    equals the plain sets
    Errors: None when no two neighbouring windows hold so many
    Source: Jaccard (1901)
    """
    who, at = np.divmod(np.unique(client * windows + window), windows)  # by client, then by window
    sizes = np.bincount(at, minlength=windows)
    again = (np.diff(at) == 1) & (np.diff(who) == 0)
    shared = np.bincount(at[1:][again], minlength=windows)[1:]
    one, two = sizes[:-1], sizes[1:]
    usable = (one >= least) & (two >= least)
    if not usable.any():
        return None
    return float(1 - (shared[usable] / (one + two - shared)[usable]).mean())
