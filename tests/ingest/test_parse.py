from collections.abc import Sequence

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logscan.ingest.chunk import Chunk
from logscan.ingest.lines import read_lines
from logscan.ingest.parse import Parsed, parse
from logscan.model.schemas import EVENTS, LINES
from tests.ingest.frames import CLOCK, FORMATS, format_of, lines_of

ALL = frozenset(EVENTS)
FEWER = settings(max_examples=settings().max_examples // 2)  # each reads with every format there is
ACCESS = '192.0.2.7 - - [12/Mar/2026:06:25:24 +0100] "GET /a?b=c HTTP/1.1" 401 12 "-" "curl/8.5"'
APP = "2026-03-12 06:25:24,103 - shop - ERROR - call failed"
TRACE = [
    "Traceback (most recent call last):",
    '  File "x.py", line 1',
    "",
    "shop.AuthError: Error code: 401 - {'error': {'message': 'no key', 'code': 'no_key'}}",
]


def read(texts: Sequence[str], want: frozenset[str] = ALL) -> Parsed:
    return parse(lines_of(texts), FORMATS, want, CLOCK)


def test_every_format_takes_what_it_knows_of_the_lines_left() -> None:
    got = read(["?", ACCESS, "", APP, *TRACE, ACCESS, "!"])
    assert got.events["event.dataset"].to_list() == ["combined", "python-logging", "combined"]
    assert got.events["logscan.line"].to_list() == [2, 4, 9]
    assert got.rejects["event.original"].to_list() == ["?", "!"]
    assert (got.continuations, got.blank) == (3, 2)


def test_columns_are_the_wanted_ones_typed() -> None:
    want = frozenset({"url.path", "http.response.status_code", "trace.id"})
    got = read([ACCESS], want)
    assert got.events.schema == {**LINES, "event.dataset": pl.String(), **{n: EVENTS[n] for n in EVENTS if n in want}}
    assert got.events.row(0)[4:] == ("/a", 401, None)
    assert read([], want).events.schema == got.events.schema
    assert read(["?"], want).events.schema == got.events.schema


def test_what_a_continuation_says_counts_even_when_its_text_is_not_wanted() -> None:
    got = read([APP, *TRACE], frozenset({"http.response.status_code", "error.code"}))
    assert got.events.select("http.response.status_code", "error.code").rows() == [(401, "no_key")]
    assert got.events["event.original"].str.starts_with(APP).to_list() == [True]
    whole = read([APP, *TRACE])
    assert whole.events["message"].to_list() == ["\n".join(["call failed", *(t for t in TRACE if t)])]
    assert whole.events["event.original"].to_list() == ["\n".join([APP, *(t for t in TRACE if t)])]


def test_colours_are_read_over_and_kept_in_the_original() -> None:
    line = '\x1b[32mINFO\x1b[0m:     192.0.2.1:5000 - "\x1b[1mGET /x HTTP/1.1\x1b[0m" \x1b[31m401 Unauthorized\x1b[0m'
    got = read([line, "\x1b[1mnothing\x1b[0m"])
    assert got.events.select("event.dataset", "event.original", "url.original", "http.response.status_code").rows() == [
        ("uvicorn-access", line, "/x", 401)
    ]
    assert got.rejects["event.original"].to_list() == ["\x1b[1mnothing\x1b[0m"]


def test_the_order_given_decides() -> None:
    line = "2026-03-12 06:25:24,103 - shop - ERROR - x"
    first = parse(lines_of([line]), [format_of("generic-line"), format_of("python-logging")], ALL, CLOCK)
    assert first.events["event.dataset"].to_list() == ["generic-line"]


@pytest.mark.parametrize(
    ("line", "want"),
    [
        (
            '192.0.2.7 - ada [12/Mar/2026:06:25:24 +0000] "GET / HTTP/1.1" 401 0 "-" "x" 200 5 "y"',
            {"http.response.status_code": 401, "user_agent.original": "x"},
        ),
        (
            '192.0.2.7 - - [12/Mar/2026:06:25:24 +0000] "GET /\\" 200 1 \\"-\\" \\" HTTP/1.1" 401 0 "-" "x"',
            {"http.response.status_code": 401},
        ),
        ('192.0.2.7 - - [12/Mar/2026:06:25:24 +0000] "GET /a b c HTTP/1.1" 404 0 "-" "x"', {"url.original": "/a b c"}),
        (
            '192.0.2.7 - - [12/Mar/2026:06:25:24 +0000] "CONNECT api.example.com:443 HTTP/1.1" 405 0 "-" "x"',
            {"url.original": "api.example.com:443", "url.path": None},
        ),
        (
            '192.0.2.7 - - [12/Mar/2026:06:25:24 +0000] "GET https://api.example.com/x HTTP/1.1" 404 0 "-" "x"',
            {"url.path": "/x", "url.domain": "api.example.com"},
        ),
        ('192.0.2.7 - "" [12/Mar/2026:06:25:24 +0000] "GET / HTTP/1.1" 401 0 "-" "x"', {"user.name": None}),
        (
            '192.0.2.7 - EXAMPLE\\ada [12/Mar/2026:06:25:24 +0000] "GET / HTTP/1.1" 401 0 "-" "x"',
            {"user.name": "EXAMPLE\\ada"},
        ),
        (
            '192.0.2.7 - jörg müller [12/Mar/2026:06:25:24 +0000] "GET /ü HTTP/1.1" 401 0 "-" "Ö"',
            {"user.name": "jörg müller", "url.path": "/ü", "user_agent.original": "Ö"},
        ),
        (
            'unix: - - [12/Mar/2026:06:25:24 +0000] "hello" 400 173 "-" "-"',
            {"source.address": None, "url.original": None},
        ),
        (
            'fe80::1%eth0 - - [12/Mar/2026:06:25:24 +0000] "PROPFIND /dav HTTP/1.1" 401 0 "-" "\x07\x0b"',
            {"source.address": "fe80::1", "http.request.method": "PROPFIND"},
        ),
        (
            '192.0.2.7 - - [12/Mar/2026:06:25:24 +0000] "GET /t\tb HTTP/1.1" 401 0 "-" "a\tb"',
            {"url.original": "/t\tb", "user_agent.original": "a\tb"},
        ),
        (
            '192.0.2.7 - - [12/Mar/2026:06:25:24 +0000] "GET / HTTP/1.1" 401 0 "-" "cut of',
            {"http.response.status_code": 401, "user_agent.original": None},
        ),
        (
            '192.0.2.7 - - [12/Mar/2026:06:25:24 +0000] "GET / HTTP/1.1" 401 70000000000000000000000 "-" "x"',
            {"http.response.body.bytes": None, "http.response.status_code": 401},
        ),
    ],
)
def test_access_lines_of_the_wild_are_events(line: str, want: dict[str, object]) -> None:
    event = read([line]).events.row(0, named=True)
    assert event["event.dataset"] == "combined"
    assert {name: event[name] for name in want} == want


@pytest.mark.parametrize(
    ("message", "want"),
    [
        (
            'HTTP Request: GET https://api.example.com:8443/v1/models "HTTP/2 403 Forbidden"',
            {"status": 403, "path": "/v1/models", "domain": "api.example.com"},
        ),
        (
            "401 Client Error: Unauthorized for url: https://api.example.com/v1/me?x=1",
            {"status": 401, "path": "/v1/me", "reason": "Unauthorized"},
        ),
        (
            'https://api.example.com:443 "POST /v1/chat HTTP/1.1" 401 None',
            {"status": 401, "path": "/v1/chat", "domain": "api.example.com", "method": "POST"},
        ),
        (
            "Error code: 401 - {'error': {'message': \"it isn't valid\", 'type': 'auth', 'code': 'bad_key'}}",
            {"status": 401, "error": "it isn't valid", "code": "bad_key"},
        ),
        (
            'Error code: 429 - {"error": {"message": "slow down", "type": "rate", "code": null}}',
            {"status": 429, "error": "slow down", "code": None},
        ),
        (
            "AxiosError: Request failed with status code 401",
            {"status": 401, "type": "AxiosError", "error": "Request failed with status code 401"},
        ),
        (
            "unexpected response statusCode: 401 for POST /oauth/token",
            {"status": 401, "method": "POST", "path": "/oauth/token"},
        ),
        ("call finished status=401 url=https://api.example.com/v1 took=12ms", {"status": 401, "path": "/v1"}),
        (
            "Client error: `POST https://api.example.com/x` resulted in a `401 Unauthorized` response:",
            {"status": 401, "path": "/x"},
        ),
        ("401, message='Unauthorized', url='https://api.example.com/y'", {"status": 401, "path": "/y"}),
        ("Client error '401 Unauthorized' for url 'https://api.example.com/z'", {"status": 401, "path": "/z"}),
        ("Response status code does not indicate success: 401 (Unauthorized).", {"status": 401}),
        ("The requested URL returned error: 401", {"status": 401}),
        (
            "java.io.IOException: Server returned HTTP response code: 401 for URL: https://api.example.com/w",
            {"status": 401, "path": "/w"},
        ),
        (
            "An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: The token is invalid",
            {"code": "InvalidClientTokenId", "error": "The token is invalid"},
        ),
        (
            'refresh failed: {"error": "invalid_grant", "error_description": "Token has expired"}',
            {"code": "invalid_grant", "error": "Token has expired"},
        ),
        (
            'got WWW-Authenticate: Bearer realm="x", error="invalid_token"',
            {"challenge": 'Bearer realm="x", error="invalid_token"'},
        ),
        ("processed 401 rows in 403 ms from port 4010", {"status": None}),
        ("status report for order 4012: ok", {"status": None}),
        ("listening on http://192.0.2.1:401/", {"status": None}),
    ],
)
def test_client_libraries_say_what_happened(message: str, want: dict[str, object]) -> None:
    event = read([f"2026-03-12 06:25:24,103 - shop.client - ERROR - {message}"]).events.row(0, named=True)
    names = {
        "status": "http.response.status_code", "path": "url.path", "domain": "url.domain", "method": "http.request.method", "code": "error.code",
        "error": "error.message", "reason": "event.reason", "type": "error.type", "challenge": "logscan.challenge",
    }  # fmt: skip
    assert {key: event[names[key]] for key in want} == want


SAMPLES = [line for fmt in FORMATS for sample in fmt.samples for line in sample.line.split("\n")]
LINE = st.one_of(
    st.sampled_from(SAMPLES),
    st.sampled_from(["", " ", "\t", "x", "{", "}", '{"a":', "\ufeff", "\x1b[31m"]),
    st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=40),
    st.tuples(st.sampled_from(SAMPLES), st.integers(0, 120)).map(lambda pair: pair[0][: pair[1]]),
)


