"""Variables and text become a pattern that reads hostile values and does not let them move the fields behind them."""

from typing import Any

import polars as pl
import pytest

from logscan.ingest.template import Names, drawn, joined, literal, without_stand_ins
from logscan.ingest.variables import Fill, Part, Shape, load_variables

SHAPES = load_variables().shapes


def part(shape: str, *columns: str, said: str = "") -> Part:
    return Part(said or f"${shape}", SHAPES[shape], tuple(Fill(column) for column in columns))


STATUS, AGENT = part("status", "http.response.status_code"), part("agent", "user_agent.original")


def groups(pieces: list[Any], escape: str, line: str) -> dict[str, str | None] | None:
    found = pl.Series([line]).str.extract_groups(drawn(pieces, escape).pattern)[0]
    return None if not any(value is not None for value in found.values()) else found


@pytest.mark.parametrize("text", ["a.b", "[x](y)", "{1,2}", "^$", "a|b", "\\", "tab\there", "\x1b[31m", "ü", "#&~ -"])
def test_a_literal_matches_itself_and_nothing_else(text: str) -> None:
    assert pl.Series([text, text + "x", "x" + text]).str.contains(f"^{literal(text)}$").to_list() == [
        True,
        False,
        False,
    ]
    assert literal(text).isprintable()


def test_captures_are_named_after_columns_each_once() -> None:
    names = Names()
    assert [names.of(column) for column in ("source.address", "source.address", "error.code")] == [
        "client", "client_2", "error_code"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("escape", "value"),
    [("default", r"x\x22 500 \x22y"), ("json", r"x\" 500 \"y"), ("apache", r"a \"b\" 500"), ("apache", "-")],
)
def test_what_stands_in_quotes_cannot_move_what_is_behind_it(escape: str, value: str) -> None:
    found = groups(['"', AGENT, '" ', STATUS], escape, f'"{value}" 401')
    assert found == {"agent": value, "status": "401"}


def test_a_quote_that_nobody_escapes_does_not_end_the_line_early() -> None:
    found = groups(['"', AGENT, '" ', STATUS], "none", '"x" 500 "y" 401')
    assert found == {"agent": 'x" 500 "y', "status": "401"}


@pytest.mark.parametrize(
    ("line", "method", "uri"),
    [
        ('"GET /a?b=1 HTTP/1.1" 401', "GET", "/a?b=1"),
        ('"GET /a b HTTP/1.1" 401', "GET", "/a b"),
        ('"GET /old" 401', "GET", "/old"),
        (r'"\x16\x03\x01" 401', None, None),
        ('"" 401', None, None),
        ('"-" 401', None, None),
    ],
)
def test_a_request_may_be_anything(line: str, method: str | None, uri: str | None) -> None:
    pieces = ['"', Part("$request", SHAPES["request"]), '" ', STATUS]
    assert groups(pieces, "default", line) == {"method": method, "uri": uri, "status": "401"}


def test_variables_that_nothing_tells_apart_are_not_read_and_said() -> None:
    pieces, notes = joined([part("user", "user.name"), AGENT, "", " ", "x"])
    assert pieces == [Part("$user$agent", Shape(samples=("one", "-", "two"))), " x"]
    assert notes == ["$user$agent: nothing stands between them, so neither is read; put a blank or a `|` between them"]


@pytest.mark.parametrize(
    ("left", "right"), [("status", "number"), ("host", "uri"), ("clf", "agent"), ("method", "path")]
)
def test_variables_that_tell_themselves_apart_are_read(left: str, right: str) -> None:
    assert joined([part(left), part(right)]) == ([part(left), part(right)], [])


def test_a_text_that_may_hold_what_ends_it_is_told() -> None:
    (note,) = drawn([AGENT, "|", STATUS], "default").notes
    assert note.startswith("$agent: it may hold `|` itself")
    (note,) = drawn(['"', AGENT, '"', STATUS], "none").notes
    assert "escape=none" in note
    assert drawn(['"', AGENT, '" ', STATUS, " ", AGENT], "default").notes == ()


def test_a_stand_in_is_left_out_where_the_real_one_is() -> None:
    other = Part("$o", SHAPES["status"], (Fill("http.response.status_code", 4),))
    assert without_stand_ins([STATUS, " ", other]) == [STATUS, " ", Part("$o", SHAPES["status"])]
    assert without_stand_ins([other]) == [other]


def test_a_column_that_several_fill_takes_the_best_first() -> None:
    second = Part("$x", SHAPES["status"], (Fill("http.response.status_code", 1, within="(.*)"),))
    made = drawn([second, " ", STATUS], "default").columns
    assert list(made) == ["status_2", "status"]
    assert made["status"] == {"column": "http.response.status_code", "within": "(.*)"}
