import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logscan.ingest import w3c
from logscan.ingest.chunk import Chunk
from logscan.ingest.header import COLUMN, governed, head_of, in_force
from logscan.ingest.keyed import FIELDS
from logscan.ingest.lines import read_lines
from logscan.ingest.parse import Parsed, parse
from logscan.ingest.shape import Column, Format
from logscan.ingest.when import Clock
from logscan.model.schemas import EVENTS, LINES
from tests.ingest.frames import CLOCK, FORMATS, lines_of

ALL = frozenset(EVENTS)
TIME = Column("@timestamp", ("date", "time"), join=" ", zone="UTC")
HEAD = "#Fields: date time c-ip cs-method cs-uri-stem cs-uri-query sc-status sc-substatus"
LINE = "2026-03-12 06:25:24 192.0.2.7 GET /a x=1 401 2"


def format_of(name: str, columns: Sequence[Column] = (TIME,), **more: Any) -> Format:
    usual: dict[str, Any] = {"requires": (), "order": 1, "strength": "strong", "inner": "", "multiline": False}
    return Format(
        id=name, title=name, reference="", kind="w3c", logsource={}, layouts=(), null_values=("-", ""),
        columns=tuple(columns), extract=(), samples=(), path="w3c.yml", **(usual | more),
    )  # fmt: skip


URL = Column("url.original", ("cs-uri-stem", "cs-uri-query"), join="?")
CODE = Column("error.code", ("sc-status", "sc-substatus"), join=" ")
CLIENT = Column("source.address", ("x-forwarded-for", "c-ip"))
SMALL = format_of("small", [TIME, URL, CODE, CLIENT])


def read(texts: Sequence[str], *formats: Format, want: frozenset[str] = ALL, zone: str = "UTC") -> Parsed:
    return parse(lines_of(texts), formats or (SMALL,), want, Clock(zone, CLOCK.reference))


def rows(texts: Sequence[str], *names: str) -> list[tuple[Any, ...]]:
    return read(texts).events.select(names).rows()


def test_columns_are_those_that_the_directive_names() -> None:
    other = "#Fields: sc-status c-ip date time cs-uri-stem"
    texts = [HEAD, LINE, other, "403 192.0.2.8 2026-03-13 00:00:00 /b", LINE]
    assert rows(texts, "logscan.line", "source.address", "url.original", "error.code") == [
        (2, "192.0.2.7", "/a?x=1", "401 2"),
        (4, "192.0.2.8", "/b", "403"),
    ]
    got = read(texts)
    assert (got.blank, got.rejects["logscan.line"].to_list()) == (2, [5])


def test_every_directive_is_counted_and_is_no_event() -> None:
    texts = [
        "#Software: x", "#Version: 1.0", "#Date: 2026-03-12 00:00:00", "#Remark: y", "#Start-Date: z", "#End-Date: z",
        "#Log-type: SMTP Receive Log", "#Time Format: Local", "#separator \\x09", "#set_separator\t,", "#empty_field\t-",
        "#unset_field\t-", "#path\thttp", "#open\t2026", "#types\ttime", "#close\t2026", "#VERSION: 1.0",
    ]  # fmt: skip
    got = read([*texts, "# Version: 1", "#anything", "#paths"])
    assert (got.blank, got.rejects.height) == (len(texts), 3)


def test_a_part_of_a_joined_text_may_be_missing_but_not_the_first() -> None:
    head = "#Fields: date time cs-uri-stem cs-uri-query"
    texts = [head, "2026-03-12 06:25:24 /a -", "2026-03-12 06:25:24 - x=1", "2026-03-12 06:25:24 /a ?"]
    assert rows(texts, "url.original") == [("/a",), (None,), ("/a??",)]


def test_times_are_in_the_zone_of_the_format_whatever_the_clock_says() -> None:
    zoned = replace(TIME, name="event.timezone")
    got = read([HEAD, LINE], format_of("small", [TIME, zoned]), zone="+05:00").events
    assert got["@timestamp"][0].isoformat() == "2026-03-12T06:25:24+00:00"
    assert got["event.timezone"].to_list() == ["UTC"]


def test_a_time_alone_takes_its_date_from_the_directive() -> None:
    texts = ["#Date: 2026-03-12 00:00:00", "#Fields: time c-ip", "06:25:24 192.0.2.7", "x 192.0.2.7"]
    assert [str(row[0])[:19] for row in rows(texts, "@timestamp")] == ["2026-03-12 06:25:24"]
    assert rows(texts[1:3], "@timestamp", "source.address") == [(None, "192.0.2.7")]


def test_names_that_come_twice_count_once_and_the_first_counts() -> None:
    assert rows(["#Fields: c-ip C-IP", "192.0.2.7 192.0.2.8"], "source.address", FIELDS) == [("192.0.2.7", None)]


def test_what_no_column_takes_is_kept_as_json() -> None:
    texts = ["#Fields: c-ip X-Id s-port empty", '192.0.2.7 "a ""b""" 443 -', "192.0.2.8 - - -"]
    assert rows(texts, FIELDS) == [('{"x-id":"a \\"b\\"","s-port":"443"}',), (None,)]


