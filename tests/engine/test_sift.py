import itertools
from collections.abc import Sequence

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logscan.analysis.let_in import lowest
from logscan.engine.partial import Partial, add_up
from logscan.engine.plan import Plan
from logscan.engine.sift import judge, sift
from logscan.engine.worker import work
from logscan.ingest.chunk import Chunk
from logscan.ingest.header import in_force
from logscan.model.schemas import CLASSIFIED, LET_IN, VISITS
from tests.engine.chunk_of import chunk_of, make_plan, task_of
from tests.system.logs import application, combined, json_lines, sshd

PLAN = make_plan()
W3C = [
    "#Software: Microsoft Internet Information Services 10.0",
    "#Fields: date time s-ip cs-method cs-uri-stem c-ip sc-status sc-substatus sc-win32-status",
    *(
        f"2026-03-12 06:25:{at:02} 198.51.100.3 GET /a{at % 4} 192.0.2.{at % 5} {401 if at % 3 else 200} 1 0"
        for at in range(40)
    ),
]
DOCKER = [
    f'{{"log":"{text}\\n","stream":"{stream}","time":"2026-03-12T06:25:{at:02}Z"}}'
    for at, (stream, text) in enumerate(
        [("stderr", "ERROR app login refused"), ("stdout", "INFO ok"), ("stderr", "Traceback (most recent call last):")]
        * 9
    )
]
LOGS = {
    "combined": combined(90),
    "json": json_lines(60),
    "application": application(60),
    "sshd": sshd(60),
    "w3c": W3C,
    "docker": DOCKER,
    "mixed": [each for pair in zip(combined(40), application(40), strict=False) for each in pair],
}


def parts(lines: Sequence[str], bounds: Sequence[int]) -> list[Chunk]:
    found, offset, header = [], 0, in_force(b"")
    for low, high in itertools.pairwise(bounds):
        chunk = chunk_of(list(lines[low:high]), first_line=low + 1, offset=offset)._replace(header=header)
        found.append(chunk)
        offset, header = offset + len(chunk.data), in_force(chunk.data, header)
    return found


def merged(partials: Sequence[Partial], plan: Plan) -> list[pl.DataFrame]:
    classified, visits = (
        pl.concat([part.classified for part in partials]).sort("logscan.line"),
        pl.concat([part.visits for part in partials]).sort(list(VISITS)),
    )
    totals = add_up(pl.concat([part.totals for part in partials]))
    return [
        classified.select(list(CLASSIFIED)),
        visits,
        totals.sort(totals.columns),
        pl.concat([part.detected for part in partials]).sort("logscan.line"),
        pl.concat([part.marks for part in partials]).sort("@timestamp", "label"),
        lowest([part.let_in for part in partials], plan.sample).select(list(LET_IN)),
        pl.concat([part.rejects for part in partials]).sort("logscan.line"),
    ]


@pytest.mark.parametrize("name", sorted(LOGS))
@settings(max_examples=4)
@given(data=st.data())
def test_the_two_steps_tell_what_one_tells(name: str, data: st.DataObject) -> None:
    lines = LOGS[name]
    cuts = data.draw(st.lists(st.integers(1, len(lines) - 1), max_size=3, unique=True))
    chunks, task = parts(lines, [0, *sorted(cuts), len(lines)]), task_of(lines, PLAN)
    sifted = [sift(chunk, task, PLAN) for chunk in chunks]
    unsure = [each.unsure for each in sifted if each.unsure is not None]
    at = data.draw(st.integers(0, len(unsure)))
    judged = [judge(some, task, PLAN) for some in (unsure[:at], unsure[at:]) if some]
    one = [work(chunk, task, PLAN) for chunk in chunks]
    for got, want in zip(merged([*(each.partial for each in sifted), *judged], PLAN), merged(one, PLAN), strict=True):
        assert got.equals(want)
    assert [each.partial.tallies for each in sifted] == [each.tallies for each in one]


def test_what_no_rule_could_know_is_not_kept() -> None:
    lines = combined(400, share=0.1)
    task = task_of(lines, PLAN)
    unsure = sift(chunk_of(lines), task, PLAN).unsure
    assert unsure is not None
    assert unsure.events.height == sum('" 401 ' in line for line in lines)
    assert unsure.lines["event.original"].to_list() == [line for line in lines if '" 401 ' in line]


def test_blank_chunks_and_plans_of_all_events_are_worked_on_at_once() -> None:
    lines = LOGS["combined"]
    task, whole = task_of(lines, PLAN), make_plan(all_events=True)
    assert sift(chunk_of(["", " "]), task, PLAN).unsure is None
    at_once = sift(chunk_of(lines), task_of(lines, whole), whole)
    assert at_once.unsure is None
    assert at_once.partial.events.height == len(lines)
