"""Whether episodes follow marked moments: deployments, restarts."""

from typing import NamedTuple

import numpy as np

from logscan.analysis.recurrence import Floats


class Locked(NamedTuple):
    """marks: how many lie in the log; share: of the starts, soon after a mark; chance: the share that would be;
    p: the part of all shifts of the marks that hold as many.
    """

    marks: int
    share: float
    chance: float
    p: float


def after_marks(
    starts: Floats, marks: Floats, first: float, last: float, *, within_s: float, shifts: int
) -> Locked | None:
    """How many of the starts lie at most within_s after a mark.

    In:     sorted starts and marks; first and last of the log; shifts: ways to move the marks around in it
    Law:    the moves are evenly spaced, so that no chance is in the answer
    Errors: None when there is no start, or no mark in the log
    Source: permutation by circular shift; Good, Permutation Tests (2000)
    """
    marks = np.sort(marks[(marks >= first - within_s) & (marks <= last)])
    covered = last - first
    if starts.size == 0 or marks.size == 0 or covered <= 0:
        return None
    held = _held(starts, marks, within_s)
    moves = np.arange(1, shifts + 1) * covered / (shifts + 1)
    moved = [_held(starts, np.sort(first + np.mod(marks - first + move, covered)), within_s) for move in moves]
    chance = np.array(moved) / starts.size
    return Locked(marks.size, held / starts.size, float(chance.mean()), float((np.array(moved) >= held).mean()))


def mark_before(begins: float, marks: Floats, span: tuple[float, float], *, within_s: float, most: float) -> int | None:
    """The place of the last mark at most within_s before something began.

    In:     sorted marks; span: first and last of the log; most: of the log that may lie so soon after a mark
    Law:    None where marks are so many that chance alone would put one there
    """
    ends = np.minimum(np.append(marks[1:], np.inf), marks + within_s)
    near = float(np.maximum(0.0, np.minimum(ends, span[1]) - np.maximum(marks, span[0])).sum())
    at = int(np.searchsorted(marks, begins, side="right")) - 1
    if at < 0 or begins - marks[at] > within_s or near > most * (span[1] - span[0]):
        return None
    return at


def _held(starts: Floats, marks: Floats, within_s: float) -> int:
    at = np.searchsorted(marks, starts, side="right") - 1
    since = starts - marks[np.maximum(at, 0)]
    return int(((at >= 0) & (since <= within_s)).sum())
