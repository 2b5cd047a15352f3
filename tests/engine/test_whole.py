import polars as pl
import pytest

from logscan.engine.whole import candidates_of, read_events, whole_of, with_continuations
from logscan.ingest.lines import read_lines
from logscan.model.schemas import RULE_COLUMNS
from tests.engine.chunk_of import chunk_of, make_plan, task_of
from tests.system.logs import application, combined, json_lines, sshd

PLAN = make_plan()


@pytest.mark.parametrize("lines", [combined(400), json_lines(400), application(300), sshd(300)], ids=len)
def test_of_many_lines_those_are_read_whole_that_a_rule_knows(lines: list[str]) -> None:
    task = task_of(lines, PLAN)
    rows, _ = read_lines(chunk_of(lines))
    read = read_events(rows, task, PLAN)
    found = candidates_of(read.narrow, task, PLAN)
    whole = whole_of(rows, read, found, task, PLAN)
    assert whole.schema == RULE_COLUMNS
    assert whole["logscan.line"].to_list() == found["logscan.line"].to_list()
    assert 0 < found.height < read.narrow.height
    refused = {at for at, line in enumerate(lines, 1) if '" 401 ' in line or '"status": 401' in line}
    assert refused <= set(found["logscan.line"])


def test_an_event_has_the_lines_that_continue_it() -> None:
    lines = application(60)
    rows, _ = read_lines(chunk_of(lines))
    read = read_events(rows, task_of(lines, PLAN), PLAN)
    last = read.narrow.filter(pl.col("event.original").str.contains("Traceback", literal=True)).tail(1)
    kept = with_continuations(rows, last, read.parsed)
    assert kept["event.original"].to_list() == last["event.original"].item().split("\n")
