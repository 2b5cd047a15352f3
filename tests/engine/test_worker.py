"""A chunk becomes events, failures, counts and rejects; nothing is lost; nothing secret leaves."""

import itertools
from datetime import datetime, timedelta
from functools import reduce

import polars as pl
import pytest

from logscan.engine.partial import REJECTS_SHOWN, Partial
from logscan.engine.plan import Plan
from logscan.engine.worker import work
from logscan.ingest.chunk import Chunk
from logscan.model.schemas import CLASSIFIED, REJECTS, TOTALS, VISITS
from tests.engine.chunk_of import chunk_of, make_plan, task_of
from tests.system.logs import NOON, application, combined

LINES = combined(60)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return make_plan()


def worked(lines: list[str], plan: Plan, *, like: list[str] | None = None) -> Partial:
    return work(chunk_of(lines), task_of(like or lines, plan), plan)


def refused(lines: list[str]) -> int:
    return sum('" 401 ' in line for line in lines)


def test_every_part_has_its_schema(plan: Plan) -> None:
    for lines in (LINES, ["~~~"], LINES[:1], []):
        part = worked(lines, plan, like=LINES)
        assert part.classified.schema == CLASSIFIED
        assert part.totals.schema == TOTALS
        assert part.visits.schema == VISITS
        assert part.rejects.schema == REJECTS
        assert part.events.schema == CLASSIFIED


def test_each_event_is_in_the_denominator_once_with_how_it_went(plan: Plan) -> None:
    part = worked(LINES, plan)
    tally = part.tallies["a.log"]
    assert (tally.lines, tally.events, tally.rejects) == (60, 60, 0)
    assert part.visits.height == part.totals["events"].sum() == 60
    by_outcome = dict(part.totals.group_by("outcome").agg(pl.col("events").sum()).iter_rows())
    assert by_outcome["auth_failure"] == part.classified.height == refused(LINES)
    assert by_outcome["ok"] == sum(f'" {status} ' in line for line in LINES for status in (200, 204, 304))
    assert by_outcome["error"] == sum('" 500 ' in line for line in LINES)


def test_a_failure_tells_where_it_stands(plan: Plan) -> None:
    part = work(chunk_of(LINES, first_line=1001, offset=5000), task_of(LINES, plan), plan)
    for line, offset, text in part.classified.select("logscan.line", "log.offset", "event.original").iter_rows():
        assert LINES[line - 1001] == text
        assert offset == 5000 + sum(len(each) + 1 for each in LINES[: line - 1001])
    assert set(part.classified["log.file.path"]) == {"a.log"}


@pytest.mark.parametrize(
    "before", ["192.0.2.7 - - ", "192.0.2.7 - ada ", '192.0.2.7 - - [12/Mar/2026:06:25:24 +0000] "']
)
def test_the_words_that_explain_a_reject_hold_no_secret(before: str, plan: Plan) -> None:
    secret = "sk-live-9fQ2xLm4Zr7TbW1cVn8K"
    part = worked([*LINES[:5], f"{before}{secret}"], plan, like=LINES)
    ((why, text),) = part.rejects.select("reason", "event.original").rows()
    assert "column" in why
    assert not any(secret[at : at + 4] in why + text for at in range(len(secret) - 4))


def test_rejects_are_counted_explained_and_shown_up_to_a_number(plan: Plan) -> None:
    odd = [f'{"x" * 1000} {n} "GET / HTTP/1.1"' for n in range(REJECTS_SHOWN + 9)]
    part = worked([*LINES[:5], *odd, ""], plan, like=LINES)
    tally = part.tallies["a.log"]
    assert (tally.lines, tally.rejects, tally.blank) == (len(odd) + 6, len(odd), 1)
    assert part.rejects["logscan.line"].to_list() == list(range(6, 6 + REJECTS_SHOWN))
    assert part.rejects["event.original"].str.len_chars().max() == 300
    assert all(part.rejects["reason"].to_list())


def test_a_rejected_line_keeps_its_secrets_to_itself(plan: Plan) -> None:
    part = worked(["~~ sk-Zq8rT2vWx9Ly4mNp6sUa1bCdEf3Gh5Jk ~~"], plan, like=LINES)
    assert part.rejects.height == 1
    assert "Zq8rT2" not in part.rejects["event.original"][0]


def test_outside_of_the_period_events_are_read_but_not_counted() -> None:
    first, last = NOON + timedelta(seconds=70), NOON + timedelta(seconds=140)
    part = worked(LINES, make_plan(since=first, until=last))
    tally = part.tallies["a.log"]
    assert (tally.events, tally.outside) == (60, 50)
    assert part.totals["events"].sum() == 10
    times: list[datetime] = part.classified["@timestamp"].to_list()
    assert all(first <= at < last for at in times)


def test_all_events_are_kept_and_the_failures_among_them_are_the_same(plan: Plan) -> None:
    whole = worked(LINES, make_plan(all_events=True))
    assert whole.events.height == 60
    assert whole.events["logscan.line"].is_sorted()
    assert whole.events.filter(pl.col("logscan.cause").is_not_null()).equals(whole.classified)
    assert whole.classified.equals(worked(LINES, plan).classified)


def test_the_lines_of_a_trace_belong_to_their_event(plan: Plan) -> None:
    lines = application(40)
    part = worked(lines, plan)
    tally = part.tallies["a.log"]
    assert tally.continuations > 0
    assert tally.lines == tally.events + tally.continuations
    assert part.classified.height == sum("call failed" in line for line in lines)
    assert all("Traceback" in text and "401" in text for text in part.classified["event.original"].to_list())


def test_parts_of_a_chunk_add_up_to_the_whole(plan: Plan) -> None:
    task, bounds = task_of(LINES, plan), [0, 1, 20, 45, 60]
    parts = [
        work(
            chunk_of(LINES[low:high], first_line=low + 1, offset=sum(len(each) + 1 for each in LINES[:low])), task, plan
        )
        for low, high in itertools.pairwise(bounds)
    ]
    whole = work(chunk_of(LINES), task, plan)
    assert pl.concat([part.classified for part in parts]).equals(whole.classified)
    assert pl.concat([part.visits for part in parts]).equals(whole.visits)
    assert reduce(lambda a, b: a + b, (part.tallies["a.log"] for part in parts)) == whole.tallies["a.log"]


def test_a_cut_line_and_repaired_bytes_are_counted(plan: Plan) -> None:
    data = (LINES[0] + "\n").encode() + b"\xff\xfe\n"
    part = work(Chunk("a.log", 0, 1, data, 1), task_of(LINES, plan), plan)
    tally = part.tallies["a.log"]
    assert (tally.lines, tally.cut, tally.repaired, tally.bytes) == (2, 1, 1, len(data))
