from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logscan.engine.plan import Task
from logscan.engine.small import work_small
from logscan.engine.worker import work
from logscan.ingest.chunk import Chunk
from logscan.model.schemas import CLASSIFIED
from tests.engine.chunk_of import chunk_of, make_plan, task_of
from tests.engine.test_sift import LOGS, PLAN, merged


def source(path: str, lines: list[str]) -> tuple[Chunk, Task]:
    task = task_of(lines, PLAN)
    return chunk_of(lines)._replace(source=path), replace(task, path=path)


KINDS = {name: source(f"{name}.log", [*lines[:40], "~~~ what is this? ~~~"]) for name, lines in LOGS.items()}


@settings(max_examples=5)
@given(names=st.lists(st.sampled_from(sorted(KINDS)), min_size=2, max_size=4, unique=True))
def test_sources_read_together_tell_what_each_tells_alone(names: list[str]) -> None:
    group = [KINDS[name] for name in names]
    together, alone = work_small(group, PLAN), [work(chunk, task, PLAN) for chunk, task in group]
    for got, want in zip(merged([together], PLAN)[1:6], merged(alone, PLAN)[1:6], strict=True):
        assert got.sort(got.columns).equals(want.sort(want.columns))
    keys = ["log.file.path", "logscan.line"]
    classified = pl.concat([part.classified for part in alone]).sort(keys)
    assert together.classified.sort(keys).select(list(CLASSIFIED)).equals(classified)
    rejects = pl.concat([part.rejects for part in alone]).sort(keys)
    assert together.rejects.sort(keys).equals(rejects)
    assert together.tallies == {path: tally for part in alone for path, tally in part.tallies.items()}


@pytest.mark.parametrize("name", sorted(KINDS))
def test_one_source_is_read_as_alone(name: str) -> None:
    chunk, task = KINDS[name]
    together, alone = work_small([(chunk, task)], PLAN), work(chunk, task, PLAN)
    assert together.classified.sort("logscan.line").equals(alone.classified.sort("logscan.line"))
    assert together.tallies == alone.tallies


def test_lines_of_rows_with_the_same_number_are_told_apart() -> None:
    lines = LOGS["combined"][:30]
    plan = make_plan()
    group = [source("a.log", lines), source("b.log", list(reversed(lines)))]
    found = work_small(group, plan).classified
    for path, line, text in found.select("log.file.path", "logscan.line", "event.original").iter_rows():
        assert (lines if path == "a.log" else lines[::-1])[line - 1] == text
