"""Many chunks in work at once: each is sifted by itself, and what is unsure in them is judged together."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial

from logscan.engine.partial import Partial
from logscan.engine.plan import Plan, Task
from logscan.engine.sift import Sifted, Unsure, judge, sift
from logscan.engine.worker import work
from logscan.ingest.chunk import Chunk

_MOST_BYTES = 16 << 20  # of unsure events in memory before they are judged
_MOST_CHUNKS = 16  # so that the last judgement, for which nothing else is left to do beside, stays short


class Sifting:
    """Takes the chunks of one source after the other.

    Law: at most `jobs` steps are waited for, so many chunks are in memory and a few more
    """

    def __init__(self, pool: Executor, jobs: int, plan: Plan, keep: Callable[[Partial], None]) -> None:
        self._pool, self._jobs, self._plan, self._keep = pool, jobs, plan, keep
        self._waiting: deque[tuple[Task, Future[Sifted]]] = deque()
        self._task: Task | None = None
        self._unsure: list[Unsure] = []

    def add(self, chunk: Chunk, task: Task, *, alone: bool) -> None:
        """In: alone: no other chunk is of this task"""
        step = partial(_whole, chunk, task, self._plan) if alone else partial(sift, chunk, task, self._plan)
        self._wait_for(task, step)

    def end(self) -> None:
        while self._waiting:
            self._take()
        self._judge()
        while self._waiting:
            self._take()

    def _wait_for(self, task: Task, step: Callable[[], Sifted]) -> None:
        self._waiting.append((task, self._pool.submit(step)))
        while len(self._waiting) > self._jobs:
            self._take()

    def _take(self) -> None:
        task, future = self._waiting.popleft()
        sifted = future.result()
        self._keep(sifted.partial)
        if sifted.unsure is None:
            return
        if task is not self._task:
            self._judge()
            self._task = task
        self._unsure.append(sifted.unsure)
        if len(self._unsure) >= _MOST_CHUNKS or sum(each.size for each in self._unsure) >= _MOST_BYTES:
            self._judge()

    def _judge(self) -> None:
        if self._task is not None and self._unsure:
            self._waiting.append((self._task, self._pool.submit(_judged, self._unsure, self._task, self._plan)))
            self._unsure = []


def _whole(chunk: Chunk, task: Task, plan: Plan) -> Sifted:
    return Sifted(work(chunk, task, plan), None)


def _judged(unsure: list[Unsure], task: Task, plan: Plan) -> Sifted:
    return Sifted(judge(unsure, task, plan), None)