def test_tabs_may_part_columns_whose_names_blanks_part() -> None:
    texts = [HEAD, LINE.replace(" ", "\t"), LINE, LINE.replace("/a", "/a\tb")]
    assert rows(texts, "logscan.line", "url.original") == [(2, "/a?x=1"), (3, "/a?x=1")]


def test_the_format_that_requires_most_takes_the_lines() -> None:
    wide, other = format_of("wide", requires=("c-ip|x-ip", "sc-status")), format_of("other", requires=("s-reason",))
    for formats in ((SMALL, wide, other), (other, wide, SMALL)):
        assert read([HEAD, LINE], *formats).events["event.dataset"].to_list() == ["wide"]
    assert read([HEAD, LINE], other).events.is_empty()


def test_names_that_no_column_takes_cost_no_column_each() -> None:
    texts = [text for n in range(300) for text in (f"#Fields: c-ip f{n}", f"192.0.2.7 {n}")]
    way = w3c._Choice([SMALL], list(ALL)).way
    lines = governed(lines_of(texts)).with_row_index("_row").filter(~pl.col("event.original").str.starts_with("#"))
    ways = {text: found for text in lines[COLUMN] if (found := way(head_of(text)))}
    for read_by in (w3c._one_by_one, w3c._at_once):
        ((_, texts_of),) = read_by(lines, ways)
        assert texts_of.columns == ["_row", *LINES, FIELDS, "=c-ip"]
        assert texts_of[FIELDS].to_list() == [f'{{"f{n}":"{n}"}}' for n in range(300)]


@pytest.mark.parametrize("line", ["#Fields:", "#Fields: " + "x " * 300, "#Fields: ,,", "#Fields"])
def test_a_malformed_directive_governs_nothing(line: str) -> None:
    assert read([HEAD, line, LINE]).events.height == (1 if line == "#Fields" else 0)


def test_a_directive_within_another_line_is_a_line_like_any_other() -> None:
    wrapped = [json.dumps({"log": text, "stream": "stdout", "time": "2026-03-12T06:25:24Z"}) for text in (HEAD, LINE)]
    got = parse(lines_of(wrapped), FORMATS, ALL, CLOCK)
    assert (got.events.height, got.rejects.height, got.blank) == (2, 0, 0)


TEXTS = st.sampled_from(
    [
        HEAD, LINE, LINE + " ", LINE + " 3", LINE[:-2], LINE.replace(" ", "\t"), "#Fields: time c-ip", "06:25:24 192.0.2.9",
        "#Date: 2026-03-12", "#Fields:", "#Fields: c-ip c-ip", '"192.0.2.1" 192.0.2.2', "#Version: 1.0", "", "x",
        "#Fields: date-time,c-ip,sc-status", '2026-03-12T06:25:24Z,"192.0.2.7",401', "#Fields: a b",
        "2026-03-12 06:25:24,103 - shop - ERROR - call failed", "Traceback (most recent call last):", "    at x",
    ]
)  # fmt: skip


def events(got: Parsed) -> list[Any]:
    return got.events.rows()


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS, max_size=14))
def test_line_by_line_is_as_all_at_once(texts: list[str]) -> None:
    at_once = read(texts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(w3c, "_AT_ONCE", -1)
        one_by_one = read(texts)
    assert events(at_once) == events(one_by_one)
    assert at_once.rejects.equals(one_by_one.rejects)


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS, max_size=14), st.lists(st.integers(0, 14), max_size=3))
def test_the_answer_does_not_depend_on_where_the_lines_are_cut(texts: list[str], cuts: list[int]) -> None:
    formats = [SMALL, format_of("csv", [TIME], requires=("date-time",))]
    whole = parse(lines_of(texts), formats, ALL, CLOCK)
    assert len(texts) == whole.events.height + whole.rejects.height + whole.continuations + whole.blank
    found, header, at = [], in_force(b""), 0
    for cut in [*sorted(min(cut, len(texts)) for cut in cuts), len(texts)]:
        data = "".join(f"{text}\n" for text in texts[at:cut]).encode()
        offset = sum(len(text.encode()) + 1 for text in texts[:at])
        lines, _ = read_lines(Chunk("a", offset, at + 1, data, 0))
        found.append(parse(governed(lines, header), formats, ALL, CLOCK))
        header, at = in_force(data, header), cut
    assert pl.concat([part.events for part in found]).rows() == events(whole)
    assert sum(part.blank for part in found) == whole.blank


@settings(max_examples=40, deadline=None)
@given(st.lists(TEXTS, max_size=10), st.sampled_from([frozenset(), frozenset({"source.address"}), ALL]))
def test_which_lines_are_taken_does_not_depend_on_what_is_wanted(texts: list[str], want: frozenset[str]) -> None:
    narrow, wide = read(texts, want=want), read(texts)
    assert narrow.events["logscan.line"].to_list() == wide.events["logscan.line"].to_list()
    for name in want - {"log.file.path"}:
        assert narrow.events[name].equals(wide.events[name], null_equal=True)
