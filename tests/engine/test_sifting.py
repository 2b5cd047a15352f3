from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import polars as pl
import pytest

from logscan.engine import sifting
from logscan.engine.partial import Partial
from logscan.engine.sifting import Sifting
from logscan.engine.worker import work
from tests.engine.chunk_of import chunk_of, make_plan, task_of
from tests.system.logs import combined

PLAN = make_plan()
LINES = combined(60)


def sifted(jobs: int, tasks: int, chunks: int) -> tuple[list[Partial], list[Partial]]:
    """What is kept of so many chunks of each task; and what `work` tells of each."""
    kept: list[Partial] = []
    alone = []
    with ThreadPoolExecutor(jobs) as pool:
        sifting = Sifting(pool, jobs, PLAN, kept.append)
        for number in range(tasks):
            task = replace(task_of(LINES, PLAN), path=f"{number}.log")
            for at in range(chunks):
                chunk = chunk_of(LINES[at * 10 : at * 10 + 10], first_line=at * 10 + 1)
                alone.append(work(chunk, task, PLAN))
                sifting.add(chunk, task, alone=chunks == 1)
        sifting.end()
    return kept, alone


@pytest.mark.parametrize(("jobs", "tasks", "chunks"), [(1, 1, 1), (2, 3, 1), (1, 2, 5), (3, 2, 6), (2, 1, 0)])
def test_nothing_is_lost_and_nothing_is_judged_twice(jobs: int, tasks: int, chunks: int) -> None:
    kept, alone = sifted(jobs, tasks, chunks)
    for name in ("classified", "visits"):
        got, want = ([getattr(part, name) for part in parts] for parts in (kept, alone))
        assert sum(each.height for each in got) == sum(each.height for each in want)
    if chunks:
        lines = [pl.concat([part.classified for part in parts])["logscan.line"].sort() for parts in (kept, alone)]
        assert lines[0].equals(lines[1])
        assert lines[0].len()


def test_what_is_unsure_is_judged_when_it_gets_much(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sum(part.classified.height > 0 for part in sifted(1, 1, 6)[0]) == 1
    monkeypatch.setattr(sifting, "_MOST_CHUNKS", 2)
    assert sum(part.classified.height > 0 for part in sifted(1, 1, 6)[0]) == 3
    monkeypatch.setattr(sifting, "_MOST_BYTES", 1)
    kept, alone = sifted(1, 1, 6)
    assert [rows for rows in (part.classified.height for part in kept) if rows] == [
        rows for rows in (part.classified.height for part in alone) if rows
    ]


def test_small_sources_are_judged_together_until_they_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(sifted(1, 4, 1)[0]) == 1
    monkeypatch.setattr(sifting, "_LINES", 20)
    assert len(sifted(1, 4, 1)[0]) == 2
    monkeypatch.setattr(sifting, "_SMALL", 1)
    assert len(sifted(1, 4, 1)[0]) == 4
