"""Lines of key=value pairs."""

import json
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.ingest.logfmt import pairs_of, read_logfmt
from logscan.model.schemas import EVENTS, LINES
from tests.ingest.frames import CLOCK, format_of, lines_of

FMT = format_of("logfmt")
ALL = frozenset(EVENTS)

BARE = st.text(
    st.characters(codec="ascii", exclude_characters=" \t\r\n\"'=,;\\", min_codepoint=33), min_size=1, max_size=8
)
KEYS = ["level", "msg", "user", "status", "ip", "x", "err"]


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


PAIRS = st.dictionaries(
    st.sampled_from(KEYS),
    BARE | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8).map(quoted),
    min_size=2,
)
LINE = st.one_of(
    PAIRS.map(lambda pairs: " ".join(f"{k}={v}" for k, v in pairs.items())),
    st.sampled_from(["", "level=info", "a b c", 'level=info msg="x', "{}", "level= msg=", "level=info,  user=ada;"]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), max_size=20),
)


def row(line: str) -> dict[str, Any]:
    return read_logfmt(lines_of([line]), FMT, ALL, CLOCK).events.row(0, named=True)


def hit(line: str) -> bool:
    return bool(read_logfmt(lines_of([line]), FMT, frozenset(), CLOCK).hit[0])


@given(st.lists(LINE, max_size=10), st.sets(st.sampled_from(sorted(ALL))))
def test_rows_are_hits_and_each_line_gives_what_it_gives_alone(texts: list[str], want: set[str]) -> None:
    lines = lines_of(texts)
    read = read_logfmt(lines, FMT, frozenset(want), CLOCK)
    assert read.events.select(*LINES).equals(lines.filter(read.hit))
    assert read.events.schema == {name: EVENTS[name] for name in read.events.columns}
    alone = [read_logfmt(lines[n : n + 1], FMT, frozenset(want), CLOCK).events for n in range(len(texts))]
    assert not alone or pl.concat(alone).equals(read.events)


@given(PAIRS)
def test_every_pair_comes_back_as_it_was_meant(pairs: dict[str, str]) -> None:
    line = " ".join(f"{k}={v}" for k, v in pairs.items())
    meant = {k: json.loads(v) if v.startswith('"') else v for k, v in pairs.items()}
    assert pairs_of(line) == meant
    if pairs.keys() & {"level", "msg", "err"}:
        found = row(line)
        assert {found["error.message"], found["message"]} >= {
            v for k, v in meant.items() if k in ("err", "msg") and v not in ("", "-")
        }


def test_pairs_within_quotes_are_no_pairs() -> None:
    got = row('level=info msg="user=eve status=401 \\" ip=203.0.113.9" user=ada')
    assert (got["user.name"], got["http.response.status_code"], got["source.address"]) == ("ada", None, None)


def test_the_first_of_equal_keys_counts() -> None:
    assert row("level=info user=ada user=eve")["user.name"] == "ada"


def test_words_without_a_key_are_flags_or_the_rest_of_a_message() -> None:
    got = row("level=warn msg=token has expired cached user=ada admin ip=192.0.2.7")
    assert (got["message"], got["user.name"], got["source.address"]) == ("token has expired cached", "ada", "192.0.2.7")


@pytest.mark.parametrize(
    ("text", "want"),
    [(r'"a\"b"', 'a"b'), (r'"a\\nb"', r"a\nb"), (r'"a\tb"', "a\tb"), (r'"\u00e9\ud800"', "é\ufffd"), (r'"\q"', "q"), ("'a b'", "a b"), ('""', None)],
)  # fmt: skip
def test_escapes_are_read(text: str, want: str | None) -> None:
    assert row(f"level=info msg={text}")["message"] == want


@pytest.mark.parametrize(
    "line",
    [
        "level=info",
        "a=1 b=2",
        "see level=info msg=x",
        'level=info msg="open',
        "http://a/?level=x msg=y",
        "level info",
        "",
        "level=info words only",
    ],
)
def test_what_is_not_two_pairs_from_the_start_is_left_to_others(line: str) -> None:
    assert not hit(line)


def test_separators_behind_values_are_no_part_of_them() -> None:
    got = row('level=warn, user="ada", status=401; ip=192.0.2.7,')
    assert (got["log.level"], got["user.name"], got["http.response.status_code"], got["source.address"]) == (
        "warn",
        "ada",
        401,
        "192.0.2.7",
    )


def test_what_has_no_column_is_kept() -> None:
    assert json.loads(row("level=info msg=x shard=7 status=ok")["logscan.fields"]) == {"shard": "7", "status": "ok"}
    assert row("level=info msg=x")["logscan.fields"] is None


def test_long_and_deep_lines_are_read() -> None:
    assert len(row("level=info msg=" + "x" * 1_000_000)["message"]) == 1_000_000
    assert not hit("level=info msg=x " + '"' * 100_001)
