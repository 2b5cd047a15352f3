import json
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


INNER_LINE = '192.0.2.7 - ada [12/Mar/2026:06:25:23 +0000] "GET /x?a=b HTTP/1.1" 401 12 "-" "curl/8"'
TEXT = json.dumps(INNER_LINE)
AROUND = {
    "docker": '{"log":LINE_FEED,"stream":"stdout","time":"2026-03-12T06:25:24Z"}',
    "cri": "2026-03-12T06:25:24.123456789Z stdout F LINE",
    "kubectl-timestamps": "2026-03-12T06:25:24.123456789Z LINE",
    "kubectl-prefix": "[pod/api-1/api] LINE",
    "kubectl-both": "[pod/api-1/api] 2026-03-12T06:25:24.123456789Z LINE",
    "stern": "api-6c9f7d5b8c-x2x4q api LINE",
    "compose-1": "api_1    | LINE",
    "compose-2": "api-1  | LINE",
    "compose-t": "api-1  | 2026-03-12T06:25:24.123456789Z LINE",
    "service": "shop_api.1.k3j2h1@node-a    | LINE",
    "rfc3164": "Mar 12 06:25:24 gate nginx[7]: LINE",
    "rfc3164-priority": "<190>Mar 12 06:25:24 gate nginx: LINE",
    "rfc5424": "<190>1 2026-03-12T06:25:24Z gate nginx 7 - - LINE",
    "syslog-iso": "2026-03-12T06:25:24.5+00:00 gate nginx[7]: LINE",
    "journald": '{"__REALTIME_TIMESTAMP":"1773296724123456","MESSAGE":TEXT,"_HOSTNAME":"gate"}',
    "journald-bytes": '{"__REALTIME_TIMESTAMP":"1773296724123456","MESSAGE":BYTES,"_HOSTNAME":"gate"}',
    "journalctl-full": "Thu 2026-03-12 06:25:24 UTC gate nginx[7]: LINE",
    "journalctl-unix": "1773296724.123456 gate nginx[7]: LINE",
    "cloudwatch-tail": "2026-03-12T06:25:24.123000+00:00 api/web/0f3c LINE",
    "cloudwatch-s3": "2026-03-12T06:25:24.123Z LINE",
    "cloudwatch": '{"timestamp":1773296724123,"message":TEXT,"ingestionTime":1773296725000}',
    "cloudwatch-events": '{"logStreamName":"a","eventId":"1","timestamp":1773296724123,"message":TEXT,"ingestionTime":1}',
    "cloudwatch-subscription": '{"id":"36580","timestamp":1773296724123,"message":TEXT}',
    "cloudwatch-insights": '{"@timestamp":"2026-03-12 06:25:24.1","@message":TEXT,"@ptr":"x"}',
    "logcli": '2026-03-12T06:25:24Z {app="api", pod="api-1"} LINE',
    "logcli-json": '{"labels":{"app":"api"},"line":TEXT,"timestamp":"2026-03-12T06:25:24Z"}',
    "grafana": '{"line":TEXT,"timestamp":"1773296724123456789","date":"2026-03-12T06:25:24.123Z","fields":{"app":"api"}}',
    "grafana-text": "2026-03-12T06:25:24.123Z\tLINE",
    "fluentd": '2026-03-12T06:25:24+00:00\tkube.api\t{"log":TEXT,"kubernetes":{"pod_name":"api-1","container_name":"api"}}',
    "fluentbit": '{"date":1773296724.1,"log":TEXT,"kubernetes":{"pod_name":"api-1","container_name":"api"}}',
    "vector": '{"message":TEXT,"source_type":"file","host":"web1","timestamp":"2026-03-12T06:25:24Z"}',
    "filebeat": '{"@timestamp":"2026-03-12T06:25:24Z","message":TEXT,"agent":{"type":"filebeat"},"log":{"offset":1},"ecs":{"version":"8"}}',
    "gelf": '{"version":"1.1","host":"web1","short_message":TEXT,"timestamp":1773296724.1}',
    "splunk": '{"preview":false,"result":{"_raw":TEXT,"_time":"2026-03-12T06:25:24Z","host":"web1"}}',
    "elastic": '{"_index":"a","_source":{"message":TEXT,"@timestamp":"2026-03-12T06:25:24Z"}}',
    "heroku": "2026-03-12T06:25:24.123456+00:00 app[web.1]: LINE",
    "logplex": "210 <158>1 2026-03-12T06:25:24+00:00 host app web.1 - LINE",
    "gcp": '{"insertId":"a","logName":"projects/p/logs/stdout","timestamp":"2026-03-12T06:25:24Z","severity":"INFO","textPayload":TEXT}',
}


