"""Minutes in which most of those who had been let in are refused: sessions lost at a restart."""

import numpy as np

from logscan.analysis.episodes import cut
from logscan.analysis.failures import SECOND
from logscan.analysis.measure import Log
from logscan.analysis.recurrence import best_step, gap_statistics
from logscan.analysis.shapes import measure_marks
from logscan.analysis.unit import Answers, Rows

_AROUND = 4  # times its greatest length, before and after: what a dip is compared with
_STEPS = 15  # windows of its greatest length


class Dips:
    """Law: a client counts once, however often it asks; the clients had been let in before"""

    def __init__(self, log: Log, answers: Answers) -> None:
        self.log, self.answers = log, answers
        self.codes = answers.activity.crowd.codes(log.columns.client_id)

    def find(self, rows: Rows) -> list[Rows]:
        """In: rows with a time and a client. Out: the failures of each dip, the deepest first."""
        found: list[Rows] = []
        while rows.size and len(found) < self.log.measures.dips:
            taken = self._deepest(rows)
            if taken is None:
                break
            found.append(taken)
            rows = np.setdiff1d(rows, taken)
        return found

    def told(self, rows: Rows) -> tuple[list[Rows], Rows]:
        """The failures of each incident, and those that come by the clock: these are a thing of the clients.

        In: rows with a time and a client
        """
        settings, dips = self.log.measures, self.find(rows)
        if len(dips) < settings.dips_again:
            return dips, rows[:0]
        begins = np.sort([self.log.columns.times(dip)[0] for dip in dips])
        together = np.unique(np.concatenate(dips))  # again and again: one thing
        by_the_clock = (gap_statistics(begins).cv or 0.0) <= settings.regular_cv
        return ([], together) if by_the_clock else ([together], rows[:0])

    def locked(self, rows: Rows) -> bool:
        """Whether the failures of all follow marked moments."""
        log, settings = self.log, self.log.measures
        t = log.times(rows)
        starts = cut(t, np.diff(t) > settings.retry_gap_s).starts
        told = measure_marks(starts, np.array(log.marks), settings, first=log.first, last=log.last)
        return bool(
            told
            and told["marks"] >= settings.marks_least
            and told["marked_share"] >= settings.marked_share
            and told["marked_p"] <= settings.ramp_p * 10
        )

    def _deepest(self, rows: Rows) -> Rows | None:
        settings, columns = self.log.measures, self.log.columns
        t = columns.t[rows] / SECOND
        if np.unique(columns.client_id[rows]).size < settings.dip_clients:
            return None
        middle = self._densest(t, columns.client_id[rows])
        steps = np.arange(-_AROUND * _STEPS, (_AROUND + 1) * _STEPS + 1, dtype=np.float64)
        edges = np.asarray(steps * (settings.dip_s / _STEPS) + middle, dtype=np.float64)
        inside = (t >= edges[0]) & (t < edges[-1])
        near = rows[inside]
        window = np.asarray(np.searchsorted(edges, t[inside], side="right") - 1, dtype=np.int64)
        active, hit = self.answers.activity.crowd.hits(edges, None, window, self.codes[near], once=True)
        step = best_step(hit, active)
        if step is None or step.score < settings.wide_score:
            return None
        start, end = step.start, step.end
        if hit[start:end].sum() < settings.dip_share * active[start:end].sum():
            return None
        while end < hit.size and hit[end] > 0 and hit[end] >= settings.wide_fading_share * active[end]:
            end += 1
        taken = near[(window >= start) & (window < end)]
        clients = np.unique(columns.client_id[taken])
        times = columns.times(taken)
        short = times[-1] - times[0] <= settings.dip_s
        return taken if short and clients.size >= settings.dip_clients and self._known(taken, times[0]) else None

    def _densest(self, t: np.ndarray, client: np.ndarray) -> float:
        """Where a stretch of the greatest length begins that holds most clients; each is counted once in it."""
        order = np.lexsort((t, client))
        again = np.zeros(t.size, dtype=np.bool_)
        again[order[1:]] = (np.diff(client[order].astype(np.int64)) == 0) & (
            np.diff(t[order]) < self.log.measures.dip_s
        )
        first = t[~again]
        held = np.searchsorted(first, first + self.log.measures.dip_s, side="right") - np.arange(first.size)
        return float(first[int(held.argmax())])

    def _known(self, taken: Rows, begins: float) -> bool:
        clients = np.flatnonzero(self.log.columns.count("client", taken))
        share = (self.log.clients.first_ok[clients] < begins).mean()
        return bool(share >= self.log.measures.wide_known_share)
