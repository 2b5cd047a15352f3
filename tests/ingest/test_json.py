"""Formats of kind json: which lines they take and what they read."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logscan.ingest.json import read_json
from logscan.model.schemas import EVENTS, LINES
from tests.ingest.frames import CLOCK, FORMATS, format_of, lines_of

JSON = tuple(fmt for fmt in FORMATS if fmt.kind == "json")
ALL = frozenset(EVENTS)
FEWER = settings(max_examples=settings().max_examples // 2)  # each reads with every format there is
SAMPLES = [sample.line for fmt in JSON for sample in fmt.samples]


def row(line: str) -> dict[str, Any]:
    return read_json(lines_of([line]), JSON, ALL, CLOCK).events.row(0, named=True)


@pytest.mark.parametrize("fmt", JSON, ids=lambda fmt: fmt.id)
def test_among_all_json_formats_each_claims_its_own_samples(fmt: Any) -> None:
    lines = [line for sample in fmt.samples if sample.expect is not None for line in sample.line.split("\n")]
    read = read_json(lines_of(lines), JSON, frozenset(), CLOCK)
    assert read.hit.all()
    assert set(read.events["event.dataset"]) == {fmt.id}


@given(st.lists(st.sampled_from(SAMPLES) | st.text(max_size=5), max_size=12), st.sets(st.sampled_from(sorted(ALL))))
def test_rows_are_hits_typed_as_the_schema_says(texts: list[str], want: set[str]) -> None:
    lines = lines_of([text.replace("\n", " ") for text in texts])
    read = read_json(lines, JSON, frozenset(want), CLOCK)
    assert read.hit.len() == lines.height
    assert read.events.select(*LINES).equals(lines.filter(read.hit))
    assert read.events.schema == {name: EVENTS[name] for name in read.events.columns}
    assert (want | {*LINES, "event.dataset"}) - {"log.file.path"} <= set(read.events.columns) | {"log.file.path"}


@FEWER
@given(st.lists(st.sampled_from(SAMPLES), min_size=1, max_size=12), st.integers(0, 12))
def test_one_frame_or_many_give_the_same_rows(texts: list[str], cut: int) -> None:
    lines = lines_of(texts)
    whole = read_json(lines, JSON, ALL, CLOCK).events
    parts = [read_json(part, JSON, ALL, CLOCK).events for part in (lines[:cut], lines[cut:])]
    assert pl.concat(parts).equals(whole)


@FEWER
@given(st.lists(st.sampled_from(SAMPLES), max_size=12), st.sets(st.sampled_from(sorted(ALL - {"log.file.path"}))))
def test_what_is_wanted_changes_no_value(texts: list[str], want: set[str]) -> None:
    wide, narrow = (read_json(lines_of(texts), JSON, w, CLOCK) for w in (ALL, frozenset(want)))
    assert narrow.hit.equals(wide.hit)
    assert narrow.events.equals(wide.events.select(narrow.events.columns))


def test_the_format_with_the_most_requirements_met_names_the_dataset() -> None:
    some, more = (
        replace(format_of("generic-json"), id=i, requires=r) for i, r in (("some", ("a",)), ("more", ("a", "b|c")))
    )
    lines = lines_of(['{"a":1}', '{"a":1,"c":2}', '{"b":1}', '{"a":{"b":1}}'])
    read = read_json(lines, [some, more], frozenset(), CLOCK)
    assert read.hit.to_list() == [True, True, False, False]
    assert read.events["event.dataset"].to_list() == ["some", "more"]


def test_a_format_that_requires_nothing_fills_the_gaps_of_the_others() -> None:
    line = '{"level":30,"time":1773296724123,"pid":1,"hostname":"h","msg":"m","statusCode":"401 Unauthorized","clientIp":"192.0.2.7:80"}'
    alone = read_json(lines_of([line]), [format_of("pino")], ALL, CLOCK).events.row(0, named=True)
    together = row(line)
    assert (alone["source.address"], together["source.address"]) == (None, "192.0.2.7:80")
    assert together["http.response.status_code"] == 401
    assert together["event.dataset"] == "pino"


@pytest.mark.parametrize(
    "stamp",
    ['"2026-03-12T06:25:24.500Z"', '"2026-03-12T07:25:24,500+01:00"', "1773296724.5", "1773296724500", "1773296724500000",
     "1773296724500000000", '"1773296724500"', '"2026-03-12 06:25:24.5"'],
)  # fmt: skip
def test_any_usual_time_is_the_same_instant(stamp: str) -> None:
    assert row(f'{{"time":{stamp}}}')["@timestamp"] == datetime(2026, 3, 12, 6, 25, 24, 500_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "want"),
    [
        ('{"err":{"type":"A","code":7,"message":"m"}}', {"error.type": "A", "error.code": "7", "error.message": "m"}),
        ('{"error":"m"}', {"error.message": "m"}),
        ('{"error":{"message":"m","x":1}}', {"error.message": "m"}),
        ('{"exception":[{"exc_type":"A","exc_value":"m"}]}', {"error.type": "A", "error.message": "m"}),
        ('{"errors":[{"code":"c","message":"m"},{"code":"d"}]}', {"error.code": "c", "error.message": "m"}),
        ('{"message":{"a":1},"user":["x"]}', {"message": '{"a":1}', "user.name": None}),
        ('{"message":null,"msg":"m"}', {"message": "m"}),
        ('{"status":"failed","code":401}', {"http.response.status_code": 401}),
        ('{"status":70000,"size":-1}', {"http.response.status_code": None, "http.response.body.bytes": None}),
        ('{"error":false,"exc_info":true,"code":0}', {"error.message": None, "error.code": None}),
        ('{"user":"-","username":"ada"}', {"user.name": "ada"}),
        ('{"res":{"headers":{"www-authenticate":"Digest"}}}', {"logscan.challenge": "Digest"}),
        ('{"req":{"headers":{"x-request-id":"r"}},"trace":{"id":"t"}}', {"http.request.id": "r", "trace.id": "t"}),
        ('{"kubernetes":{"pod_name":"p"},"level":20}', {"host.name": "p", "log.level": "debug"}),
    ],
)
def test_the_same_thing_in_many_spellings(line: str, want: dict[str, Any]) -> None:
    got = row(line)
    assert {name: got[name] for name in want} == want


def test_what_has_no_column_is_kept() -> None:
    got = row('{"msg":"m","level":"info","status":"ok","code":200,"tags":["a"],"user":{"name":"ada","age":1.50}}')
    assert json.loads(got["logscan.fields"]) == {"status": "ok", "tags": ["a"], "user": {"age": 1.5}}
    assert row('{"msg":"m"}')["logscan.fields"] is None


def test_lines_that_are_no_json_object_are_left_to_others() -> None:
    read = read_json(lines_of(["", "x", "[1]", '{"a":1', "null", '{"a":1}']), JSON, frozenset({"message"}), CLOCK)
    assert read.hit.to_list() == [False] * 5 + [True]


def test_the_json_formats_stand_together_so_that_all_are_read_at_once() -> None:
    at = [n for n, fmt in enumerate(FORMATS) if fmt.kind == "json"]
    assert at == list(range(at[0], at[0] + len(at)))
    assert FORMATS[at[-1]].id == "generic-json"
