"""Which files are JSON documents, and how they are cut into chunks."""

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.ingest.chunk import Chunk
from logscan.ingest.document import document_chunks, sample_of
from logscan.ingest.limits import load_limits
from logscan.ingest.lines import read_lines
from logscan.ingest.raw import Filled

LIMITS = load_limits()
RECORDS: list[dict[str, Any]] = [{"at": n, "text": 'é "q"\n', "list": [{"x": n}]} for n in range(5)]
LINES = "\n".join(map(json.dumps, RECORDS)) + "\n"


class Content(Filled):
    start = 7


def chunks(data: bytes, size: int) -> list[Chunk]:
    return list(document_chunks(Content(io.BytesIO(data)), "a.json", LIMITS, size=size))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (json.dumps(RECORDS), 5),
        ("\n\n  " + json.dumps(RECORDS, indent=2), 5),
        (json.dumps({"Records": RECORDS}), 5),
        (json.dumps({"nextToken": "f", "events": RECORDS}, indent=1), 5),
        ("\n".join(json.dumps(record, indent=2) for record in RECORDS), 5),
        ("".join(map(json.dumps, RECORDS)), 5),
        ("[]\n", 0),
        (LINES, None),
        (json.dumps(RECORDS[0]) + "\n", None),
        (json.dumps(RECORDS[0]), None),
        (LINES[:30] + "\n" + LINES, None),
        ("[2026-03-12 06:25:24] a line\n", None),
        ("[{a line}\n", None),
        ("{a line}\n", None),
        ("words\n" + json.dumps(RECORDS), None),
        ("", None),
        ('{"id":1,"actor":{"x":1},"events":[{"a":1}]}\n', None),
    ],
)
def test_documents_are_told_from_lines(text: str, count: int | None) -> None:
    got = sample_of(text.encode(), LIMITS, whole=True)
    assert (None if got is None else len(got)) == count


def test_a_head_that_is_cut_is_enough() -> None:
    pretty = json.dumps(RECORDS[0], indent=2)
    assert sample_of((pretty[:-3]).encode(), LIMITS, whole=False) == []
    assert sample_of(json.dumps(RECORDS)[:200].encode(), LIMITS, whole=False) is not None
    assert sample_of(json.dumps(RECORDS[0])[:20].encode(), LIMITS, whole=False) is None


@given(st.integers(1, 400), st.sampled_from([None, 0, 2]), st.booleans())
def test_chunks_are_the_content_and_their_size_changes_nothing(size: int, indent: int | None, cut: bool) -> None:
    data = json.dumps({"Records": RECORDS, "x": [1]}, indent=indent, ensure_ascii=False).encode()
    data = data[:-60] if cut else data
    got, whole = chunks(data, size), chunks(data, 1 << 20)
    assert b"".join(chunk.data for chunk in got) == data
    assert [chunk.offset for chunk in got] == [7 + sum(len(c.data) for c in got[:n]) for n in range(len(got))]
    assert rows(got) == rows(whole)
    assert counts(got) == counts(whole)


def rows(found: list[Chunk]) -> list[tuple[object, ...]]:
    out: list[tuple[object, ...]] = []
    for chunk in found:
        assert chunk.records is not None
        lines, repaired = read_lines(chunk)
        assert not repaired
        assert lines["logscan.line"].to_list() == list(range(1, lines.height + 1))
        offsets, texts = lines["log.offset"].to_list(), lines["event.original"].to_list()
        out += list(zip(offsets, texts, chunk.records.lines, chunk.records.faults, strict=True))
    return out


def counts(found: list[Chunk]) -> tuple[int, int]:
    records = [chunk.records for chunk in found if chunk.records is not None]
    return sum(each.continuations for each in records), sum(each.blank for each in records)


def test_bytes_that_are_no_text_are_shown_and_counted() -> None:
    (chunk,) = chunks(b'[{"a":"\xff\xfe"},{"b":"\xc3\xa9\x00"}]', 1 << 20)
    lines, repaired = read_lines(chunk)
    assert lines["event.original"].to_list() == ['{"a":"\\xff\\xfe"}', '{"b":"é\\x00"}']
    assert lines["log.offset"].to_list() == [8, 8 + 11]
    assert repaired == 2
