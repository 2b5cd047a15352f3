"""How far formats get in a line, without a word of the line."""

import pytest

from logscan.ingest.candidates import Candidate, candidates
from logscan.ingest.shape import Format
from tests.ingest.frames import CLOCK, FORMATS, format_of, lines_of, small_format

WEB = '192.0.2.7 - - [12/Mar/2026:06:25:24 +0000] "GET /a HTTP/1.1" 401 0 "-" "curl/8.5"'


def told(line: str, *formats: Format) -> list[Candidate]:
    return candidates(lines_of([line]), formats, CLOCK)


def test_those_that_read_the_line_come_first_then_the_nearest() -> None:
    order = [format_of(name) for name in ("nginx-error", "common", "combined", "ecs-json")]
    found = told(WEB, *order)
    assert (found[0].id, found[0].reads) == ("combined", True)
    assert [each.column for each in found[1:]] == sorted((each.column for each in found[1:]), reverse=True)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("abc", "reads it"),
        ("ab", "the line ends too early"),
        ("abx", "stops at column 3"),
        ("x", "does not know how it begins"),
    ],
)
def test_a_pattern_says_where_it_stops(line: str, words: str) -> None:
    assert told(line, small_format("^(?<a>a)bc", {"a": "message"}))[0].words == words


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("x", "the line is no JSON object"),
        ("[1]", "the line is no JSON object"),
        ('{"a":1}', "lacks b or c.d"),
        ('{"a":null,"c":{"d":1}}', "lacks a"),
    ],
)
def test_json_says_what_it_lacks(line: str, words: str) -> None:
    fmt = small_format("", {}, id="j")
    fmt = Format(**{**vars(fmt), "kind": "json", "layouts": (), "requires": ("a", "b|c.d")})
    assert told(line, fmt)[0].words == words


def test_every_format_says_something_of_any_line() -> None:
    for line in (WEB, '{"a":{"b":[1]}}', "a=1 b=2", "\x1b[31m", "x" * 5_000, "{" * 5_000):
        found = told(line, *FORMATS)
        assert len(found) == len(FORMATS)
        assert all(each.words for each in found)
