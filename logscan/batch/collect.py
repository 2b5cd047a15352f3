"""Reads what is new and enters it: rows and checkpoints together, or neither."""

import sqlite3
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import polars as pl

from logscan.batch.archive import Archive, Part, enter_part, load_parts, without
from logscan.batch.checkpoint import Job, Survey
from logscan.batch.config import Config
from logscan.batch.record import NEVER, Record, save_record
from logscan.batch.state import transaction
from logscan.batch.tables import TABLES, Read, Shared, frames
from logscan.engine.local import Settings
from logscan.engine.partial import Partial, Tally
from logscan.engine.plan import Plan
from logscan.engine.request import Request
from logscan.engine.resume import Step
from logscan.engine.several import Several
from logscan.engine.together import Together
from logscan.model.errors import LogscanError

_FLUSH_BYTES = 256 << 20  # of logs, after which what was read is entered


class Counted(NamedTuple):
    """What a run read."""

    files: int = 0
    bytes: int = 0
    lines: int = 0
    events: int = 0
    rejects: int = 0
    failures: int = 0

    def plus(self, partial: Partial) -> "Counted":
        tallies = partial.tallies.values()
        return Counted(
            self.files,
            self.bytes + sum(tally.bytes for tally in tallies),
            self.lines + sum(tally.lines for tally in tallies),
            self.events + sum(tally.events for tally in tallies),
            self.rejects + sum(tally.rejects for tally in tallies),
            self.failures + partial.classified.height,
        )

    def plus_all(self, other: "Counted") -> "Counted":
        return Counted(*map(sum, zip(self, other, strict=True)))

    def less(self, before: Mapping[str, pl.DataFrame], kept: Mapping[str, pl.DataFrame]) -> "Counted":
        """Without the tails that were read again: a line is new once."""

        def gone(name: str) -> int:
            return int(before["sources"][name].sum()) - int(kept["sources"][name].sum())

        return self._replace(
            bytes=self.bytes - gone("bytes"),
            lines=self.lines - gone("lines"),
            events=self.events - gone("events"),
            rejects=self.rejects - gone("rejects"),
            failures=self.failures - before["failures"].height + kept["failures"].height,
        )


