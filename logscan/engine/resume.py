"""Reads sources from where an earlier run ended, as far as whole lines reach."""

from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from typing import NamedTuple

from logscan.engine.ending import Place, ended, ended_table, is_closed, place_behind
from logscan.engine.local import Local, Opened, Passed, event_starts, newer_parts_first
from logscan.engine.partial import Partial
from logscan.engine.plan import SELDOM, Task
from logscan.engine.sample import LOOK, Looked, Sample, look_at
from logscan.engine.worker import work
from logscan.ingest.chunk import Chunk, chunks
from logscan.ingest.detect import Detection
from logscan.ingest.document import document_chunks, sample_of, table_of, why_of
from logscan.ingest.header import Header, in_force
from logscan.ingest.limits import load_limits
from logscan.ingest.raw import Filled, Handle
from logscan.ingest.source import Source, open_source
from logscan.ingest.trail import Mark, Trail
from logscan.ingest.walk import listed_error
from logscan.model.errors import LogscanError, RotatedError, SourceError, Where


class Known(NamedTuple):
    """What a look at a source told: formats in the order in which they are tried, the shares of those seen.

    size    bytes of the source when it was looked at;  seldom: the columns of SELDOM that it has
    """

    formats: tuple[str, ...]
    shares: Mapping[str, float]
    why: str
    doubt: str
    seldom: tuple[str, ...]
    size: int


class Begun(NamedTuple):
    """A source and what is known of it.

    near      the bytes that place.mark.near is the digest of, where the source can be read from there; else it is read
              from its beginning, and what stands above the place is passed over
    finished  nothing will be written behind its end any more: its last line is whole
    file      device and inode of the file that is meant, where that is known: its name may be another's by now
    """

    source: Source
    place: Place = Place()
    known: Known | None = None
    near: bytes | None = None
    finished: bool = False
    file: tuple[int, int] | None = None


class Step(NamedTuple):
    """A chunk that was handed out, and where reading goes on behind it.

    reached  all that was read, this chunk too;  last: nothing of the source follows in this run
    tail   what follows may yet belong to its last event, or to its last line: the place lies before it
    whole  a file of JSON documents: nothing of it can be read without the rest; the place is behind its last record
    plain  the content is what the file holds, byte for byte at its offsets
    """

    source: Source
    place: Place
    known: Known
    opened: Opened
    reached: Mark
    tail: bool = False
    last: bool = False
    whole: bool = False
    plain: bool = False


_ENDS = 4 << 10  # bytes of a chunk's ends that are looked at again

Keep = Callable[[Step, Partial], None]


