"""Reads on in many sources at once: a few new lines of each cost little more than as many lines of one."""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from io import BytesIO
from typing import NamedTuple

from logscan.engine.ending import Place, one_line_each
from logscan.engine.local import Opened
from logscan.engine.plan import Period, Task
from logscan.engine.resume import Begun, Behind, Keep, Known, Resumed, Step, still_holds
from logscan.engine.several import Piece, Several, work_several
from logscan.ingest.chunk import MOST_LINES, Chunk, count_lines
from logscan.ingest.detect import Detection
from logscan.ingest.header import NONE, in_force
from logscan.ingest.raw import take
from logscan.ingest.shape import Format
from logscan.ingest.trail import Trail
from logscan.ingest.when import Clock

_LARGEST = 1 << 20  # bytes of a piece; no line in it is longer than a line may be
_TOGETHER = 8 << 20  # bytes of pieces that are read together

Share = Callable[[Sequence[Step], Several], None]


class _Ready(NamedTuple):
    """A piece, and where reading goes on behind it; key: what pieces that fit one task have in common."""

    begun: Begun
    step: Step
    piece: Piece
    key: object


class Together(Resumed):
    """Law: steps, rows and tallies are those of `follow`; what is in doubt is read as there, each source by itself"""

    def follow_all(self, begun: Sequence[Begun], keep: Keep, share: Share) -> None:
        """In: share: takes the last steps of several sources, in the order of their pieces"""
        left = {each.source.path: each for each in begun}
        waiting: deque[tuple[list[_Ready], Future[Several]]] = deque()

        def shared() -> None:
            ready, future = waiting.popleft()
            told = future.result()
            share([each.step for each in ready], told)
            for place, each in enumerate(ready):
                if place not in told.left:
                    del left[each.begun.source.path]

        with ThreadPoolExecutor(self.settings.jobs) as pool:
            for ready, task in self._batches(begun):
                pieces = [each.piece for each in ready]
                waiting.append((ready, pool.submit(work_several, pieces, task, self.plan)))
                while len(waiting) > self.settings.jobs:
                    shared()
                if self.settings.stop():
                    break
            while waiting:
                shared()
        if not self.settings.stop():
            self.follow(list(left.values()), keep)

    def _batches(self, begun: Sequence[Begun]) -> Iterator[tuple[list[_Ready], Task]]:
        if self.plan.period != Period() or self.plan.all_events or len(begun) < 2:
            return
        groups: dict[object, list[_Ready]] = {}
        for each in begun:
            ready = self._ready(each)
            if ready is None:
                continue
            group = groups.setdefault(ready.key, [])
            if group and not _has_room(group, ready.piece):
                yield group, self._task_of(group[0])
                group = groups[ready.key] = []
            group.append(ready)
        yield from ((group, self._task_of(group[0])) for group in groups.values() if len(group) > 1)

    def _ready(self, begun: Begun) -> _Ready | None:
        """The new lines of a source, when there are few, and none of them needs a look at what stands around it."""
        known, mark = begun.known, begun.place.mark
        size = begun.source.size or 0
        if known is None or begun.place.header != NONE or not 0 < size - mark.offset <= _LARGEST:
            return None
        if not self.still_knows(known, size) or not one_line_each(self._seen(known)):
            return None
        data = _behind(begun)
        whole = data[: data.rfind(b"\n") + 1]
        if not _last_line(whole).strip() or (begun.finished and len(whole) < len(data)) or not _is_plain_text(whole):
            return None
        chunk = Chunk(begun.source.path, mark.offset, begun.place.line, whole, 0)
        rows = count_lines(whole)
        if rows > MOST_LINES or not _holds(begun, chunk):
            return None
        trail = Trail(Behind(BytesIO(whole), mark.offset), mark, begun.near or b"")
        end = mark.offset + len(take(trail, len(whole)))
        reached = trail.at(end)
        place = Place(reached, begun.place.line + rows)
        opened = Opened("", (), known.why, known.doubt)
        step = Step(begun.source, place, known, opened, reached, last=True, plain=True)
        day = self._clock(begun).reference.date()
        piece = Piece(begun.source.path, mark.offset, begun.place.line, rows, whole)
        return _Ready(begun, step, piece, (known.formats, tuple(sorted(known.shares)), known.seldom, day))

    def _seen(self, known: Known) -> list[Format]:
        return [form for form in self.plan.formats if form.id in known.shares]

    def _chosen(self, known: Known) -> Detection:
        by_id = {form.id: form for form in self.plan.formats}
        return Detection(tuple(by_id[name] for name in known.formats), known.why, known.shares, known.doubt)

    def _clock(self, begun: Begun) -> Clock:
        # a piece with a stamp that has no year is left to be read by itself
        return self.eras.latest(begun.source.path, begun.source.modified or self.settings.now)

    def _task_of(self, first: _Ready) -> Task:
        known = first.step.known
        chosen = self._chosen(known)
        seldom = frozenset(known.seldom)
        return self.tasks.make("", chosen.order, known.shares, self._clock(first.begun), (), seldom=seldom)


def _has_room(group: Sequence[_Ready], piece: Piece) -> bool:
    pieces = [piece, *(each.piece for each in group)]
    return sum(len(each.data) for each in pieces) <= _TOGETHER and sum(each.rows for each in pieces) <= MOST_LINES


def _behind(begun: Begun) -> bytes:
    """What stands behind the place of a plain file; empty where it is not what it was, or cannot be read."""
    file, near = begun.source.file, begun.near
    if file is None or begun.source.member is not None or near is None:
        return b""
    try:
        with file.open("rb") as handle:
            status = os.fstat(handle.fileno())
            if begun.file not in (None, (status.st_dev, status.st_ino)):
                return b""
            handle.seek(begun.place.mark.offset - len(near))
            data = handle.read(len(near) + _LARGEST + 1)
    except OSError:  # told by who reads it by itself
        return b""
    return data[len(near) :] if data.startswith(near) and len(data) <= len(near) + _LARGEST else b""


def _holds(begun: Begun, chunk: Chunk) -> bool:
    try:
        return still_holds(begun, chunk)
    except OSError:
        return False


def _last_line(data: bytes) -> bytes:
    return data[data.rfind(b"\n", 0, -1) + 1 :]


def _is_plain_text(data: bytes) -> bool:
    """UTF-8 without NUL, and no directive in it."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in data and in_force(data) == NONE
