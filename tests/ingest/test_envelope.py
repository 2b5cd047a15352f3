from dataclasses import replace

import pytest

from logscan.ingest.format import Format
from logscan.ingest.parse import parse
from logscan.model.schemas import EVENTS
from tests.ingest.frames import CLOCK, FORMATS, lines_of, small_format

ALL = frozenset(EVENTS)
OUTER = small_format(r"^(?<host>\w+)> (?<text>.*)", {"host": "host.name", "text": "message"}, id="outer", inner="any")
INNER = small_format(
    r"^(?<level>[A-Z]+) (?<text>.*)", {"level": "log.level", "text": "message"}, id="inner", multiline=True
)
TEXTS = ["a> INFO one", "b> just words", "a>  more", "a> WARN two", "??", "b> ", "c> x> ERROR deep"]


def read(texts: list[str], *formats: Format) -> list[tuple[object, ...]]:
    got = parse(lines_of(texts), formats, ALL, CLOCK)
    assert got.events.height + got.rejects.height + got.continuations + got.blank == len(texts)
    names = ["logscan.line", "event.dataset", "host.name", "log.level", "message", "event.original"]
    return got.events.select(names).rows()


def test_the_line_within_is_read_as_its_own_and_the_rest_is_filled_from_around() -> None:
    assert read(TEXTS, OUTER, INNER) == [
        (1, "inner", "a", "INFO", "one\njust words\n more", "a> INFO one\njust words\n more"),
        (4, "inner", "a", "WARN", "two", "a> WARN two"),
        (6, "outer", "b", None, "", "b> "),
        (7, "outer", "c", None, "x> ERROR deep", "c> x> ERROR deep"),
    ]


def test_where_only_known_lines_are_looked_for_the_others_stay_as_they_are() -> None:
    known = replace(OUTER, inner="known")
    assert [row[:5] for row in read(TEXTS[:4], known, INNER)] == [
        (1, "inner", "a", "INFO", "one"),
        (2, "outer", "b", None, "just words"),
        (3, "outer", "a", None, " more"),
        (4, "inner", "a", "WARN", "two"),
    ]
    weak = replace(INNER, strength="weak")
    assert {row[1] for row in read(TEXTS[:4], known, weak)} == {"outer"}


@pytest.mark.parametrize(
    ("line", "dataset", "want"),
    [
        (
            'Mar 12 06:25:24 web1 nginx: 192.0.2.7 - ada [12/Mar/2026:06:25:23 +0000] "GET /x HTTP/1.1" 401 12 "-" "curl/8"',
            "combined",
            {"host.name": "web1", "user.name": "ada"},
        ),
        (
            '<190>1 2026-03-12T06:25:24Z web1 nginx - - - 2026/03/12 06:25:24 [error] 1#1: *1 user "ada": password mismatch, client: 192.0.2.7, server: x',
            "nginx-error",
            {"host.name": "web1", "user.name": "ada"},
        ),
        (
            '2026-03-12T06:25:24.1Z stdout F {"level":"error","msg":"refused","status":401}',
            "generic-json",
            {"http.response.status_code": 401, "message": "refused"},
        ),
        (
            'api-1  | INFO:     192.0.2.1:5000 - "GET / HTTP/1.1" 401 Unauthorized',
            "uvicorn-access",
            {"service.name": "api-1", "source.address": "192.0.2.1"},
        ),
        (
            '{"log":"ERROR:shop:status=401\\n","stream":"stdout","time":"2026-03-12T06:25:24Z"}',
            "python-logging",
            {"log.logger": "shop", "http.response.status_code": 401},
        ),
        (
            "Mar 12 06:25:24 gate sshd[1]: error: PAM: Authentication failure for ada from 192.0.2.7",
            "syslog-rfc3164",
            {"user.name": "ada"},
        ),
    ],
)
def test_envelopes_that_are_met(line: str, dataset: str, want: dict[str, object]) -> None:
    event = parse(lines_of([line]), FORMATS, ALL, CLOCK).events.row(0, named=True)
    assert event["event.dataset"] == dataset
    assert (event["@timestamp"] is None) is line.startswith("api-1")
    assert event["event.original"] == line
    assert {name: event[name] for name in want} == want


def test_a_stack_trace_within_containers_belongs_to_its_event() -> None:
    head = "2026-03-12T06:25:24.1Z stderr F "
    texts = [
        head + text
        for text in ("ERROR:shop:call failed", "Traceback (most recent call last):", "", "x.AuthError: Error code: 401")
    ]
    got = parse(lines_of(texts), FORMATS, frozenset({"http.response.status_code", "event.dataset"}), CLOCK)
    assert got.events.select("logscan.line", "event.dataset", "http.response.status_code").rows()[0] == (
        1,
        "python-logging",
        401,
    )
    assert got.continuations == 2
