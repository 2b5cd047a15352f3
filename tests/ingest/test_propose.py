"""A proposal reads the lines it was made from, and says what is left to do."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logscan.ingest.check import check_text
from logscan.ingest.propose import propose
from logscan.ingest.shape import Format
from logscan.model.errors import FormatError
from tests.ingest.frames import FORMATS

GATEWAY = (
    "2026-03-12T06:25:24.120+01:00|gw-2|WARN|192.0.2.7|POST /v2/orders?page=2|401|17ms|refused: key p-19 is not on file",
    "2026-03-12T06:26:02.554+01:00|gw-1|ERROR|2001:db8::17|PUT /v2/orders/7|502|1203ms|",
)


def made(*lines: str) -> Format:
    return check_text(propose(lines, "acme", FORMATS).text, "acme.yml", {})


def expects(fmt: Format, number: int = 0) -> dict[str, object]:
    return dict(fmt.samples[number].expect or {})


def test_columns_are_told_apart_and_what_follows_is_the_message() -> None:
    fmt = made(*GATEWAY)
    assert expects(fmt) == {
        "@timestamp": "2026-03-12T05:25:24.120000Z", "log.level": "WARN", "source.address": "192.0.2.7",
        "http.request.method": "POST", "url.original": "/v2/orders?page=2", "url.path": "/v2/orders", "url.query": "page=2",
        "http.response.status_code": 401, "event.duration": 17_000_000, "message": "refused: key p-19 is not on file",
    }  # fmt: skip
    assert expects(fmt, 1)["event.duration"] == 1_203_000_000
    assert fmt.samples[-1].expect is None


def test_what_was_not_named_is_said() -> None:
    (note,) = propose(GATEWAY, "acme", FORMATS).notes
    assert note == "read, but in no column: gw-2; give it a capture (?<name>...) and a column"


def test_lines_that_part_company_have_their_beginning_in_common() -> None:
    fmt = made("2026-03-12 06:25:24 INFO a 192.0.2.7 started", "2026-03-12 06:25:24 WARN something went wrong")
    assert [expects(fmt, n)["message"] for n in (0, 1)] == ["a 192.0.2.7 started", "something went wrong"]


def test_json_and_pairs_are_read_by_their_keys() -> None:
    line = {"when": "2026-03-12T06:25:24Z", "caller": {"addr": "192.0.2.7", "who": "ada"}, "answer": 401, "zz": None}
    fmt = made(json.dumps(line))
    assert (fmt.kind, fmt.requires) == ("json", ("when", "caller.addr", "caller.who", "answer"))
    assert expects(fmt) == {
        "@timestamp": "2026-03-12T06:25:24Z", "source.address": "192.0.2.7", "user.name": "ada", "http.response.status_code": 401
    }  # fmt: skip
    pairs = made('at=2026-03-12T06:25:24Z lvl=warn from=192.0.2.7 msg="no key"')
    assert (pairs.kind, expects(pairs)["message"], expects(pairs)["source.address"]) == (
        "logfmt",
        "no key",
        "192.0.2.7",
    )


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        (["hello"], "nothing at their beginning"),
        (["%%%"], "nothing at their beginning"),
        ([GATEWAY[0], "hello"], "nothing at their beginning"),
        (["x" * 70_000], "too long"),
        (["a\nb"], "more than one line"),
        (['{"a":1}'], "nothing in it"),
    ],
)
def test_what_cannot_be_proposed_is_told_with_a_way_out(lines: list[str], what: str) -> None:
    with pytest.raises(FormatError, match=what) as told:
        propose(lines, "acme", FORMATS)
    assert told.value.hint


@pytest.mark.parametrize("name", ["combined", "", "Ab", "../x", "a b", "-a"])
def test_an_id_must_be_free_and_fit_for_a_file(name: str) -> None:
    with pytest.raises(FormatError, match="cannot be the id"):
        propose(GATEWAY, name, FORMATS)


@settings(max_examples=25)
@given(st.lists(st.text(min_size=1, max_size=40), min_size=1, max_size=3))
def test_any_lines_give_a_format_that_holds_or_a_fault(texts: list[str]) -> None:
    for before in ("", "2026-03-12T06:25:24Z 192.0.2.7 ", "a=192.0.2.7 b="):
        try:
            written = propose([before + text for text in texts], "acme", FORMATS)
        except FormatError:
            continue
        assert check_text(written.text, "x", {}).id == "acme"
