"""The text under a key into a column."""

from dataclasses import replace

import polars as pl
import pytest

from logscan.ingest.keyed import Group, columns_of, groups_of, names_of, value
from logscan.ingest.shape import Column
from logscan.model.schemas import EVENTS
from tests.ingest.frames import CLOCK, format_of


def one(name: str, text: str, unit: str = "ns") -> object:
    frame = pl.DataFrame({"t": [text, "x:y HTTP/1.1", None, "7"]})
    return frame.select(value(pl.col("t"), Column(name, ("t",), unit=unit), ("-",), CLOCK))[0, 0]


@pytest.mark.parametrize(
    ("name", "text", "want"),
    [
        ("http.response.status_code", "401", 401),
        ("http.response.status_code", " 401 Unauthorized", 401),
        ("http.response.status_code", "4010", None),
        ("http.response.status_code", "099", None),
        ("http.response.status_code", "ok", None),
        ("http.request.method", "get", "get"),
        ("http.request.method", "PROPFIND", "PROPFIND"),
        ("http.request.method", "POST /a HTTP/1.1", "POST"),
        ("http.request.method", "a request", None),
        ("url.original", "POST /a?b HTTP/2.0", "/a?b"),
        ("url.original", "/a b", "/a b"),
        ("source.address", "2001:db8::1", "2001:db8::1"),
        ("source.address", "client.example.com", "client.example.com"),
        ("user.name", "-", None),
        ("event.duration", "250", 250),
        ("event.duration", "1.5ms", 1_500_000),
        ("event.duration", "20µs", 20_000),
        ("event.duration", "soon", None),
        ("event.duration", "inf", None),
    ],
)
def test_the_usual_ways_to_write_a_thing(name: str, text: str, want: object) -> None:
    assert one(name, text) == want


def test_a_unit_in_the_text_wins_over_the_formats() -> None:
    assert one("event.duration", "3", "ms") == 3_000_000
    assert one("event.duration", "3s", "ms") == 3_000_000_000


def test_a_text_that_stands_for_nothing_is_null() -> None:
    column = Column("error.message", ("t",), values={"false": "", "1": "yes"})
    frame = pl.DataFrame({"t": ["false", "1", "x"]})
    assert frame.select(value(pl.col("t"), column, (), CLOCK)).to_series().to_list() == [None, "yes", "x"]


def test_what_a_format_explains_is_understood_as_it_stands() -> None:
    column = Column("http.response.status_code", ("t",), values={"0": "0"})
    frame = pl.DataFrame({"t": ["0", "401 Unauthorized", "00", None]})
    assert frame.select(value(pl.col("t"), column, (), CLOCK)).to_series().to_list() == [0, 401, None, None]


def test_the_first_key_that_converts_counts() -> None:
    fmt = format_of("generic-json")
    there = {"status": pl.lit("failed"), "code": pl.lit("401")}
    got = pl.select(columns_of([fmt], ["http.response.status_code", "user.name"], there, CLOCK))
    assert got.row(0) == (401, None)
    assert got.schema == {name: EVENTS[name] for name in got.columns}


def test_names_come_in_the_order_of_the_schema_without_those_every_line_has() -> None:
    assert names_of({"message", "logscan.line", "event.dataset", "@timestamp"}) == ["@timestamp", "message"]


def test_groups_name_each_columns_keys_once() -> None:
    groups = groups_of([format_of("zap"), format_of("zap")])
    assert Group(numeric=False, paths=("ts",)) in groups
    assert next(group for group in groups if group.numeric).paths == ("status", "status_code", "statusCode", "code")


def test_a_key_of_which_a_column_takes_but_a_part_is_in_no_group() -> None:
    columns = (Column("user.name", ("who", "dn"), within="cn=([a-z]+)"), Column("message", ("msg",)))
    fmt = replace(format_of("zap"), columns=columns)
    assert groups_of([fmt]) == (Group(numeric=False, paths=("msg",)),)
