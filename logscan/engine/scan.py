"""Bytes to findings: the whole way, for every command that reads logs."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

import polars as pl

from logscan.analysis.asked import Asked, asked_by
from logscan.analysis.detections import build_detections
from logscan.analysis.findings import Observed, build_findings
from logscan.analysis.groups import failures_by_group
from logscan.analysis.noticed import coverages
from logscan.analysis.shown import shown_events
from logscan.engine.assemble import assemble
from logscan.engine.local import Ran
from logscan.engine.merge import Merged
from logscan.engine.read import read_logs
from logscan.engine.request import Definitions, Request
from logscan.model.finding import Scan
from logscan.model.schemas import SHOWN
from logscan.rules.load import Library


class Answer(NamedTuple):
    scan: Scan
    library: Library
    shown: pl.DataFrame  # SHOWN
    asked: Asked | None = None


def scan_logs(request: Request, progress: Callable[[int], None], *, listed: bool = False) -> Answer:
    """All findings of the logs, with the counts they rest on; with the failures themselves when `listed`."""
    with read_logs(request, progress) as (ran, definitions):
        return answer(ran, definitions, request, listed=listed)


def answer(ran: Ran, definitions: Definitions, request: Request, *, listed: bool) -> Answer:
    """What was read, explained."""
    library, _, judgement = definitions
    seen = [(moment, label) for moment, label in ran.merged.marks.iter_rows()]
    marks = tuple(sorted([*request.marks, *seen]))
    observed = _observed(ran.merged, marks, (request.since, request.until))
    built = build_findings(observed, library, judgement)
    detected = build_detections(ran.merged.detected.lazy(), library, judgement, observed.sources)
    timeline = pl.concat([built.timeline, _others(ran.merged.totals)])
    covered = coverages({path: tally.courses for path, tally in ran.merged.tallies.items()}, judgement.measures)
    trusted = [str(network) for network in request.trusted]
    scan = assemble(
        ran,
        built.findings,
        timeline,
        zone=request.zone,
        rules_digest=library.digest,
        coverage=covered,
        clocks=built.clocks,
        trusted=trusted,
        marks=marks,
        detections=detected,
        groups=failures_by_group(built.columns, built.members, [found.cause for found in built.findings]),
    )
    if not listed:
        return Answer(scan, library, SHOWN.to_frame())
    shown = shown_events(ran.merged.classified.lazy(), built, judgement.measures.events_listed)
    benign = {name for name, cause in library.taxonomy.causes.items() if cause.benign}
    real = [found.cause not in benign for found in built.findings]
    asked = asked_by(built.columns, built.members, real, observed.visits, (observed.first, observed.last))
    return Answer(scan, library, shown, asked)


def _observed(
    merged: Merged, marks: tuple[tuple[datetime, str], ...], period: tuple[datetime | None, datetime | None]
) -> Observed:
    """In: period: since and until. Law: what lies outside of it is not there: the log begins and ends with it"""
    since, until = period
    told = {path: (t.first, t.last) for path, t in merged.tallies.items() if t.first and t.last}
    cut = {path: (max(low, since or low), min(high, until or high)) for path, (low, high) in told.items()}
    spans = {path: (low, high) for path, (low, high) in cut.items() if low <= high}
    first = min((low for low, _ in spans.values()), default=None)
    last = max((high for _, high in spans.values()), default=None)
    whole = (merged.classified.lazy(), merged.totals, merged.visits.lazy())
    return Observed(*whole, first, last, spans, marks, merged.let_in)


def _others(totals: pl.DataFrame) -> pl.DataFrame:
    """What did not fail, by bucket and outcome."""
    rest = totals.filter(pl.col("outcome") != "auth_failure").group_by("bucket", what=pl.col("outcome"))
    return rest.agg(pl.col("events").sum())