class Collector:
    """Takes partials in the order in which they stand in their sources.

    Law: what is entered of a log ends where its checkpoint stands, at any moment
    """

    def __init__(self, db: sqlite3.Connection, archive: Archive, rules: str, now: datetime) -> None:
        self.db, self.archive, self.rules, self.now = db, archive, rules, now
        self.next_id = 1 + int(db.execute("SELECT coalesce(max(id), 0) FROM files").fetchone()[0])
        self.jobs: dict[str, Job] = {}
        self.records: dict[str, Record] = {}
        self.services: dict[int, str] = {}
        self.counted = Counted()
        self.first: datetime | None = None  # earliest time that was read
        self._service = ""
        self._reads: list[Read] = []
        self._shared: list[Shared] = []
        self._touched: dict[str, None] = {}
        self._held = 0

    def begin(self, jobs: Sequence[Job], service: str) -> None:
        self.jobs |= {job.begun.source.path: job for job in jobs}
        self._service = service

    def keep(self, step: Step, partial: Partial) -> None:
        [tally] = partial.tallies.values()
        self._reads.append(self._noted(step, tally)._replace(partials=(partial,)))
        self._count(partial)

    def share(self, steps: Sequence[Step], told: Several) -> None:
        """As `keep`, of the last steps of several sources: all but those that are left to be read by themselves."""
        taken = [step for place, step in enumerate(steps) if place not in told.left]
        reads = [self._noted(step, told.partial.tallies[step.source.path]) for step in taken]
        self._reads += reads
        files = {read.path: read.file for read in reads}
        self._shared.append(Shared([files.get(step.source.path, 0) for step in steps], told))
        self._count(told.partial)

    def _noted(self, step: Step, tally: Tally) -> Read:
        """Where reading goes on. Out: what was read, without its rows"""
        path = step.source.path
        job = self.jobs[path]
        record = self._record(job)
        before = record.place.mark.offset if path in self._touched or job.record else 0
        self._touched[path] = None
        record.place, record.known = step.place, step.known
        record.why, record.doubt, record.notes = step.opened.why, step.opened.doubt, step.opened.notes
        record.whole, record.plain = step.whole, step.plain
        record.reached = step.reached
        record.path, record.gone_at = path, None
        record.stat = job.stat if step.last else job.stat._replace(size=NEVER)
        return Read(record.id, path, before, step.reached.offset, tally, tail=step.tail)

    def _count(self, partial: Partial) -> None:
        self.counted = self.counted.plus(partial)
        times = [tally.first for tally in partial.tallies.values() if tally.first]
        self.first = min([*times, *([self.first] if self.first else [])], default=None)
        self._held += sum(tally.bytes for tally in partial.tallies.values())
        if self._held >= _FLUSH_BYTES:
            self.flush()

    def _record(self, job: Job) -> Record:
        path = job.begun.source.path
        if path not in self.records:
            found = job.record or Record(self.next_id, path, job.stat, job.begun.place)
            self.next_id += found.id == self.next_id
            self.records[path] = found
            self.services[found.id] = self._service
            self.counted = self.counted._replace(files=self.counted.files + 1)
        return self.records[path]

    def finish(self, *, failed: AbstractSet[str], stopped: bool) -> None:
        """Enter what is left. In: failed: paths that were not read to their end; stopped: nor may others have been"""
        for path, job in self.jobs.items():
            if job.record is not None and path not in self.records and path not in failed and not stopped:
                record = job.record  # nothing new, but perhaps another place
                record.path, record.stat, record.plain, record.gone_at = path, job.stat, job.plain, None
                self.records[path], self._touched[path] = record, None
        self.flush()

    def flush(self) -> None:
        if not self._touched:
            return
        records = [self.records[path] for path in self._touched]
        dropped = [job.replaces for path in self._touched if (job := self.jobs[path]).replaces]
        sure = _joined([read for read in self._reads if not read.tail])
        parts = [self._part(sure, self._shared)] if sure else []
        old = [part for part in load_parts(self.db) if part.tail]
        tails = self._tails(old, [*(record.id for record in records), *dropped])
        with transaction(self.db) as db:
            for record in records:
                save_record(db, record)
            db.executemany("UPDATE files SET dropped = 1 WHERE id = ?", [(file,) for file in dropped])
            db.execute("DELETE FROM parts WHERE tail")
            for part in (*parts, *tails):
                enter_part(db, part)
        now = {part.name for part in tails}
        self.archive.remove([part for part in old if part.name not in now])
        self._reads, self._shared, self._held, self._touched = [], [], 0, {}

    def _part(self, reads: Sequence[Read], shared: Sequence[Shared]) -> Part:
        return self.archive.write(
            frames(reads, shared, self.services), _words(reads), rules=self.rules, tail=False, level=0, now=self.now
        )

    def _tails(self, old: Sequence[Part], anew: Sequence[int]) -> list[Part]:
        """The part of all tails: those of before, but of the logs that were read on."""
        reads = [read for read in self._reads if read.tail]
        before = {table: self.archive.read(table, old) for table in TABLES}
        kept = without(before, anew)
        self.counted = self.counted.less(before, kept)
        if not reads and not any(frame.height for frame in kept.values()):
            return []
        made = frames(reads, [], self.services)
        both = {table: kept[table].vstack(made[table]) for table in TABLES}
        ends = both["sources"].select("logscan.file", "offset", "end").sort("logscan.file").rows()
        return [self.archive.write(both, str(ends), rules=self.rules, tail=True, level=0, now=self.now)]


def take_in(found: Survey, config: Config, request: Request, plan: Plan, collector: Collector) -> list[LogscanError]:
    """Read all that is new. Out: what could not be read"""
    faults: list[LogscanError] = []
    for number, jobs in sorted(found.jobs.items()):
        source = config.sources[number]
        form = source.format or None
        settings = Settings(source.zone, request.now, form, request.chunk, request.jobs, None, request.stop)
        collector.begin(jobs, source.service)
        with TemporaryDirectory(prefix="logscan-") as folder:
            reader = Together(replace(plan, trusted=source.trusted), settings, Path(folder), lambda _: None)
            reader.follow_all([job.begun for job in jobs], collector.keep, collector.share)
        faults += reader.faults
        if request.stop():
            break
    collector.finish(failed={fault.where.path for fault in faults}, stopped=request.stop())
    return faults


def _joined(reads: Sequence[Read]) -> list[Read]:
    """One for each log."""
    found: dict[int, Read] = {}
    for read in reads:
        before = found.get(read.file)
        found[read.file] = (
            before._replace(end=read.end, tally=before.tally + read.tally, partials=(*before.partials, *read.partials))
            if before
            else read
        )
    return list(found.values())


def _words(reads: Sequence[Read]) -> str:
    return str([(read.file, read.offset, read.end) for read in reads])
