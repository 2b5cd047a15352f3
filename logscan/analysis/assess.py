"""Units get their measures, and the rules say which pattern and which behaviour they show."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logscan.analysis.beside import Beside
from logscan.analysis.failures import NO_TIME, SECOND, Coded
from logscan.analysis.measure import Log, measure
from logscan.analysis.stretch import Stretch
from logscan.analysis.unit import PRINCIPALS, Answers, Unit, series_frame
from logscan.model.severity import CONFIDENCES
from logscan.rules.load import Library, match

_MINUTE = 60.0  # the buckets of the totals begin up to so much before the events they count
_UNNAMED = "irregular"  # the residual of the closed set of patterns, when no rule matches

# Of a unit that principals were merged into, these are the medians of its members: each has a clock of its own,
# and one client's success is not another's recovery.
_OWN = ("recovered_share", "recovery_median_s", "recovery_cycle", "episode_cycle", "phase_success")
_OWN_CYCLE = (
    *("gap_median_s", "gap_mad_s", "gap_cv", "gap_max_s", "gap_floor", "timestamp_score", "period_s", "period_cv"),
    *("cycles", "missed_share", "phase_clock", "event_gap_median_s", "event_gap_cv", "episode_s", "quiet_medians"),
    *("rate_before", "rate_during", "rate_ratio", "step_score", "step_open", "flatness", "dispersion", "active_share"),
)


class Assessor:
    """Law: what is said of a unit depends on that unit and on the log, not on the other units in the call."""

    def __init__(self, log: Log, answers: Answers, library: Library) -> None:
        self.log, self.answers, self.patterns = log, answers, library.patterns
        self.beside = Beside(answers, log.measures)
        causes = library.taxonomy.causes
        self.benign = frozenset(name for name, cause in causes.items() if cause.benign)
        self.families = {name: cause.family for name, cause in causes.items()}
        self.signatures = tuple(rule for rule in library.signatures if rule.names not in self.benign)
        self.confidences = _ranks(log.columns["confidence"])
        # Failures after which their client never succeeded: the first rows have times, those without one are the last.
        timed = log.times(np.arange(log.columns.height))
        codes = log.columns["client"].codes[: timed.size]
        last_ok = np.append(log.clients.last_ok, np.nan)  # the last place is that of code -1, nobody
        for_good = ~(timed <= last_ok[codes])  # nan: never
        self.final, self.final_codes = timed[for_good], codes[for_good]
        self.clients = answers.activity.active([(-np.inf, np.inf, None)])[0]

    def assess(self, units: Sequence[Unit]) -> None:
        """Fill in measured, series, pattern and behaviour of units that have none yet."""
        new = [unit for unit in units if unit.measured is None]
        if not new:
            return
        self.answers.prepare(new)
        for unit in new:
            unit.measured = measure(unit.rows, self.answers.of(unit), self.log.about(unit.rows))
            unit.series = self._series(unit)
        self.beside.measure(new)
        self._hits([unit for unit in new if unit.level not in PRINCIPALS or unit.members])
        frame = series_frame(new)
        patterns, signatures = match(frame, self.patterns), match(frame, self.signatures)
        for at, unit in enumerate(new):
            unit.pattern = next((rule.names for rule in self.patterns if patterns[rule.name][at]), _UNNAMED)
            unit.behaviour = tuple(place for place, rule in enumerate(self.signatures) if signatures[rule.name][at])

    def _series(self, unit: Unit) -> dict[str, Any]:
        measured = unit.measured
        if measured is None:
            return {}
        row = measured.row | {
            "cause": unit.cause,
            "family": self.families.get(unit.cause, ""),
            "confidence": self._confidence(unit),
            "dataset": unit.family,
            "level": unit.level,
            "benign": int(unit.cause in self.benign),
            "everybody": int(unit.hits_everybody),
            "members": max(1, len(unit.members) + unit.unlisted),
        }
        if measured.stretch is not None:
            row["others_hit"] = self._others(unit, measured.stretch)
            row |= self._turns(unit, measured.stretch)
            row["error_ratio"] = self._errors(measured.stretch)
        if unit.members:
            alike = {(member.pattern, member.series.get("period_s") is None) for member in unit.members}
            together = len(alike) == 1 and (unit.members[0].pattern, False) in alike
            own = (*_OWN, *(_OWN_CYCLE if together else ()))
            row |= {name: _median([member.series.get(name) for member in unit.members]) for name in own}
        return row | (dict.fromkeys(_OWN) if unit.hits_everybody else {})

    def _errors(self, stretch: Stretch) -> float | None:
        """How much more often the server itself fails from onset to end: then its backend is the reason."""
        at, errors, events = self.answers.errors
        inside = (at >= stretch.begins - _MINUTE) & (at <= stretch.ends)
        during, other = events[inside].sum(), events[~inside].sum()
        if not during or not other:
            return None
        failed, least = errors[inside].sum(), 1.0 / (other + 1)
        if failed < self.log.measures.errors_least:
            return 0.0
        return float(failed / during / max(errors[~inside].sum() / other, least))

    def _turns(self, unit: Unit, stretch: Stretch) -> dict[str, Any]:
        """Of several clients: how often each goes from success to failure and back, not how often they do together."""
        columns, settings = self.log.columns, self.log.measures
        codes, counts = columns.counted("client", unit.rows)
        if codes.size < settings.few_principals:
            return {}
        chosen = codes[np.argsort(-counts, kind="stable")[: settings.turn_clients]]
        crowd = self.answers.activity.crowd
        known = crowd.codes(columns.ids("client")[chosen])
        routes = self.answers.routes_of(unit) if unit.level == "endpoint" else None
        asked, changes = crowd.turns(known, stretch.begins, float(np.nextafter(stretch.ends, np.inf)), routes)
        enough = asked >= settings.turn_requests
        if not enough.any():
            return {"turn_share": None, "alternations": int(changes.sum())}
        share = changes[enough] / (asked[enough] - 1)
        return {"turn_share": float(np.median(share)), "alternations": int(changes.sum())}

    def _confidence(self, unit: Unit) -> str:
        """The one that most of its failures have; ties go to the lower."""
        return CONFIDENCES[int(np.bincount(self.confidences[unit.rows], minlength=3).argmax())]

    def _others(self, unit: Unit, stretch: Stretch) -> float | None:
        """Which share of the other clients fails meanwhile, and for good: a typo is none of it, nor are many by one."""
        low, high = np.searchsorted(self.final, [stretch.begins, float(np.nextafter(stretch.ends, np.inf))])
        own, _ = self.log.columns.counted("client", unit.rows)
        others = self.clients - own.size
        if others <= 0:
            return None
        hit = np.zeros(self.log.clients.asked.size + 1, dtype=np.bool_)  # the last place is that of nobody
        hit[self.final_codes[low:high]] = True
        hit[own], hit[-1] = False, False
        return min(1.0, int(hit.sum()) / others)

    def _hits(self, units: Sequence[Unit]) -> None:
        """Active clients that a unit hit before its onset, and from then to its end."""
        columns = self.log.columns
        asked: list[tuple[float, float, int | None]] = []
        owners: list[tuple[Unit, str, int]] = []
        for unit in units:
            stretch = unit.measured.stretch if unit.measured else None
            known = unit.rows[(columns.client_id[unit.rows] != 0) & (columns.t[unit.rows] != NO_TIME)]
            if stretch is None or known.size == 0:
                continue
            route = int(columns.endpoint_id[known[0]]) if unit.level == "endpoint" else None
            times = columns.t[known] / SECOND
            ends = float(np.nextafter(stretch.ends, np.inf))
            for name, start, end in (("hit_before", -np.inf, stretch.begins), ("hit_during", stretch.begins, ends)):
                inside = known[(times >= start) & (times < end)]
                owners.append((unit, name, int(np.unique(columns.client_id[inside]).size)))
                asked.append((start, end, route))
        for (unit, name, hit), active in zip(owners, self.answers.activity.active(asked), strict=True):
            unit.series[name] = min(1.0, hit / active) if active else None


def _ranks(confidence: Coded) -> NDArray[np.int8]:
    """Of each failure's confidence, 0 the lowest."""
    ranks = np.array(
        [CONFIDENCES.index(text) if text in CONFIDENCES else 0 for text in confidence.texts], dtype=np.int8
    )
    return np.asarray(ranks[confidence.codes], dtype=np.int8)


def _median(values: Sequence[Any]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.median(known)) if known else None