class Resumed(Local):
    """Law: chunks are kept in the order in which they stand in their source"""

    def follow(self, begun: Sequence[Begun], keep: Keep) -> None:
        waiting: deque[tuple[Step, Future[Partial]]] = deque()
        with ThreadPoolExecutor(self.settings.jobs) as pool, closing(self._all(begun)) as steps:
            for step, chunk, task in steps:
                waiting.append((step, pool.submit(work, chunk, task, self.plan)))
                while len(waiting) > self.settings.jobs:
                    done, future = waiting.popleft()
                    keep(done, future.result())
                if self.settings.stop():
                    break
            for done, future in waiting:
                keep(done, future.result())

    def _all(self, begun: Sequence[Begun]) -> Generator[tuple[Step, Chunk, Task]]:
        wanted = {each.source.path: each for each in begun}
        for source in newer_parts_first([each.source for each in begun]):
            try:
                yield from self._of(wanted[source.path])
            except (LogscanError, OSError) as fault:
                self.faults.append(listed_error(source.path, fault))

    def _of(self, begun: Begun) -> Generator[tuple[Step, Chunk, Task]]:
        source, mark = begun.source, begun.place.mark
        if begun.near is not None and source.file is not None:
            with source.file.open("rb") as file:
                file.seek(mark.offset - len(begun.near))
                if file.read(len(begun.near)) != begun.near:
                    raise _changed(source)
                _same(begun)
                yield from self._rest(begun, Trail(Behind(file, mark.offset), mark, begun.near), [])
            return
        with open_source(source) as stream:
            if stream.binary:
                hint = "leave it out, or decompress it if it is an unknown archive"
                why = "; ".join(stream.notes) or "is a binary file, not a log"
                raise SourceError(why, where=Where(source.path), hint=hint)
            _same(begun)
            trail = Trail(stream)
            if mark.offset and not trail.passed(mark):
                raise _changed(source)
            yield from self._rest(begun, trail, stream.notes)

    def _rest(self, begun: Begun, trail: Trail, notes: list[str]) -> Generator[tuple[Step, Chunk, Task]]:
        source, place = begun.source, begun.place
        looked = Looked(trail)
        records, above = _records_in(looked, place, begins=trail.start == place.mark.begin)
        task, known = self._told(begun, looked, records)
        plain = _is_plain(source, looked)
        _same(begun)
        passed = Passed(in_force(looked.head, above), above)

        def step(chunk: Chunk, behind: Place) -> tuple[Step, Chunk, Task]:
            if plain and not still_holds(begun, chunk):
                raise _changed(source)
            opened = Opened("", tuple(notes), known.why, known.doubt)
            whole = records is not None and not above.table
            return Step(source, behind, known, opened, behind.mark, whole=whole, plain=plain), chunk, task

        held: Chunk | None = None
        for chunk in self._cuts(looked, begun, task, passed, of_records=records is not None):
            if held is not None:
                yield step(held, Place(trail.at(chunk.offset), chunk.first_line, passed.header))
            held = chunk._replace(header=passed.header)
            passed.header = in_force(chunk.data, passed.header)
        if held is None:
            return
        passed.header = held.header
        parts, finished = [(held, False)], begun.finished or not plain
        if above.table:
            parts = list(ended_table(held, trail, finished=finished))
        elif records is None:
            starts = None if is_closed(held, task, known.shares) else event_starts(task, passed)
            parts = list(ended(held, trail, starts, finished=finished))
        for number, (part, tail) in enumerate(parts, 1):
            end = trail.end if part.cut_lines else part.offset + len(part.data)
            told, piece, _ = step(part, place_behind(part, trail, end, tail=tail))
            yield told._replace(reached=trail.at(end), tail=tail, last=number == len(parts)), piece, task

    def _cuts(self, looked: Looked, begun: Begun, task: Task, passed: Passed, *, of_records: bool) -> Iterator[Chunk]:
        path, size = begun.source.path, self.settings.chunk
        if of_records:
            above, line = passed.header, begun.place.line
            return document_chunks(
                looked, path, load_limits(), size=size, head=looked.head, above=above, first_line=line
            )
        starts = event_starts(task, passed)
        return chunks(looked, path, size=size, starts=starts, first_line=begun.place.line)

    def still_knows(self, known: Known, size: int) -> bool:
        """Whether what was told of a source is enough, now that it has so many bytes and there are these formats."""
        same = set(known.formats) == {form.id for form in self.plan.formats}
        return same and not known.size < LOOK <= 2 * size > 4 * known.size

    def _told(self, begun: Begun, looked: Looked, records: Sequence[str] | None) -> tuple[Task, Known]:
        source, known = begun.source, begun.known
        sample = look_at(source, looked) if records is None else Sample(list(records), ends=False)
        by_id = {form.id: form for form in self.plan.formats}
        size = source.size or 0
        if known is None or not self.still_knows(known, size):
            whole = sample
            if begun.place.mark.offset:
                with open_source(source) as stream:
                    looked = Looked(stream)
                    rows = None if records is None else sample_of(looked.head, load_limits(), whole=False)
                    whole = look_at(source, looked) if rows is None else Sample(rows, ends=False)
            chosen = self.chosen(whole, document=why_of(looked.head) if records is not None else "")
            clock = self.clock(source, sample, chosen)
            task = self.tasks.make(source.path, chosen.order, chosen.shares, clock, whole.lines)
            seldom = tuple(sorted(SELDOM & task.narrow))
            order = tuple(form.id for form in chosen.order)
            return task, Known(order, chosen.shares, chosen.why, chosen.doubt, seldom, size)
        chosen = Detection(tuple(by_id[name] for name in known.formats), known.why, known.shares, known.doubt)
        clock, has = self.clock(source, sample, chosen), frozenset(known.seldom)
        return self.tasks.make(source.path, chosen.order, known.shares, clock, sample.lines, seldom=has), known


def _records_in(looked: Looked, place: Place, *, begins: bool) -> tuple[list[str] | None, Header]:
    """The first records of documents, none of lines; and the header in force, with what a table is read by."""
    above = place.header
    if not (begins or above.table or not place.mark.offset):
        return None, above
    records = sample_of(looked.head, load_limits(), whole=len(looked.head) < LOOK, above=above)
    if records is None or above.table:
        return records, above
    return records, above._replace(table=table_of(looked.head, load_limits()))


def _same(begun: Begun) -> None:
    """Once a file was opened, its name still leads to the one that is meant: so this was opened, not its successor."""
    if begun.file is not None and begun.source.file is not None:
        status = begun.source.file.stat()
        if (status.st_dev, status.st_ino) != begun.file:
            raise _changed(begun.source)


def still_holds(begun: Begun, chunk: Chunk) -> bool:
    """Whether the file still holds a chunk, at both its ends, and what was read before.

    One that was truncated and written anew meanwhile gives the beginning of the old and the end of the new content.
    """
    near = begun.near or b""
    looked = [(begun.place.mark.offset - len(near), near), (chunk.offset, chunk.data[:_ENDS])]
    looked.append((chunk.offset + max(0, len(chunk.data) - _ENDS), chunk.data[-_ENDS:]))
    if begun.source.file is None:
        return False
    with begun.source.file.open("rb") as file:
        return all(file.seek(at) == at and file.read(len(part)) == part for at, part in looked)


def _changed(source: Source) -> RotatedError:
    hint = "it is looked at again in the next run"
    return RotatedError("was changed while it was read", where=Where(source.path), hint=hint)


class Behind:
    """What stands in a plain file behind an offset."""

    def __init__(self, file: Handle, offset: int) -> None:
        self.start = offset
        self._reader = Filled(file)

    def readinto(self, view: memoryview, /) -> int:
        return self._reader.readinto(view)


def _is_plain(source: Source, looked: Looked) -> bool:
    """Whether the content is what the file holds, byte for byte at its offsets."""
    if source.member is not None or source.file is None or not source.file.is_file():
        return False
    with source.file.open("rb") as file:
        file.seek(looked.start)
        return file.read(len(looked.head)) == looked.head
