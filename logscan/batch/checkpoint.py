"""How far each log was read, and which file holds it now: whatever it is called, and packed or not."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import NamedTuple, cast

from logscan.batch.config import SourceSettings
from logscan.batch.content import Content, begins_like, content_of
from logscan.batch.record import Record, Stat, load_records, save_record
from logscan.engine.resume import Begun
from logscan.ingest.document import sample_of
from logscan.ingest.limits import load_limits
from logscan.ingest.rotation import part_of
from logscan.ingest.source import Source, sources_at
from logscan.ingest.trail import BLOCK
from logscan.ingest.walk import Spot, expand, listed_error, source_error
from logscan.model.errors import LogscanError, SourceError

_SETTLED_S = 60  # nothing was written for so long: a last line without its end is taken, until more comes
_FEW = 1024  # bytes; so few do not tell that two files with different names hold the same log


class Job(NamedTuple):
    """A source with something to read. record: None when nothing of it was read."""

    begun: Begun
    stat: Stat
    record: Record | None
    plain: bool
    replaces: int = 0  # the id of a record whose rows this reading takes the place of


@dataclass
class Survey:
    """What is there, beside what was read. jobs: by the place of their [[sources]]."""

    jobs: dict[int, list[Job]] = field(default_factory=dict)
    moved: list[tuple[Record, str, Stat]] = field(default_factory=list)
    copies: list[tuple[str, Stat, int, str]] = field(default_factory=list)
    same_copies: set[str] = field(default_factory=set)  # paths
    gone: list[Record] = field(default_factory=list)
    faults: list[LogscanError] = field(default_factory=list)
    seen: int = 0

    def add(self, number: int, job: Job) -> None:
        self.jobs.setdefault(number, []).append(job)


def survey(db: sqlite3.Connection, sources: Sequence[SourceSettings], now: datetime) -> Survey:
    """Look at every file of the sources, at what is inside only where something changed.

    Law: bytes that were read are found again behind any name, in any inode, packed or not, and are no job; bytes that
         were not read are one
    """
    return _Surveyor(db, now).survey(sources)


class _Surveyor:
    def __init__(self, db: sqlite3.Connection, now: datetime) -> None:
        self.now = now
        self.records = {record.id: record for record in sorted(load_records(db), key=_gone_first)}
        self.by_key = {each.stat.key: each for each in self.records.values()}
        self.by_stat = {each.stat: each for each in self.records.values()}
        rows = db.execute("SELECT dev, ino, member, size, mtime_ns, ctime_ns, file FROM copies")
        self.copies = {Stat(*row[:6]): int(row[6]) for row in rows}
        self.alive: dict[int, Source] = {}  # by the id of the record
        self.there: dict[int, list[tuple[int, Source, Stat]]] = {}  # copies that are as they were
        self.found = Survey()

    def survey(self, sources: Sequence[SourceSettings]) -> Survey:
        changed: list[tuple[int, Source, Stat]] = []
        new: list[tuple[int, Source, Stat]] = []
        met: set[tuple[int, int]] = set()
        for number, settings in enumerate(sources):
            spots, faults = expand(settings.paths, load_limits())
            self.found.faults += faults
            for spot in sorted(spots, key=lambda each: each.path):
                if spot.status is not None and (key := (spot.status.st_dev, spot.status.st_ino)) not in met:
                    met.add(key)
                    with self._rotated_meanwhile(spot.path):
                        changed += [(number, *each) for each in self._changed(spot, number)]
        for each in changed:
            with self._rotated_meanwhile(each[1].path):
                if not self._is_known(*each):
                    new.append(each)
        for each in new:
            with self._rotated_meanwhile(each[1].path):
                self._place(*each)
        for copy_of, there in self.there.items():
            for each in there if copy_of in self.records else ():
                with self._rotated_meanwhile(each[1].path):
                    self._stand_in(self.records[copy_of], *each)
        self.found.gone = [each for each in self.records.values() if each.id not in self.alive]
        return self.found

    @contextmanager
    def _rotated_meanwhile(self, path: str) -> Iterator[None]:
        """A file that goes away while it is looked at is a fault of its own; the next run finds it where it is then."""
        try:
            yield
        except (LogscanError, OSError) as fault:
            self.found.faults.append(listed_error(path, fault))

    def _changed(self, spot: Spot, number: int) -> list[tuple[Source, Stat]]:
        """The sources at a spot that are not as they were."""
        status = cast(os.stat_result, spot.status)
        self.found.seen += 1
        if self._is_same(spot, _stat(status, ""), number):
            return []
        faults: list[SourceError] = []
        try:
            listed = [source for _, source in sources_at(spot, load_limits(), faults)]
        except OSError as fault:
            self.found.faults.append(listed_error(spot.path, fault))
            return []
        self.found.faults += faults
        stats = [(source, _stat(status, source.member or "")) for source in listed]
        changed = [(source, stat) for source, stat in stats if source.size and not self._is_same(spot, stat, number)]
        if listed and listed[0].member is not None and not changed:
            self.found.copies.append((spot.path, _stat(status, ""), 0, "all its members were read"))
        return changed

    def _is_same(self, spot: Spot, stat: Stat, number: int) -> bool:
        """Whether a file or member is as it was before; its last line may have been left, and be taken now."""
        if stat in self.copies:
            source = _source(spot, stat)
            self.found.same_copies.add(source.path)
            self.there.setdefault(self.copies[stat], []).append((number, source, stat))
            for each in self.records.values() if not self.copies[stat] else ():
                if each.stat._replace(member="") == stat:
                    self.alive[each.id] = _source(spot, each.stat)
            return True
        record = self.by_stat.get(stat)
        if record is None:
            return False
        source = _source(spot, stat)
        self.alive[record.id] = source
        settled = self.now.timestamp() - stat.mtime_ns / 1e9 > _SETTLED_S
        if record.plain and record.reached.offset < stat.size and settled and (content := self._content(source)):
            self._go_on(number, source, stat, record, content)
        elif record.path != source.path or record.gone_at is not None:
            self.found.moved.append((record, source.path, stat))
        return True

    def _is_known(self, number: int, source: Source, stat: Stat) -> bool:
        """Whether this is the file of before, which has grown or got another name."""
        record = self.by_key.get(stat.key)
        if record is None or record.id in self.alive:
            return False
        content = self._content(source)
        if content is None or not content.holds(record.kept):
            return content is None
        self._go_on(number, source, stat, record, content)
        return True

    def _stand_in(self, record: Record, number: int, source: Source, stat: Stat) -> None:
        """A copy goes on for a log whose own file is gone, if it holds all that was read of it."""
        content = self._content(source) if record.id not in self.alive else None
        if content is not None and content.holds(record.kept):
            self._go_on(number, source, stat, record, content)

    def _place(self, number: int, source: Source, stat: Stat) -> None:
        """A file that was not there before: the copy of one that is, what became of one that is not, or a new one."""
        content = self._content(source)
        if content is None:
            return
        if content.why:
            self.found.copies.append((source.path, stat, 0, content.why))
            self.found.faults.append(source_error(source.path, content.why))
            return
        same = [each for each in self.records.values() if _may_be(each, content) and content.holds(each.kept)]
        for record in sorted(same, key=lambda each: (each.id in self.alive, -each.length, each.id)):
            related = _name(record.path) == _name(source.path)
            if record.id not in self.alive and (related or record.length >= _FEW):
                self._go_on(number, source, stat, record, content)
                return
            if record.id in self.alive and self._is_copy(source, content, record, related=related):
                self.found.copies.append((source.path, stat, record.id, ""))
                return
        for id_, living in self.alive.items() if content.plain else ():
            if _log(living.path) == _log(source.path) and begins_like(source, living):
                self.found.copies.append((source.path, stat, id_, ""))
                return
        begun = Begun(source, finished=self._finished(stat, content), file=stat.key[:2])
        self.found.add(number, Job(begun, stat, None, plain=content.plain))

    def _is_copy(self, source: Source, content: Content, record: Record, *, related: bool) -> bool:
        """Whether a file that holds all that was read of another one, which is still there, is a copy of that."""
        if not content.plain or not record.plain:
            return related or record.length >= BLOCK
        living = self.alive[record.id]
        return _log(living.path) == _log(source.path) and begins_like(source, living)

    def _go_on(self, number: int, source: Source, stat: Stat, record: Record, content: Content) -> None:
        self.alive[record.id] = source
        if record.plain and content.plain and stat.size == record.reached.offset:
            self.found.moved.append((record, source.path, stat))
        elif _shows_only_now(record, content) or (
            record.whole and (content.plain or not content.holds(record.reached))
        ):
            finished = record.whole or self._finished(stat, content)
            begun = Begun(source, finished=finished, file=stat.key[:2])
            self.found.add(number, Job(begun, stat, None, plain=content.plain, replaces=record.id))
        else:
            place = record.place._replace(mark=record.reached) if record.whole else record.place
            near = content.near(place.mark) if content.plain else None
            begun = Begun(source, place, record.known, near, self._finished(stat, content), stat.key[:2])
            self.found.add(number, Job(begun, stat, record, plain=content.plain))

    def _finished(self, stat: Stat, content: Content) -> bool:
        return not content.plain or self.now.timestamp() - stat.mtime_ns / 1e9 > _SETTLED_S

    def _content(self, source: Source) -> Content | None:
        try:
            return content_of(source)
        except (LogscanError, OSError) as fault:
            self.found.faults.append(listed_error(source.path, fault))
        return None


def _shows_only_now(record: Record, content: Content) -> bool:
    """Whether what was one line by itself has become the head of a table, or the begin of a document."""
    if record.whole or record.place.header.table or record.place.line > 2:
        return False
    return sample_of(content.head, load_limits(), whole=len(content.head) < BLOCK) is not None


def _may_be(record: Record, content: Content) -> bool:
    """A cheap look, before anything is read."""
    mark = record.kept
    if record.length <= BLOCK:
        return 0 < record.length <= len(content.head)
    return len(content.head) == BLOCK and mark.begin == content.begin


def _stat(status: os.stat_result, member: str) -> Stat:
    times = status.st_mtime_ns, status.st_ctime_ns
    return Stat(status.st_dev, status.st_ino, member, status.st_size, *times)


def _source(spot: Spot, stat: Stat) -> Source:
    path = f"{spot.path}!{stat.member}" if stat.member else spot.path
    return Source(path, spot.file, stat.member or None, datetime.fromtimestamp(stat.mtime_ns / 1e9, UTC), stat.size)


def _log(path: str) -> str:
    return part_of(path).log


def _name(path: str) -> str:
    return PurePosixPath(part_of(path).log).name


def _gone_first(record: Record) -> tuple[bool, int]:
    return record.gone_at is None, record.id


def save_survey(db: sqlite3.Connection, found: Survey, now: datetime) -> None:
    """Remember where everything lies now; not that anything was read."""
    for record, path, stat in found.moved:
        record.path, record.stat, record.gone_at = path, stat, None
        save_record(db, record)
    for record in found.gone:
        if record.gone_at is None:
            db.execute("UPDATE files SET gone_at = ? WHERE id = ?", (now.isoformat(timespec="microseconds"), record.id))
    kept = {path for path, *_ in found.copies} | found.same_copies
    gone = [(path,) for (path,) in db.execute("SELECT path FROM copies") if path not in kept]
    db.executemany("DELETE FROM copies WHERE path = ?", gone)
    for path, stat, file, why in found.copies:
        db.execute("INSERT OR REPLACE INTO copies VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (path, *stat, file, why))
