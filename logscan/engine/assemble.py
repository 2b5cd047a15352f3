"""What was read and what was found, put into the one value that every output renders."""

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from logscan.engine.local import Opened, Ran
from logscan.engine.partial import Tally
from logscan.ingest.rotation import part_of
from logscan.model.errors import LogscanError
from logscan.model.finding import ClockOffset, Coverage, Finding, Input, Rejected, Scan

_NEVER_OPENED = Opened("", (), "")
_ROWS = 20_000  # of the timeline, at most
_LENGTHS = (60, 300, 900, 3600, 21_600, 86_400, 604_800)  # seconds; the shortest that gives so few rows is used


def assemble(
    ran: Ran,
    findings: Sequence[Finding],
    timeline: pl.DataFrame,
    *,
    zone: str,
    rules_digest: str,
    coverage: Sequence[Coverage] = (),
    clocks: Sequence[ClockOffset] = (),
    trusted: Sequence[str] = (),
    marks: Sequence[tuple[datetime, str]] = (),
    detections: Sequence[Finding] = (),
    groups: Sequence[tuple[str, datetime, str, int]] = (),
) -> Scan:
    """Put a Scan together.

    In:   timeline  bucket (start of a minute or coarser), what (a cause, or an outcome other than failure), events
    Law:  lines, events and rejects are the sums of those of the inputs; auth_failures is the sum of by_cause
    """
    inputs = tuple(
        _input(path, tally, ran.opened.get(path, _NEVER_OPENED), zone)
        for path, tally in sorted(ran.merged.tallies.items())
    )
    by_cause: dict[str, int] = {}
    for finding in findings:
        by_cause[finding.cause] = by_cause.get(finding.cause, 0) + finding.counts.events
    length, rows = _timeline(timeline)
    return Scan(
        inputs=inputs,
        findings=tuple(findings),
        by_cause=dict(sorted(by_cause.items(), key=lambda item: (-item[1], item[0]))),
        lines=sum(each.lines for each in inputs),
        events=sum(each.events for each in inputs),
        rejects=sum(each.rejects for each in inputs),
        auth_failures=sum(by_cause.values()),
        rejected=_rejected(ran.merged.rejects),
        timeline=rows,
        bucket_s=length,
        faults=tuple(words(fault) for fault in ran.faults),
        rules_digest=rules_digest,
        partial=ran.partial,
        coverage=tuple(coverage),
        clocks=tuple(clocks),
        trusted=tuple(trusted),
        marks=tuple(marks),
        detections=tuple(detections),
        groups=tuple(groups),
    )


def _input(path: str, tally: Tally, opened: Opened, zone: str) -> Input:
    most = sorted(tally.datasets.items(), key=lambda item: (-item[1], item[0]))
    return Input(
        path=path,
        dataset=most[0][0] if most else "",
        bytes=tally.bytes,
        sha256=opened.sha256,
        lines=tally.lines,
        events=tally.events,
        rejects=tally.rejects,
        first=tally.first,
        last=tally.last,
        timezone=zone,
        continuations=tally.continuations,
        blank=tally.blank,
        datasets=dict(most),
        why=opened.why,
        notes=(*opened.notes, *_notes(tally)),
        log=part_of(path).log,
        doubt=opened.doubt,
    )


def _notes(tally: Tally) -> list[str]:
    """What a reader should know of how the source was read."""
    told = {
        "lines were repaired: they were not UTF-8": tally.repaired,
        "lines were longer than the limit and were cut": tally.cut,
        "events have no time": tally.untimed,
        "events lie outside --since and --until": tally.outside,
    }
    return [f"{count:,} {words}" for words, count in told.items() if count]


def _rejected(rejects: pl.DataFrame) -> tuple[Rejected, ...]:
    ordered = rejects.sort("log.file.path", "logscan.line")
    return tuple(
        Rejected(path, line, reason, text)
        for path, line, reason, text in ordered.select(
            "log.file.path", "logscan.line", "reason", "event.original"
        ).iter_rows()
    )


def _timeline(timeline: pl.DataFrame) -> tuple[int, tuple[tuple[datetime, str, int], ...]]:
    timed = timeline.drop_nulls("bucket")
    for length in _LENGTHS:
        rows = timed.group_by(pl.col("bucket").dt.truncate(f"{length}s"), "what").agg(pl.col("events").sum())
        if rows.height <= _ROWS or length == _LENGTHS[-1]:
            break
    return length, tuple(rows.sort("bucket", "what").select("bucket", "what", "events").iter_rows())


def words(fault: LogscanError) -> str:
    """One line for a fault."""
    return f"{fault.where}: {fault.what}" + (f" ({fault.hint})" if fault.hint else "")