def wrapped(name: str, line: str) -> str:
    codes = json.dumps(list(line.encode()))
    pairs = {"LINE_FEED": json.dumps(line + "\n"), "LINE": line, "TEXT": json.dumps(line), "BYTES": codes}
    around = AROUND[name]
    key = next(key for key in pairs if key in around)
    return around.replace(key, pairs[key])


@pytest.mark.parametrize("name", AROUND)
def test_an_access_line_is_read_as_if_it_stood_alone(name: str) -> None:
    text = wrapped(name, INNER_LINE)
    alone = parse(lines_of([INNER_LINE]), FORMATS, ALL, CLOCK).events.row(0, named=True)
    got = parse(lines_of([text]), FORMATS, ALL, CLOCK).events.row(0, named=True)
    assert got["event.original"] == text
    assert {key: got[key] for key, value in alone.items() if value is not None and key != "event.original"} == {
        key: value for key, value in alone.items() if value is not None and key != "event.original"
    }


@pytest.mark.parametrize("name", AROUND)
def test_a_json_line_takes_time_and_host_from_around_it(name: str) -> None:
    text = wrapped(name, '{"level":"error","msg":"refused","status":401,"client_ip":"192.0.2.7"}')
    got = parse(lines_of([text]), FORMATS, ALL, CLOCK).events.row(0, named=True)
    assert (got["http.response.status_code"], got["message"], got["source.address"]) == (401, "refused", "192.0.2.7")
    assert (got["@timestamp"] is None) == (name in {"kubectl-prefix", "stern", "compose-1", "compose-2", "service"})


@pytest.mark.parametrize(
    "names",
    [
        ("compose-t", "docker"),
        ("rfc3164", "docker"),
        ("cri", "rfc5424"),
        ("journald", "cri", "docker"),
        ("grafana", "filebeat", "rfc3164", "logcli"),
    ],
)
def test_envelopes_within_envelopes(names: tuple[str, ...]) -> None:
    text = INNER_LINE
    for name in reversed(names):
        text = wrapped(name, text)
    got = parse(lines_of([text]), FORMATS, ALL, CLOCK).events
    assert got.select("event.dataset", "http.response.status_code", "user.name").rows() == [("combined", 401, "ada")]


def test_a_trace_within_one_message_is_read_whole() -> None:
    trace = "2026-03-12 06:25:24,103 - shop - ERROR - call failed\nTraceback (most recent call last):\nx.AuthError: Error code: 401"
    for name in ("journald", "cloudwatch", "grafana", "fluentbit"):
        got = parse(lines_of([wrapped(name, trace)]), FORMATS, ALL, CLOCK).events.row(0, named=True)
        assert (got["event.dataset"], got["http.response.status_code"]) == ("python-logging", 401), name
        assert got["message"].split("\n")[0] == "call failed"
        assert got["message"].endswith("Error code: 401")


WITHIN = [
    sample.line
    for fmt in FORMATS
    if not fmt.inner and fmt.strength == "strong" and fmt.kind != "w3c"
    for sample in fmt.samples[:1]
    if sample.expect and not {"\n", "\x1b"} & {*sample.line}
]


@pytest.mark.parametrize(
    "names",
    [
        ("rfc3164", "compose-1"),
        ("fluentd", "cloudwatch-tail"),
        ("logcli-json", "journald-bytes", "docker"),
    ],
    ids=" around ".join,
)
def test_a_line_of_any_format_says_the_same_within_others(names: tuple[str, ...]) -> None:
    some = WITHIN[len("".join(names)) % 4 :: 4]  # others for other envelopes
    around = some
    for name in reversed(names):
        around = [wrapped(name, line) for line in around]
    ranked = sorted(FORMATS, key=lambda fmt: (fmt.order, fmt.id))
    asked = ALL - {"event.original", "event.timezone", "log.offset"}
    alone, within = (parse(lines_of(lines), ranked, asked, CLOCK).events for lines in (some, around))
    found = {row["logscan.line"]: row for row in within.iter_rows(named=True)}
    for row in alone.iter_rows(named=True):
        said = {name: value for name, value in row.items() if value is not None and name in asked}
        read = found[row["logscan.line"]]
        assert {name: read[name] for name in said} == said, some[row["logscan.line"] - 1]
