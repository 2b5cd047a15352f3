"""Bytes to findings: the whole way, for every command that reads logs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import polars as pl

from logscan.analysis.findings import Observed, build_findings
from logscan.engine.local import Local, Opened, Ran, Settings
from logscan.engine.partial import Tally
from logscan.engine.request import Request, load_definitions
from logscan.ingest.source import find_sources
from logscan.model.errors import LogscanError
from logscan.model.finding import Finding, Input, Rejected, Scan
from logscan.rules.load import Library

_TIMELINE_BUCKETS = 240


class Answer(NamedTuple):
    scan: Scan
    library: Library


@contextmanager
def read_logs(request: Request, progress: Callable[[int], None]) -> Iterator[tuple[Ran, Library]]:
    """Read everything that was asked for; what was spilled to disk lives as long as the context.

    Errors: Faults when a rule, format or setting is invalid, before any log is opened
    """
    library, plan = load_definitions(request)
    found = find_sources(request.paths)
    settings = Settings(request.zone, request.now, request.log_format, request.chunk, request.jobs, request.stdin)
    with TemporaryDirectory(prefix="logscan-") as folder:
        ran = Local(plan, settings, Path(folder), progress).run(found.sources)
        yield ran._replace(faults=(*found.faults, *ran.faults)), library


def scan_logs(request: Request, progress: Callable[[int], None]) -> Answer:
    """All findings of the logs, with the counts they rest on."""
    with read_logs(request, progress) as (ran, library):
        merged = ran.merged
        tallies = merged.tallies.values()
        firsts, lasts = [t.first for t in tallies if t.first], [t.last for t in tallies if t.last]
        observed = Observed(
            merged.classified, merged.totals, merged.visits, min(firsts, default=None), max(lasts, default=None)
        )
        findings = build_findings(observed, library)
        return Answer(_scan(request, ran, library, findings), library)
