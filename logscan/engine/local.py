"""Runs the work on this machine: one reader, a few workers, partials merged as they come."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple

import polars as pl

from logscan.engine.merge import Merge, Merged
from logscan.engine.partial import Partial
from logscan.engine.plan import Plan, Task, Tasks
from logscan.engine.sample import Looked, sample_lines
from logscan.engine.worker import work
from logscan.ingest.chunk import Chunk, chunks
from logscan.ingest.detect import detect
from logscan.ingest.format import Clock, Format
from logscan.ingest.parse import parse
from logscan.ingest.source import Source, open_source
from logscan.model.errors import LogscanError, SourceError, Where

Progress = Callable[[int], None]  # decompressed bytes that were handed out since the last call


class Opened(NamedTuple):
    """What reading a source told, beside its events."""

    sha256: str
    notes: tuple[str, ...]
    why: str


class Ran(NamedTuple):
    """partial: true when the reading was interrupted."""

    merged: Merged
    opened: Mapping[str, Opened]
    faults: tuple[LogscanError, ...]
    partial: bool

    @property
    def lines(self) -> int:
        return sum(tally.lines for tally in self.merged.tallies.values())

    @property
    def events(self) -> int:
        return sum(tally.events for tally in self.merged.tallies.values())


class Settings(NamedTuple):
    """zone: IANA name or offset for times without one; chunk: bytes; jobs: chunks in work at once."""

    zone: str
    now: datetime
    log_format: str | None
    chunk: int
    jobs: int
    stdin: BinaryIO | None


class Local:
    """Reads sources one after the other and works on several chunks at once.

    Threads, not processes: Polars leaves the interpreter lock while it works, and nothing needs to be copied.
    """

    def __init__(self, plan: Plan, settings: Settings, folder: Path, progress: Progress) -> None:
        self.plan, self.settings, self.progress = plan, settings, progress
        self.merge = Merge(folder)
        self.tasks = Tasks(plan)
        self.opened: dict[str, Opened] = {}
        self.faults: list[LogscanError] = []

    def run(self, sources: list[Source]) -> Ran:
        """Law: an interrupt (KeyboardInterrupt) ends the reading; what was worked on until then is kept."""
        waiting: deque[Future[Partial]] = deque()
        interrupted = False
        with ThreadPoolExecutor(self.settings.jobs) as pool:
            try:
                for chunk, task in self._chunks(sources):
                    waiting.append(pool.submit(work, chunk, task, self.plan))
                    while len(waiting) > self.settings.jobs:
                        self.merge.add(waiting.popleft().result())
            except KeyboardInterrupt:
                interrupted = True
            for left in waiting:
                self.merge.add(left.result())
        return Ran(self.merge.done(), self.opened, tuple(self.faults), interrupted)

    def _chunks(self, sources: list[Source]) -> Iterator[tuple[Chunk, Task]]:
        for source in sources:
            try:
                yield from self._chunks_of(source)
            except LogscanError as fault:
                self.faults.append(fault)
            except OSError as fault:
                place = Where(source.path)
                self.faults.append(
                    SourceError(f"cannot be read: {fault.strerror}", where=place, hint="check its rights")
                )

    def _chunks_of(self, source: Source) -> Iterator[tuple[Chunk, Task]]:
        with open_source(source, self.settings.stdin) as stream:
            looked = Looked(stream)
            if stream.binary:
                hint = "leave it out, or decompress it if it is an unknown archive"
                why = "; ".join(stream.notes) or "is a binary file, not a log"
                self.faults.append(SourceError(why, where=Where(source.path), hint=hint))
                return
            task, why = self._task(source, looked)
            starts = partial(_begins_event, task=task) if task.formats[0].multiline else None
            for chunk in chunks(looked, source.path, size=self.settings.chunk, starts=starts):
                self.progress(len(chunk.data))
                yield chunk, task
            self.opened[source.path] = Opened(stream.sha256, tuple(stream.notes), why)

    def _task(self, source: Source, looked: Looked) -> tuple[Task, str]:
        clock = Clock(self.settings.zone, source.modified or self.settings.now)
        formats: tuple[Format, ...] = self.plan.formats
        if self.settings.log_format is not None:
            chosen = tuple(form for form in formats if form.id == self.settings.log_format)
            return self.tasks.make(source.path, chosen, [chosen[0].id], clock), "as told by --log-format"
        found = detect(sample_lines(source, looked), formats)
        return self.tasks.make(source.path, found.order, found.shares, clock), found.why


def _begins_event(line: bytes, task: Task) -> bool:
    text = line.decode("utf-8", "backslashreplace").rstrip("\r\n")
    rows = pl.DataFrame({"logscan.line": [1], "log.offset": [0], "event.original": [text]})
    rows = rows.with_columns(pl.col("logscan.line").cast(pl.UInt64()), pl.col("log.offset").cast(pl.UInt64()))
    return parse(rows, task.formats, frozenset(), task.clock).events.height == 1
