"""JSON documents through the worker and the whole reader: records are events, what is broken is told."""

import functools
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logscan.engine.local import Ran
from logscan.engine.plan import Plan
from tests.engine.chunk_of import make_plan
from tests.engine.test_local import ran, sources


def record(number: int, **more: Any) -> dict[str, Any]:
    status = 401 if number % 3 == 0 else 200
    return {
        "time": f"2026-03-12T06:25:{number % 60:02}Z",
        "level": "info",
        "client_ip": f"192.0.2.{number % 200}",
        "request": {"method": "GET", "uri": f"/orders/{number}"},
        "status": status,
        "tags": [{"n": number}, {"text": 'a "quoted" }{ word'}],
        **more,
    }


RECORDS = [record(n) for n in range(60)]


@functools.cache
def whole_plan() -> Plan:
    return make_plan(all_events=True)


@pytest.fixture
def plan() -> Plan:
    return whole_plan()


def read(plan: Plan, folder: Path, text: str | bytes, **more: Any) -> Ran:
    folder.mkdir(exist_ok=True)
    path = folder / "a.json"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return ran(plan, folder, sources(path), lambda _: None, **more)


def events(done: Ran) -> pl.DataFrame:
    return done.merged.events.lazy().collect().sort("log.offset")


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(RECORDS),
        json.dumps(RECORDS, indent=2),
        json.dumps({"Records": RECORDS}),
        json.dumps({"value": RECORDS, "next": None}, indent=1),
        "\n".join(json.dumps(each, indent=3) for each in RECORDS),
        "".join(map(json.dumps, RECORDS)),
        "[\n" + ",\n".join(map(json.dumps, RECORDS)) + "\n]\n",
    ],
    ids=["line", "array", "list-line", "list", "objects", "objects-line", "array-of-lines"],
)
def test_every_record_is_an_event_at_its_own_place(plan: Plan, tmp_path: Path, text: str) -> None:
    done = read(plan, tmp_path, text, chunk=3000)
    found = events(done)
    assert found["http.response.status_code"].to_list() == [each["status"] for each in RECORDS]
    assert found["url.original"].to_list() == [each["request"]["uri"] for each in RECORDS]
    for line, offset, original in found.select("logscan.line", "log.offset", "event.original").iter_rows():
        assert text[offset : offset + len(original)] == original
        assert line == text.count("\n", 0, offset) + 1
    (tally,) = done.merged.tallies.values()
    assert (tally.events, tally.rejects, tally.bytes) == (60, 0, len(text))
    assert tally.lines == tally.events + tally.continuations + tally.blank
    assert tally.lines == max(text.count("\n") + (not text.endswith("\n")), 60)
    assert done.opened[str(tmp_path / "a.json")].why.startswith("JSON documents: ")
    failures = done.merged.classified.lazy().collect()
    assert failures["log.offset"].n_unique() == failures.height == 20


def test_broken_records_are_told_with_their_line_and_the_others_read(plan: Plan, tmp_path: Path) -> None:
    text = json.dumps({"Records": RECORDS}, indent=1).replace('"/orders/7"', '/orders/7" unauthorized', 1)
    done = read(plan, tmp_path, text[:-40])
    assert done.events == 58
    rejects = done.merged.rejects
    first = rejects.row(0, named=True)
    assert first["reason"].startswith("the JSON record breaks at character ")
    assert text.split("\n")[first["logscan.line"] - 1].strip() == first["event.original"].strip() == "{"
    (tally,) = done.merged.tallies.values()
    assert tally.lines == tally.events + tally.rejects + tally.continuations + tally.blank == text[:-40].count("\n") + 1


def test_secrets_in_broken_records_are_taken_out(plan: Plan, tmp_path: Path) -> None:
    text = json.dumps([record(1), record(2, password="hunter-2-hunter")])
    shown = read(plan, tmp_path, text[:-1].replace('{"n": 2}', "{n}")).merged.rejects["event.original"].to_list()
    assert len(shown) == 1
    assert "hunter-2" not in str(shown)


@settings(max_examples=10)
@given(
    size=st.integers(200, 3000),
    indent=st.sampled_from([None, 1]),
    planted=st.lists(
        st.tuples(st.integers(0, 2000), st.sampled_from(['"', "{", "}", "]", "\n", "", "\x00", "\\"])), max_size=3
    ),
)
def test_the_size_of_chunks_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, size: int, indent: int | None, planted: list[tuple[int, str]]
) -> None:
    text = json.dumps(RECORDS[:10], indent=indent)
    for at, mark in planted:
        text = text[:at] + mark + text[at + 1 :]
    folder = tmp_path_factory.mktemp("size")
    whole, parts = read(whole_plan(), folder / "a", text), read(whole_plan(), folder / "b", text, chunk=size)
    keys = ["logscan.line", "log.offset", "event.original", "event.dataset", "logscan.cause"]
    assert events(whole).select(keys).equals(events(parts).select(keys))
    assert [*whole.merged.tallies.values()] == [*parts.merged.tallies.values()]
    assert whole.merged.rejects.drop("log.file.path").equals(parts.merged.rejects.drop("log.file.path"))
    for tally in whole.merged.tallies.values():
        assert tally.lines == tally.events + tally.rejects + tally.continuations + tally.blank


LOKI = {
    "status": "success",
    "data": {
        "resultType": "streams",
        "result": [
            {
                "stream": {"app": "api", "pod": "api-1"},
                "values": [["1773296724123456789", "token expired é status=401"]],
            },
            {"stream": {"app": "web"}, "values": [["1773296725000000000", "ok"], ["1773296726000000000", "{}"]]},
        ],
        "stats": {"summary": {}},
    },
}


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("size", [64, 1 << 20])
def test_rows_of_a_stream_have_its_labels_wherever_chunks_end(
    plan: Plan, tmp_path: Path, indent: int | None, size: int
) -> None:
    got = events(read(plan, tmp_path, json.dumps(LOKI, indent=indent, ensure_ascii=False), chunk=size))
    assert got["service.name"].to_list() == ["api", "web", "web"]
    assert got["message"].to_list()[:2] == ["token expired é status=401", "ok"]
    assert str(got["@timestamp"][0]) == "2026-03-12 06:25:24.123456+00:00"


TABLE = (
    '"Date","Host","Service","Content"\r\n'
    '"Mar 12, 2026 @ 06:25:24.123","web1","api","token expired: status=401\n  at x (y.js:1)"\r\n'
    '"2026-03-12T06:25:25Z","web2","api","192.0.2.7 - - [12/Mar/2026:06:25:25 +0000] ""GET /a HTTP/1.1"" 401 9"\r\n'
    "2026-03-12T06:25:26Z ERROR a line with three cells, not four, invalid api key\r\n"
)


@pytest.mark.parametrize("size", [16, 1 << 20])
def test_rows_of_a_table_are_events_and_what_is_no_row_is_a_line(plan: Plan, tmp_path: Path, size: int) -> None:
    done = read(plan, tmp_path, TABLE, chunk=size)
    got = events(done)
    assert got["logscan.line"].to_list() == [2, 4, 5]
    assert got["event.dataset"].to_list() == ["table-row", "common", "generic-line"]
    assert got["host.name"].to_list() == ["web1", "web2", None]
    assert got["http.response.status_code"].to_list()[:2] == [401, 401]
    (tally,) = done.merged.tallies.values()
    assert (tally.lines, tally.events, tally.continuations, tally.blank) == (5, 3, 1, 1)
    (opened,) = done.opened.values()
    assert opened.why.startswith("a table whose first line names its columns")
