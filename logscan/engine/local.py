"""Runs the work on this machine: one reader, a few workers, partials merged as they come."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple

from logscan.engine.era import Eras
from logscan.engine.merge import Merge, Merged
from logscan.engine.partial import Tally, empty
from logscan.engine.plan import Plan, Task, Tasks
from logscan.engine.sample import LOOK, Looked, Sample, look_at
from logscan.engine.sifting import Sifting
from logscan.ingest.chunk import Begins, Chunk, chunks
from logscan.ingest.detect import Detection, detect
from logscan.ingest.document import document_chunks, sample_of, why_of
from logscan.ingest.header import NONE, Header, governed, in_force
from logscan.ingest.limits import load_limits
from logscan.ingest.lines import numbered
from logscan.ingest.rotation import newest_first
from logscan.ingest.seam import seam
from logscan.ingest.source import Source, open_source
from logscan.ingest.when import Clock
from logscan.model.errors import LogscanError, SourceError, Where

Progress = Callable[[int], None]  # stored bytes that were read since the last call


class Opened(NamedTuple):
    """What reading a source told, beside its events."""

    sha256: str
    notes: tuple[str, ...]
    why: str
    doubt: str = ""  # why the formats may be the wrong ones


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
    """zone: of times without one; chunk: bytes; jobs: chunks in work at once; stop: see Request."""

    zone: str
    now: datetime
    log_format: str | None
    chunk: int
    jobs: int
    stdin: BinaryIO | None
    stop: Callable[[], bool]


class Local:
    """Reads sources one after the other and works on several chunks at once.

    Threads, not processes: Polars leaves the interpreter lock while it works, and nothing needs to be copied.
    """

    def __init__(self, plan: Plan, settings: Settings, folder: Path, progress: Progress) -> None:
        self.plan, self.settings, self.progress = plan, settings, progress
        self.merge = Merge(folder, plan.sample)
        self.tasks = Tasks(plan)
        self.eras = Eras(settings.zone)
        self.opened: dict[str, Opened] = {}
        self.faults: list[LogscanError] = []

    def run(self, sources: list[Source]) -> Ran:
        """Law: a stop ends the reading; what was read until then is worked on and kept."""
        with ThreadPoolExecutor(self.settings.jobs) as pool, closing(self.handed(sources)) as handed:
            sifting = Sifting(pool, self.settings.jobs, self.plan, self.merge.add)
            for chunk, task, alone in _told_apart(handed):
                sifting.add(chunk, task, alone=alone)
                if self.settings.stop():
                    break
            sifting.end()
        return Ran(self.merge.done(), self.opened, tuple(self.faults), self.settings.stop())

    def handed(self, sources: list[Source]) -> Generator[tuple[Chunk, Task]]:
        for source in newer_parts_first(sources):
            try:
                yield from self._chunks_of(source)
            except LogscanError as fault:
                self.faults.append(fault)
            except OSError as fault:
                place = Where(source.path)
                self.faults.append(
                    SourceError(f"cannot be read: {fault.strerror or fault}", where=place, hint="check its rights")
                )

    def _chunks_of(self, source: Source) -> Generator[tuple[Chunk, Task]]:
        with open_source(source, self.settings.stdin) as stream:
            looked = Looked(stream)
            if stream.binary:
                hint = "leave it out, or decompress it if it is an unknown archive"
                why = "; ".join(stream.notes) or "is a binary file, not a log"
                self.faults.append(SourceError(why, where=Where(source.path), hint=hint))
                return
            records = sample_of(looked.head, load_limits(), whole=len(looked.head) < LOOK)
            task, chosen = self._task(source, looked, records)
            self.merge.add(empty()._replace(tallies={source.path: Tally()}))  # an empty source is shown too
            passed = Passed(in_force(looked.head))
            starts = event_starts(task, passed)
            told = 0
            try:
                for chunk in self._cut(looked, source, starts, of_records=records is not None):
                    self.progress(stream.stored - told)
                    told = stream.stored
                    yield chunk._replace(header=passed.header), task
                    passed.header = in_force(chunk.data, passed.header)
            finally:
                self.opened[source.path] = Opened(stream.sha256, tuple(stream.notes), chosen.why, chosen.doubt)

    def _cut(self, looked: Looked, source: Source, starts: Begins | None, *, of_records: bool) -> Iterator[Chunk]:
        if of_records:
            return document_chunks(looked, source.path, load_limits(), size=self.settings.chunk, head=looked.head)
        return chunks(looked, source.path, size=self.settings.chunk, starts=starts)

    def _task(self, source: Source, looked: Looked, records: Sequence[str] | None) -> tuple[Task, Detection]:
        """In: records: of the source's head, when it is JSON documents"""
        sample = look_at(source, looked) if records is None else Sample(list(records), ends=False)
        found = self.chosen(sample, document=why_of(looked.head) if records is not None else "")
        return self.tasks.make(
            source.path, found.order, found.shares, self.clock(source, sample, found), sample.lines
        ), found

    def chosen(self, sample: Sample, *, document: str) -> Detection:
        """With which formats to read what a sample shows. In: document: of what kind it is a part; empty: of lines"""
        if self.settings.log_format is not None:
            told = tuple(form for form in self.plan.formats if form.id == self.settings.log_format)
            return Detection(told, "as told by --log-format", {told[0].id: 1.0})
        found = detect(sample.lines, self.plan.formats)
        return found._replace(why=f"{document}; {found.why}") if document else found

    def clock(self, source: Source, sample: Sample, chosen: Detection) -> Clock:
        changed = source.modified or self.settings.now
        return self.eras.clock(source.path, changed, sample.lines, chosen.order, ends=sample.ends)


def _told_apart(handed: Iterator[tuple[Chunk, Task]]) -> Iterator[tuple[Chunk, Task, bool]]:
    """With each chunk, whether it is the only one of its task."""
    before: Task | None = None
    held: tuple[Chunk, Task] | None = None
    for each in handed:
        if held is not None:
            yield *held, held[1] is not before and held[1] is not each[1]
            before = held[1]
        held = each
    if held is not None:
        yield *held, held[1] is not before


def newer_parts_first(sources: Sequence[Source]) -> list[Source]:
    """Files so that newer parts can tell the years of older ones; members of archives as they stand."""
    files = {source.path: source for source in sources if source.member is None}
    ordered = iter(newest_first(files))
    return [source if source.member is not None else files[next(ordered)] for source in sources]


class Passed:
    """The header below the chunks that were handed out; `first`: that of the source's first lines."""

    def __init__(self, first: Header, header: Header = NONE) -> None:
        self.header, self.first = header, first


def event_starts(task: Task, passed: Passed) -> Begins | None:
    """Which lines begin an event; None where every line does."""
    may_continue = any(form.multiline or form.unfinished for form in task.formats)
    return partial(_last_event, task=task, passed=passed) if may_continue else None


def _last_event(lines: Sequence[bytes], task: Task, passed: Passed) -> int | None:
    """The last of these lines before which the log may be cut."""
    rows = numbered([line.decode("utf-8", "backslashreplace") for line in lines])
    rows = governed(rows, passed.header if passed.header.fields else passed.first)
    return seam(rows, task.formats, task.clock)
