"""From measured units to findings: what they are called, what is told of them, and the lines that show it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from logscan.analysis.assess import Assessor
from logscan.analysis.bare import told_cause
from logscan.analysis.bout import Asked, latest_bout
from logscan.analysis.caveats import caveats_of
from logscan.analysis.contrast import Contrasts
from logscan.analysis.evidence import Place, read_evidence, telling_places
from logscan.analysis.facts import COLUMNS as FACTS
from logscan.analysis.facts import facts_of
from logscan.analysis.failures import NO_TIME, SECOND, most_listed
from logscan.analysis.fold import Judged, fold
from logscan.analysis.forecast import Forecast, forecast, runs_out
from logscan.analysis.identity import Identity, identities
from logscan.analysis.judgement import Judgement
from logscan.analysis.marks import mark_before
from logscan.analysis.reproduce import command, read_requests
from logscan.analysis.unit import Rows, Unit
from logscan.analysis.verdict import Named, Verdict, decide
from logscan.model.finding import Bout, Counts, Finding, Scope
from logscan.model.schemas import TIME
from logscan.model.severity import severity_rank
from logscan.model.taxonomy import UNCLASSIFIED
from logscan.rules.load import Library

TIMELINE = pl.Schema({"bucket": TIME, "what": pl.String(), "events": pl.UInt64()})


class Told(NamedTuple):
    """findings: worst first; members: the rows of each, in time order; timeline: events by minute and cause."""

    findings: tuple[Finding, ...]
    members: tuple[Rows, ...]
    timeline: pl.DataFrame


class Teller:
    """failures: as read_failures has them, with what other lines tell; classified: the lines; marks: by time."""

    def __init__(
        self,
        failures: pl.DataFrame,
        classified: pl.LazyFrame,
        assessor: Assessor,
        contrasts: Contrasts,
        *,
        library: Library,
        judgement: Judgement,
        marks: Sequence[tuple[datetime, str]] = (),
    ) -> None:
        wanted = ("row", "cause", "family", "path", "line", "offset", "rules", "alternatives", "told", *FACTS)
        self.failures = failures.select(*wanted, *(name for name in failures.columns if name.startswith("reason_")))
        self.classified, self.assessor, self.library, self.judgement = classified, assessor, library, judgement
        self.log, self.answers = assessor.log, assessor.answers
        self.contrasts, self.marks = contrasts, marks
        self.texts = {rule.name: rule for rule in library.causes}

    def tell(self, units: Sequence[Unit]) -> Told:
        """In: measured units, which share no row. Out: findings, worst first, then by first_seen and id."""
        folded = fold([(unit, self._verdict(unit)) for unit in units], self.assessor)
        ids = identities([self._identity(unit, verdict) for unit, verdict in folded])
        most = self.judgement.measures.evidence_lines
        places = [telling_places(self.failures, unit.rows, most) for unit, _ in folded]
        texts = read_evidence(self.classified, [place for found in places for place in found])
        made = [
            self._finding(unit, verdict, name, found, texts)
            for (unit, verdict), name, found in zip(folded, ids, places, strict=True)
        ]
        compared, again = self.contrasts.of_all([unit for unit, _ in folded]), self._again(folded)
        made = [
            replace(each, contrast=one, reproduce=two, bout=self._bout(unit, each), after_mark=self._mark(each))
            for each, one, two, (unit, _) in zip(made, compared, again, folded, strict=True)
        ]
        order = sorted(range(len(made)), key=lambda at: _worst_first(made[at]))
        members = tuple(folded[k][0].rows for k in order)
        return Told(tuple(made[k] for k in order), members, self._timeline(folded))

    def _bout(self, unit: Unit, made: Finding) -> Bout | None:
        """Not of what comes by the clock: between its turns it is not over."""
        if unit.pattern in self.judgement.recurs or made.first_seen is None or not unit.measured:
            return None
        asked = Asked(self.log.times(unit.rows), self.answers.of(unit))
        found = latest_bout(asked, (self.log.first, self.log.last), self.judgement.measures)
        if found is None:
            return None
        first, last, lasts = found
        return Bout(made.first_seen if first is None else _at(first), _at(last), lasts)

    def _mark(self, found: Finding) -> tuple[datetime, str] | None:
        log, settings = self.log, self.judgement.measures
        if found.onset_before is None or not self.marks:
            return None
        times = np.array([moment.timestamp() for moment, _ in self.marks])
        span, limits = (log.first, log.last), (settings.mark_s, settings.mark_chance)
        at = mark_before(found.onset_before.timestamp(), times, span, within_s=limits[0], most=limits[1])
        return None if at is None else self.marks[at]

    def _again(self, folded: Sequence[Judged]) -> list[str]:
        """A command for the last request of each on the endpoint that is hit most."""
        columns = self.log.columns
        rows = []
        for unit, _ in folded:
            codes = columns["endpoint"].codes[unit.rows]
            known, counts = np.unique(codes, return_counts=True)
            rows.append(int(unit.rows[codes == known[counts.argmax()]][-1]))
        places = list(self.failures.select("path", "line", "offset")[rows].iter_rows())
        asked = read_requests(self.classified, places)
        return [command(asked[place], self.judgement.traits) if place in asked else "" for place in places]

    def _timeline(self, folded: Sequence[tuple[Unit, Verdict]]) -> pl.DataFrame:
        times = self.log.columns.t
        parts = [TIMELINE.to_frame()]
        for unit, verdict in folded:
            timed = times[unit.rows]
            minute = pl.from_epoch(pl.Series(timed[timed != NO_TIME]), "us").dt.replace_time_zone("UTC")
            counted = minute.dt.truncate("1m").value_counts(name="events")
            parts.append(
                counted.select(bucket=pl.first(), what=pl.lit(verdict.cause), events=pl.last().cast(pl.UInt64()))
            )
        added = pl.concat(parts).group_by("bucket", "what").agg(pl.col("events").sum())
        return added.sort("bucket", "what").select(list(TIMELINE))

    def _verdict(self, unit: Unit) -> Verdict:
        part = self.failures.select("rules", "alternatives")[unit.rows]
        named = Named(
            unit.cause,
            str(unit.series["confidence"]),
            *(most_listed(part[name]) for name in ("rules", "alternatives")),
        )
        seen = [self.assessor.signatures[place] for place in unit.behaviour]
        if unit.cause == UNCLASSIFIED and (told := told_cause(self.failures["told"].gather(unit.rows))) != UNCLASSIFIED:
            first = named._replace(alternatives=(told, *named.alternatives))
            named = first if seen else named._replace(cause=told)
        return decide(named, seen, self.texts, self.judgement.refines)

    def _identity(self, unit: Unit, verdict: Verdict) -> Identity:
        t = self.log.times(unit.rows)
        spanned = (float(t[0]), float(t[-1])) if t.size else None
        said = (verdict.cause, unit.level, unit.values, unit.family)
        return Identity(*said, unit.hits_everybody, unit.pattern, spanned)

    def _finding(self, unit: Unit, verdict: Verdict, name: str, places: Sequence[Place], texts: Any) -> Finding:
        columns, listed = self.log.columns, self.judgement.measures.listed
        known = self.library.taxonomy.causes.get(verdict.cause)
        times = columns.t[unit.rows]
        timed = times[times != NO_TIME]
        good, begins = None, None
        if unit.measured and unit.measured.stretch:
            recurs = unit.pattern in self.judgement.recurs
            good, begins = unit.measured.stretch.onset(self.log.times(unit.rows), self.answers.of(unit), recurs=recurs)
        row = unit.series | {
            "pattern": unit.pattern,
            "named": verdict.cause,
            "behaviour": verdict.behaviour or None,
            "confidence": verdict.confidence,
        }
        row["state"] = self.judgement.state(row)
        period = row.get(self.judgement.periods.get(unit.pattern, ""))
        ahead = forecast(unit, self.log, self.judgement.periods) if row["state"] == "open" else None
        ends = self._runs_out(unit) if ahead is None or unit.pattern in self.judgement.asked else None
        ahead = ends or ahead
        datasets = [text for text, _ in columns.top("dataset", unit.rows, listed)]
        unsure = verdict.cause == UNCLASSIFIED or verdict.confidence == "low"
        return Finding(
            id=name,
            cause=verdict.cause,
            family=known.family if known else "",
            confidence=verdict.confidence,
            severity=self.judgement.severity(row),
            pattern=unit.pattern,
            period_s=period,
            state=row["state"],
            scope=Scope(unit.level, unit.values),
            first_seen=_at(timed[0] / SECOND) if timed.size else None,
            last_seen=_at(timed[-1] / SECOND) if timed.size else None,
            onset_after=_at(good) if good is not None else None,
            onset_before=_at(begins) if begins is not None else None,
            counts=Counts(
                int(unit.rows.size),
                int(row.get("episodes") or 0),
                *(columns.distinct(name, unit.rows) for name in ("client", "user", "endpoint")),
            ),
            rate_before=row.get("rate_before"),
            rate_during=row.get("rate_during"),
            alternatives=verdict.alternatives,
            rules=verdict.rules,
            evidence=tuple(texts[place] for place in places if place in texts),
            playbook=verdict.playbook or (known.playbook if known else ""),
            missing_evidence=self.judgement.advise(datasets, verdict.cause) if unsure else "",
            next_expected=_at(ahead.at) if ahead else None,
            next_within_s=ahead.within_s if ahead else None,
            next_runs_out=ends is not None,
            caveats=caveats_of(row, self.judgement.caveats),
            features={name: value for name, value in row.items() if value is not None},
            clients=columns.top("client", unit.rows, listed),
            users=columns.top("user", unit.rows, listed),
            endpoints=columns.top("endpoint", unit.rows, listed),
            episodes=self._episodes(unit),
            facts=facts_of(self.failures.select(FACTS)[unit.rows], listed),
        )

    def _runs_out(self, unit: Unit) -> Forecast | None:
        if not self.log.times(unit.rows).size:
            return None
        last = self.log.about(unit.rows).last
        return runs_out(self.failures["expires"][unit.rows], last, self.judgement.measures.leeway_s)

    def _episodes(self, unit: Unit) -> tuple[tuple[datetime, datetime, int], ...]:
        if unit.measured is None:
            return ()
        found = unit.measured.episodes
        last = self.judgement.measures.episodes_listed
        ends = zip(found.starts[-last:], found.ends[-last:], found.events[-last:], strict=True)
        return tuple((_at(start), _at(end), int(events)) for start, end, events in ends)


def _worst_first(finding: Finding) -> tuple[int, datetime, str]:
    return -severity_rank(finding.severity), finding.first_seen or datetime.max.replace(tzinfo=UTC), finding.id


def _at(seconds: float) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=round(float(seconds) * SECOND))
