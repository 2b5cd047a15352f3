"""Sample lines and what they must say."""

from logscan.ingest.sampled import expected, sample_texts
from logscan.ingest.variables import Fill, Part, load_variables

NGINX = load_variables().nginx
SHAPES = load_variables().shapes


def test_the_second_sample_lacks_all_that_may_be_missing() -> None:
    pieces: list[str | Part] = [NGINX["remote_addr"], " ", NGINX["remote_user"], " ", NGINX["status"]]
    assert sample_texts(pieces, "default", 1) == ["198.51.100.4", " ", "-", " ", "200"]
    assert sample_texts(pieces, "json", 1) == ["198.51.100.4", " ", "", " ", "200"]


def test_variables_without_anything_between_them_are_never_missing() -> None:
    assert sample_texts([NGINX["host"], NGINX["request_uri"]], "default", 1) == ["api.example.com", "/v1/orders"]


def test_quotes_are_escaped_as_the_server_does() -> None:
    challenge = NGINX["sent_http_www_authenticate"]
    texts = [sample_texts(['"', challenge, '"'], escape, 0)[1] for escape in ("default", "json", "apache", "none")]
    assert texts == [
        r"Basic realm=\x22shop\x22",
        r"Basic realm=\"shop\"",
        r"Basic realm=\"shop\"",
        "Basic realm='shop'",
    ]


def test_a_bare_text_does_not_hold_what_ends_it() -> None:
    assert sample_texts([Part("$x", SHAPES["text"]), " end"], "default", 0)[0] == "one_two"


def test_what_is_expected_is_worked_out_from_the_text() -> None:
    parts = [
        (NGINX["request"], "GET /v1/orders/7?full=1 HTTP/1.1"), (NGINX["request_time"], "0.004"), (NGINX["status"], "401"),
        (NGINX["upstream_addr"], "198.51.100.1:80, 198.51.100.2:80"), (NGINX["http_user_agent"], "-"), (NGINX["msec"], "x"),
    ]  # fmt: skip
    assert expected(parts, 0) == {
        "http.request.method": "GET", "url.original": "/v1/orders/7?full=1", "url.path": "/v1/orders/7",
        "event.duration": 4_000_000, "http.response.status_code": 401, "server.address": "198.51.100.2:80",
        "user_agent.original": None, "@timestamp": "2026-03-12T06:25:24Z",
    }  # fmt: skip


def test_of_two_values_the_one_of_lower_rank_counts_unless_it_is_missing() -> None:
    first, second = (Part("$x", SHAPES["word"], (Fill("trace.id", rank),)) for rank in (1, 0))
    assert expected([(first, "a"), (second, "b")], 0) == {"trace.id": "b"}
    assert expected([(first, "a"), (second, "-")], 0) == {"trace.id": "a"}
