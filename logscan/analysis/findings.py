"""From classified failures and everybody's visits to what a person reads."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import polars as pl

from logscan.analysis.activity import Activity, activity_of
from logscan.analysis.assess import Assessor
from logscan.analysis.bare import pool_bare
from logscan.analysis.contrast import Contrasts
from logscan.analysis.coverage import Coverage
from logscan.analysis.failures import SECOND, Columns, read_failures
from logscan.analysis.handshake import name_benign
from logscan.analysis.judgement import Judgement
from logscan.analysis.measure import Log
from logscan.analysis.principals import busiest, split_by_principal
from logscan.analysis.reasons import with_reasons
from logscan.analysis.rejoin import rejoined
from logscan.analysis.scope import LEVELS, SHARED, Scopes, merge_alike
from logscan.analysis.strangers import attackers, strangers
from logscan.analysis.telling import TIMELINE, Teller
from logscan.analysis.unit import Answers, Rows, Unit
from logscan.analysis.wide import Wide
from logscan.model.finding import ClockOffset, Finding
from logscan.model.schemas import LET_IN
from logscan.rules.load import Library


class Observed(NamedTuple):
    """All that was read.

    first and last  of all events; None when no line has a time
    let_in          LET_IN: some of the successes
    sources         path -> first and last of its events
    marks           moments that somebody marked, and their labels
    """

    classified: pl.LazyFrame | pl.DataFrame  # CLASSIFIED
    totals: pl.DataFrame  # TOTALS
    visits: pl.LazyFrame  # VISITS
    first: datetime | None
    last: datetime | None
    sources: Mapping[str, tuple[datetime, datetime]] = MappingProxyType({})
    marks: tuple[tuple[datetime, str], ...] = ()  # by time
    let_in: pl.DataFrame = LET_IN.to_frame()


class Built(NamedTuple):
    """findings: worst first. timeline: bucket (start of a minute), what (the cause of the finding), events.

    columns: of the failures, None when there are none. members: of each finding, the rows of `columns` in time order
    clocks: how far those of two logs are apart, where lines of both tell
    activity: what the clients did besides failing; may be asked as long as the visits are there
    """

    findings: tuple[Finding, ...]
    timeline: pl.DataFrame
    columns: Columns | None = None
    members: tuple[Rows, ...] = ()
    clocks: tuple[ClockOffset, ...] = ()
    activity: Activity | None = None


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
        return Built((), TIMELINE.to_frame())
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
    units = maker.units()
    good = int(observed.totals.filter(pl.col("outcome") == "ok")["events"].sum())
    contrasts = Contrasts(log, observed.let_in, good)
    teller = Teller(
        failures, classified, maker.assessor, contrasts, library=library, judgement=judgement, marks=observed.marks
    )
    told = teller.tell(units)
    return Built(told.findings, told.timeline, columns, told.members, joined.clocks, activity)


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
        self.failures = failures.select("row", "cause", "family")
        self.log, self.answers = log, answers
        self.assessor = Assessor(log, answers, library)
        self.scopes = Scopes(log, answers.activity, observed.totals, judgement.measures.concentration_share)

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
            if everybody:
                everybody, rest = self._without_attackers(everybody, rest)
            found += everybody
            left.append(rest)
        for unit in found:
            # One client that asks most does not own what hits everybody.
            if unit.measured is None:
                unit.level, unit.values = self.scopes.choose(unit.rows, SHARED if unit.hits_everybody else LEVELS)
        found = rejoined(found, self.answers)
        rows = np.sort(np.concatenate(left)) if left else np.zeros(0, dtype=np.int64)
        found += self._of_some(rows)
        self.assessor.assess(found)
        return found

    def _without_attackers(self, everybody: list[Unit], rest: Rows) -> tuple[list[Unit], Rows]:
        """What hits everybody, told anew without the strangers who attack meanwhile, and the rows that are left."""
        cause, family = everybody[0].cause, everybody[0].family
        rows = np.sort(np.concatenate([rest, *(unit.rows for unit in everybody)]))
        units = self._of_some(strangers(rows, self.answers))
        self.assessor.assess(units)
        clients = attackers(units, self.assessor.signatures, self.judgement.apart, self.answers)
        if not clients.size:
            return everybody, rest
        answers = Answers(self.answers.activity.without(clients), self.log, self.observed.totals)
        theirs = np.isin(self.log.columns.client_id[rows], clients)
        found, others = Wide(self.log, answers).find(cause, family, rows[~theirs])
        for unit in found:
            unit.level, unit.values = self.scopes.choose(unit.rows, SHARED)
        Assessor(self.log, answers, self.library).assess(found)
        return found, np.union1d(others, rows[theirs])

    def _of_some(self, rows: Rows) -> list[Unit]:
        """Units of the principals that explain these failures; those of them that behave alike together."""
        single, tails = split_by_principal(self.log.columns, rows, self.log.clients, self.judgement.measures)
        for unit in single:
            if unit.level == "all":
                unit.level, unit.values = self.scopes.choose(unit.rows)
        units, rest_units = busiest(single, self.judgement.measures.principals)
        self.assessor.assess(units)
        return merge_alike(units, rest_units, self.judgement, self.log, self.scopes, tails=tails)
