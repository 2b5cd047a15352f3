"""Many chunks in work at once: what is unsure in those of one source is judged together, and so are small sources."""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from functools import partial

from logscan.engine.partial import Partial
from logscan.engine.plan import Plan, Task
from logscan.engine.sift import Sifted, Unsure, judge, sift
from logscan.engine.small import work_small
from logscan.engine.worker import work
from logscan.ingest.chunk import Chunk, count_lines

_MOST_BYTES = 16 << 20  # of unsure events in memory before they are judged
_MOST_CHUNKS = 16  # so that the last judgement, for which nothing else is left to do beside, stays short
_SMALL = 1 << 20  # bytes of a source that is judged with others
_TOGETHER = 4 << 20  # bytes of sources that are judged together
_LINES = 1 << 15  # and lines of theirs

_Work = tuple[Chunk, Task]
_Step = Callable[[], Sifted]


class Sifting:
    """Takes the chunks of one source after the other.

    Law: at most `jobs` steps are waited for, so many chunks are in memory and a few more
    """

    def __init__(self, pool: Executor, jobs: int, plan: Plan, keep: Callable[[Partial], None]) -> None:
        self._pool, self._jobs, self._plan, self._keep = pool, jobs, plan, keep
        self._waiting: deque[tuple[Task, Future[Sifted]]] = deque()
        self._task: Task | None = None
        self._unsure: list[Unsure] = []
        self._small: list[_Work] = []

    def add(self, chunk: Chunk, task: Task, *, alone: bool) -> None:
        """In: alone: no other chunk is of this task"""
        if alone and _is_small(chunk, self._plan):
            self._small.append((chunk, task))
            if sum(len(each.data) for each, _ in self._small) >= _TOGETHER or self._lines() >= _LINES:
                self._read()
        elif alone:
            self._wait_for(task, partial(_alone, chunk, task, self._plan))
        else:
            self._wait_for(task, partial(sift, chunk, task, self._plan))

    def end(self) -> None:
        self._read()
        while self._waiting:
            self._take()
        self._judge()
        while self._waiting:
            self._take()

    def _lines(self) -> int:
        return sum(count_lines(chunk.data) for chunk, _ in self._small)

    def _read(self) -> None:
        small, self._small = self._small, []
        if len(small) == 1:
            self._wait_for(small[0][1], partial(_alone, *small[0], self._plan))
        elif small:
            self._wait_for(small[0][1], partial(_together, small, self._plan))

    def _wait_for(self, task: Task, step: _Step) -> None:
        self._waiting.append((task, self._pool.submit(step)))
        while len(self._waiting) > self._jobs:
            self._take()

    def _take(self) -> None:
        task, future = self._waiting.popleft()
        sifted = future.result()
        self._keep(sifted.partial)
        if sifted.unsure is not None:
            self._left(task, sifted.unsure)

    def _left(self, task: Task, unsure: Unsure) -> None:
        if task is not self._task:
            self._judge()
            self._task = task
        self._unsure.append(unsure)
        if len(self._unsure) >= _MOST_CHUNKS or sum(each.size for each in self._unsure) >= _MOST_BYTES:
            self._judge()

    def _judge(self) -> None:
        if self._task is not None and self._unsure:
            step = partial(_judged, self._unsure, self._task, self._plan)
            self._waiting.append((self._task, self._pool.submit(step)))
            self._unsure = []


def _is_small(chunk: Chunk, plan: Plan) -> bool:
    return (
        not plan.all_events
        and chunk.records is None
        and len(chunk.data) <= _SMALL
        and count_lines(chunk.data) <= _LINES
        and bool(chunk.data.strip())
    )


def _together(small: Sequence[_Work], plan: Plan) -> Sifted:
    return Sifted(work_small(small, plan), None)


def _alone(chunk: Chunk, task: Task, plan: Plan) -> Sifted:
    return Sifted(work(chunk, task, plan), None)


def _judged(unsure: Sequence[Unsure], task: Task, plan: Plan) -> Sifted:
    return Sifted(judge(unsure, task, plan), None)