@FEWER
@given(st.lists(LINE, max_size=25), st.sets(st.sampled_from(sorted(ALL)), max_size=4))
def test_no_line_is_lost_or_invented(texts: list[str], want: set[str]) -> None:
    lines = lines_of(texts)
    got = parse(lines, FORMATS, frozenset(want), CLOCK)
    assert got.events.height + got.rejects.height + got.continuations + got.blank == lines.height
    seen = [*got.events["logscan.line"], *got.rejects["logscan.line"]]
    assert len(set(seen)) == len(seen)
    assert got.events["logscan.line"].is_sorted()
    assert got.rejects.equals(lines.filter(pl.col("logscan.line").is_in(got.rejects["logscan.line"].implode())))


@FEWER
@given(
    st.lists(LINE, max_size=12),
    st.sets(st.sampled_from(sorted(ALL - {"event.original", "message", "logscan.fields"})), max_size=6),
)
def test_narrow_and_wide_reads_agree(texts: list[str], want: set[str]) -> None:
    wide, narrow = read(texts), read(texts, frozenset(want))
    names = ["logscan.line", "log.offset", "event.dataset", *sorted(want - set(LINES) - {"event.dataset"})]
    assert narrow.events.select(names).equals(wide.events.select(names))
    assert narrow.rejects.equals(wide.rejects)
    assert narrow[2:4] == wide[2:4]


@FEWER
@given(st.lists(LINE, max_size=12), st.integers(0, 12))
def test_cutting_a_log_between_events_changes_nothing(texts: list[str], cut: int) -> None:
    data = [text.encode() + b"\n" for text in texts]
    whole = parse(read_lines(Chunk("a", 0, 1, b"".join(data), 0))[0], FORMATS, ALL, CLOCK)
    begins = {*whole.events["logscan.line"], *whole.rejects["logscan.line"]}
    cut = next((n for n in range(min(cut, len(texts)), len(texts)) if n + 1 in begins), len(texts))
    first, rest = b"".join(data[:cut]), b"".join(data[cut:])
    parts = [
        parse(read_lines(Chunk("a", 0, 1, first, 0))[0], FORMATS, ALL, CLOCK),
        parse(read_lines(Chunk("a", len(first), cut + 1, rest, 0))[0], FORMATS, ALL, CLOCK),
    ]
    assert pl.concat([part.events for part in parts]).equals(whole.events)
    assert pl.concat([part.rejects for part in parts]).equals(whole.rejects)
    assert [sum(part[n] for part in parts) for n in (2, 3)] == list(whole[2:4])
