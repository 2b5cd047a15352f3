"""Records of JSON documents: where they stand does not depend on how the text comes, and nothing is lost."""

import itertools
import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from logscan.ingest.limits import load_limits
from logscan.ingest.records import Splitter

LIMITS = load_limits()
RECORDS: list[dict[str, Any]] = [{"at": n, "in": {"list": ["x", "}{[,"]}, "text": 'é "q" \\'} for n in range(4)]
Found = tuple[list[tuple[str, int, str]], int, int]


def found(text: str, cuts: list[int] | None = None, most: int = 1 << 20) -> Found:
    """Text, line and fault of every row; continuations; blank."""
    splitter = Splitter(LIMITS.record_lists, LIMITS.record_lists_beside, most, LIMITS.record_rows)
    places = [0, *sorted(cuts or []), len(text)]
    rows, held = [], ""
    for number, (low, high) in enumerate(itertools.pairwise(places), 2):
        held += text[low:high]
        got, done = splitter.feed(held, ended=number == len(places))
        rows += [(held[row.start : row.end], row.line, row.fault) for row in got]
        held = held[done:]
    return rows, splitter.lines.continuations, splitter.lines.blank


def lines_of(text: str) -> int:
    return text.count("\n") + (not text.endswith("\n") and bool(text))


ONE_PER_LINE = "[\n" + ",\n".join(map(json.dumps, RECORDS)) + "\n]\n"
DOCUMENTS = [
    json.dumps(RECORDS),
    json.dumps(RECORDS, indent=2) + "\n",
    json.dumps({"Records": RECORDS}),
    json.dumps({"Records": RECORDS}, indent=4),
    json.dumps({"messageType": "DATA", "owner": "1", "logEvents": RECORDS, "more": {"x": [1, {"y": 2}]}}),
    json.dumps(
        {"took": 3, "_shards": {"total": 1}, "hits": {"total": {"value": 4}, "hits": RECORDS}, "more": 1}, indent=1
    ),
    "".join(map(json.dumps, RECORDS)),
    "\n".join(json.dumps(record, indent=4) for record in RECORDS) + "\n",
    ONE_PER_LINE,
    "[ " + ", ".join(json.dumps(record, indent=1) for record in RECORDS) + " ]",
    "[{},\r\n" + ",\r\n".join(map(json.dumps, RECORDS)) + "]\r\n",
]


@pytest.mark.parametrize("text", DOCUMENTS, ids=range(len(DOCUMENTS)))
def test_every_record_is_found_where_it_begins(text: str) -> None:
    rows, continuations, blank = found(text)
    whole = [json.loads(row) for row, _, fault in rows if not fault]
    assert [record for record in whole if record] == RECORDS
    assert not any(fault for _, _, fault in rows)
    for row, line, _ in rows:
        assert row.split("\n")[0].strip() in text.split("\n")[line - 1]
    begun = len({line for _, line, _ in rows})
    assert begun + continuations + blank == lines_of(text)


@given(
    st.sampled_from(DOCUMENTS),
    st.lists(st.integers(0, 400), max_size=8),
    st.integers(0, 400),
    st.sampled_from(["", '"', "}", "{", "]", "\n", "x", "\\", "[{"]),
    st.booleans(),
)
@example(ONE_PER_LINE, [70, 71], 80, '"', True)
def test_pieces_do_not_change_what_is_found_whatever_is_broken(
    text: str, cuts: list[int], at: int, planted: str, cut: bool
) -> None:
    at = min(at, len(text))
    text = text[:at] + planted + ("" if cut else text[at:])
    inside = [place for place in cuts if place < len(text)]
    whole = found(text)
    assert found(text, inside) == whole
    rows, continuations, blank = whole
    assert len({line for _, line, _ in rows}) + continuations + blank == lines_of(text)
    for row, _, _ in rows:
        assert row in text


@given(
    st.lists(
        st.sampled_from(['{"a":1}', "[", "]", "{", "}", '"', ",", "\n", '{"Records":[', "word", "\\", " ", "7"]),
        max_size=40,
    ),
    st.lists(st.integers(0, 60), max_size=6),
)
def test_any_text_is_read_to_its_end(parts: list[str], cuts: list[int]) -> None:
    text = "".join(parts)
    rows, continuations, blank = found(text, [cut for cut in cuts if cut < len(text)])
    assert found(text) == (rows, continuations, blank)
    assert len({line for _, line, _ in rows}) + continuations + blank == lines_of(text)


def test_a_broken_record_takes_no_other_with_it() -> None:
    records = [{"at": n, "nested": [{"x": n}]} for n in range(6)]
    for text in (json.dumps(records), json.dumps(records, indent=2), ONE_PER_LINE):
        broken = text.replace('"at": 2', '"at": "2', 1)
        rows, _, _ = found(broken)
        good = [json.loads(row)["at"] for row, _, fault in rows if not fault]
        assert good == [n for n in range(text.count('"at"')) if n != 2]
        fault = next(fault for _, _, fault in rows if fault)
        assert fault.startswith("the JSON record breaks at character ")


def test_an_unfinished_document_keeps_what_is_whole() -> None:
    rows, _, _ = found(json.dumps({"Records": RECORDS})[:-20])
    assert [bool(fault) for _, _, fault in rows] == [False, False, False, True]
    assert rows[-1][2] == "the JSON record is cut off by the end of the file"


def test_a_record_beyond_the_bound_is_told_and_the_next_one_read() -> None:
    text = json.dumps([{"at": 1}, {"at": 2, "x": "y" * 500}, {"at": 3}])
    for cuts in ([], [30], [30, 300]):
        rows, _, _ = found(text, cuts, most=100)
        assert [fault for _, _, fault in rows] == ["", "the JSON record is longer than 100 bytes", ""]


def test_brackets_without_end_cost_little() -> None:
    for text in ("[" + "{" * 100_000, '[{"a":' + "[" * 100_000, "[" + '{"a":' * 50_000, "[{" + "9" * 100_000):
        rows, _, _ = found(text)
        assert all(fault for _, _, fault in rows)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ('{"id": {"x": 1}, "actor": {}, "events": [{"name": "login"}]}', 1),  # a record that has a list
        ('{"kind": "k", "items": [{"id": 1, "events": [{"name": "login"}]}, {"id": 2}]}', 2),
        ('{"value": ["a", "b"]}', 1),
        ('{"value": []}\n{"value": [{"a": 1}]}', 1),
        ("[1, 2]", 1),
        ('["a", {"a": 1}]', 1),
        ('{"a": 1} and words\nmore words\n{"a": 2}', 4),
    ],
)
def test_what_counts_as_a_record(text: str, count: int) -> None:
    assert len(found(text)[0]) == count
