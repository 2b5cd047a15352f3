"""From classified failures and everybody's visits to what a person reads."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from logscan.analysis.activity import activity_of
from logscan.analysis.assess import Assessor
from logscan.analysis.bare import pool_bare, told_cause
from logscan.analysis.caveats import caveats_of
from logscan.analysis.coverage import Coverage
from logscan.analysis.evidence import Place, read_evidence, telling_places
from logscan.analysis.facts import COLUMNS as FACTS
from logscan.analysis.facts import facts_of
from logscan.analysis.failures import NO_TIME, SECOND, Columns, most_listed, read_failures
from logscan.analysis.forecast import forecast
from logscan.analysis.handshake import name_benign
from logscan.analysis.judgement import Judgement
from logscan.analysis.measure import Log
from logscan.analysis.principals import busiest, split_by_principal
from logscan.analysis.reasons import with_reasons
from logscan.analysis.scope import LEVELS, SHARED, Scopes, merge_alike
from logscan.analysis.unit import Answers, Rows, Unit
from logscan.analysis.verdict import Named, Verdict, decide
from logscan.analysis.wide import Wide
from logscan.model.finding import ClockOffset, Counts, Finding, Scope
from logscan.model.schemas import TIME
from logscan.model.severity import severity_rank
from logscan.model.taxonomy import UNCLASSIFIED
from logscan.rules.load import Library


class Observed(NamedTuple):
    """All that was read.

    first and last  of all events; None when no line has a time
    sources         path -> first and last of its events
    marks           moments that somebody marked, and their labels
    """

    classified: pl.LazyFrame | pl.DataFrame  # CLASSIFIED
    totals: pl.DataFrame  # TOTALS
    visits: pl.LazyFrame  # VISITS
    first: datetime | None
    last: datetime | None
    sources: Mapping[str, tuple[datetime, datetime]] = MappingProxyType({})
    marks: tuple[tuple[datetime, str], ...] = ()


class Built(NamedTuple):
    """findings: worst first. timeline: bucket (start of a minute), what (the cause of the finding), events.

    columns: of the failures, None when there are none. members: of each finding, the rows of `columns` in time order
    clocks: how far those of two logs are apart, where lines of both tell
    """

    findings: tuple[Finding, ...]
    timeline: pl.DataFrame
    columns: Columns | None = None
    members: tuple[Rows, ...] = ()
    clocks: tuple[ClockOffset, ...] = ()


_TIMELINE = pl.Schema({"bucket": TIME, "what": pl.String(), "events": pl.UInt64()})


def build_findings(observed: Observed, library: Library, judgement: Judgement) -> Built:
    """Name, group, measure and judge all failures.

    In:  frames in any row order
    Out: findings, worst first, then by first_seen and id; one cause at one scope each
    Law: the counts of the findings add up to the failures, less lines that only tell the reason of another line, and
         so does the timeline, less what has no time; the result does not depend on row order
    """
    classified = observed.classified.lazy()
    joined = with_reasons(read_failures(classified, judgement), judgement.measures)
    failures = joined.failures
    if failures.is_empty():
        return Built((), _TIMELINE.to_frame())
    first, last = _span(observed, failures)
    routes = failures["endpoint_id"].unique().to_list()
    activity = activity_of(observed.visits, routes, rows=judgement.measures.rows, first=first, last=last)
    benign = [rule for rule in library.signatures if _is_benign(rule.names, library)]
    failures = name_benign(failures, activity, benign, pair_s=judgement.measures.pair_s)
    failures = pool_bare(failures, judgement.bare)
    columns = Columns(failures)
    clients = activity.clients(columns.ids("client"))
    spans = {path: (low.timestamp(), high.timestamp()) for path, (low, high) in observed.sources.items()}
    marks = tuple(sorted(moment.timestamp() for moment, _ in observed.marks))
    log = Log(columns, judgement.measures, first, last, clients, Coverage(spans, (first, last)), marks)
    maker = _Maker(observed, library, judgement, failures=failures, answers=Answers(activity, log, observed.totals))
    return maker.built(maker.units())._replace(clocks=joined.clocks)


def _span(observed: Observed, failures: pl.DataFrame) -> tuple[float, float]:
    """First and last event, seconds since the epoch."""
    times = failures["t"].drop_nulls()
    if times.is_empty():
        return 0.0, 0.0
    low, high = int(times[0]), int(times[-1])
    first = observed.first.timestamp() if observed.first else low / SECOND
    last = observed.last.timestamp() if observed.last else high / SECOND
    return min(first, low / SECOND), max(last, high / SECOND)


def _is_benign(cause: str, library: Library) -> bool:
    known = library.taxonomy.causes.get(cause)
    return known is not None and known.benign


class _Maker:
    def __init__(
        self, observed: Observed, library: Library, judgement: Judgement, *, failures: pl.DataFrame, answers: Answers
    ) -> None:
        log = answers.log
        self.observed, self.library, self.judgement = observed, library, judgement
        wanted = ("row", "cause", "family", "path", "line", "offset", "rules", "alternatives", "told", *FACTS)
        self.failures = failures.select(*wanted, *(name for name in failures.columns if name.startswith("reason_")))
        self.log, self.answers = log, answers
        self.assessor = Assessor(log, answers, library)
        self.scopes = Scopes(log, answers.activity, observed.totals, judgement.measures.concentration_share)
        self.texts = {rule.name: rule for rule in library.causes}

    def units(self) -> list[Unit]:
        """Units of the smallest scope that explains them, measured."""
        wide = Wide(self.log, self.answers)
        found: list[Unit] = []
        left: list[Rows] = []
        for (cause, family), part in sorted(
            self.failures.select("cause", "family", "row").partition_by("cause", "family", as_dict=True).items()
        ):
            rows = part["row"].cast(pl.Int64).to_numpy()
            if _is_benign(cause, self.library):
                found.append(Unit(cause, family, np.sort(rows), "all", ()))
                continue
            everybody, rest = wide.find(cause, family, rows)
            found += everybody
            left.append(rest)
        for unit in found:
            # One client that asks most does not own what hits everybody.
            unit.level, unit.values = self.scopes.choose(unit.rows, SHARED if unit.hits_everybody else LEVELS)
        rows = np.sort(np.concatenate(left)) if left else np.zeros(0, dtype=np.int64)
        single, tails = split_by_principal(self.log.columns, rows, self.log.clients, self.judgement.measures)
        for unit in single:
            if unit.level == "all":
                unit.level, unit.values = self.scopes.choose(unit.rows)
        units, rest_units = busiest(single, self.judgement.measures.principals)
        self.assessor.assess(units)
        found += merge_alike(units, rest_units, self.judgement, self.log, self.scopes, tails=tails)
        self.assessor.assess(found)
        return found

    def built(self, units: Sequence[Unit]) -> Built:
        named = [self._verdict(unit) for unit in units]
        folded = self._folded(units, named)
        places = [
            telling_places(self.failures, unit.rows, self.judgement.measures.evidence_lines) for unit, _ in folded
        ]
        texts = read_evidence(self.observed.classified.lazy(), [place for found in places for place in found])
        made = [
            self._finding(unit, verdict, found, texts) for (unit, verdict), found in zip(folded, places, strict=True)
        ]
        order = sorted(range(len(made)), key=lambda at: _worst_first(made[at]))
        members = tuple(folded[k][0].rows for k in order)
        return Built(tuple(made[k] for k in order), self._timeline(folded), self.log.columns, members)

    def _timeline(self, folded: Sequence[tuple[Unit, Verdict]]) -> pl.DataFrame:
        times = self.log.columns.t
        parts = [_TIMELINE.to_frame()]
        for unit, verdict in folded:
            timed = times[unit.rows]
            minute = pl.from_epoch(pl.Series(timed[timed != NO_TIME]), "us").dt.replace_time_zone("UTC")
            counted = minute.dt.truncate("1m").value_counts(name="events")
            parts.append(
                counted.select(bucket=pl.first(), what=pl.lit(verdict.cause), events=pl.last().cast(pl.UInt64()))
            )
        added = pl.concat(parts).group_by("bucket", "what").agg(pl.col("events").sum())
        return added.sort("bucket", "what").select(list(_TIMELINE))

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

    def _folded(self, units: Sequence[Unit], verdicts: Sequence[Verdict]) -> list[tuple[Unit, Verdict]]:
        """One finding per cause and scope: what two formats tell about the same is one."""
        groups: dict[tuple[str, str, tuple[str, ...]], list[int]] = {}
        for at, (unit, verdict) in enumerate(zip(units, verdicts, strict=True)):
            alone = () if unit.level != "all" and unit.values else (unit.family, str(unit.rows[0]))
            groups.setdefault((verdict.cause, unit.level, (*unit.values, *alone)), []).append(at)
        found = []
        for places in groups.values():
            best = min(places, key=lambda at: units[at].order)
            if len(places) == 1 or not self._meet([units[at] for at in places]):
                found += [(units[at], verdicts[at]) for at in places]
                continue
            families = "+".join(sorted({units[at].family for at in places}))
            rows = np.sort(np.concatenate([units[at].rows for at in places]))
            whole = Unit(units[best].cause, families, rows, units[best].level, units[best].values)
            self.assessor.assess([whole])
            found.append((whole, verdicts[best]))
        return found

    def _meet(self, units: Sequence[Unit]) -> bool:
        """Whether their times overlap, up to a window of the log."""
        spans = sorted((float(t[0]), float(t[-1])) for unit in units if (t := self.log.times(unit.rows)).size)
        slack = self.log.covered / self.judgement.measures.windows
        return all(after[0] - before[1] <= slack for before, after in pairwise(spans))

    def _finding(self, unit: Unit, verdict: Verdict, places: Sequence[Place], texts: Any) -> Finding:
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
        datasets = [text for text, _ in columns.top("dataset", unit.rows, listed)]
        unsure = verdict.cause == UNCLASSIFIED or verdict.confidence == "low"
        return Finding(
            id=_identity(verdict.cause, unit),
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
            caveats=caveats_of(row, self.judgement.caveats),
            features={name: value for name, value in row.items() if value is not None},
            clients=columns.top("client", unit.rows, listed),
            users=columns.top("user", unit.rows, listed),
            endpoints=columns.top("endpoint", unit.rows, listed),
            episodes=self._episodes(unit),
            facts=facts_of(self.failures.select(FACTS)[unit.rows], listed),
        )

    def _episodes(self, unit: Unit) -> tuple[tuple[datetime, datetime, int], ...]:
        if unit.measured is None:
            return ()
        found = unit.measured.episodes
        last = self.judgement.measures.episodes_listed
        ends = zip(found.starts[-last:], found.ends[-last:], found.events[-last:], strict=True)
        return tuple((_at(start), _at(end), int(events)) for start, end, events in ends)


def _worst_first(finding: Finding) -> tuple[int, datetime, str]:
    return -severity_rank(finding.severity), finding.first_seen or datetime.max.replace(tzinfo=UTC), finding.id


def _identity(cause: str, unit: Unit) -> str:
    text = "|".join((cause, unit.level, ",".join(unit.values), unit.family))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _at(seconds: float) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=round(float(seconds) * SECOND))
