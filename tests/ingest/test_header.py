from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.ingest.chunk import Chunk
from logscan.ingest.header import COLUMN, MOST, NONE, Header, governed, head_of, in_force
from logscan.ingest.lines import read_lines
from tests.ingest.frames import lines_of

FIELDS = "#Fields: date time c-ip"
OTHER = "#Fields: time cs-method"


def texts(lines: Sequence[str], header: Header = NONE) -> list[str | None]:
    return governed(lines_of(lines), header)[COLUMN].to_list()


def test_the_last_directive_above_a_line_governs_it() -> None:
    lines = ["a", FIELDS, "b", "c", OTHER, "d", "#Fields:", "e"]
    assert texts(lines) == [None, *[f"\n{FIELDS}"] * 3, *[f"\n{OTHER}"] * 2, None, None]


def test_a_date_counts_only_where_the_columns_have_none() -> None:
    lines = ["#Date: 2026-03-12 00:00:01", FIELDS, "a", OTHER, "b", "#Date: 2026-03-13", "c", "#Date: today", "d"]
    got = texts(lines)
    assert got[2] == f"\n{FIELDS}"
    assert [head_of(str(got[at])).date for at in (4, 6, 8)] == ["2026-03-12", "2026-03-13", ""]


def test_what_is_known_already_stays() -> None:
    known = governed(lines_of([FIELDS, "a", "b"]))
    assert governed(known.tail(1), Header("#Fields: x"))[COLUMN].to_list() == [f"\n{FIELDS}"]


def test_where_no_line_has_a_header_none_is_told() -> None:
    for lines in ([], ["a"], ["#Version: 1.0", "# Fields: a b", "x #Fields: a b", "#Fieldset: a", "#fieldset"]):
        assert COLUMN not in governed(lines_of(lines)).columns


@pytest.mark.parametrize(
    ("line", "names", "separator"),
    [
        ("#Fields: date time cs(User-Agent) ", ("date", "time", "cs(user-agent)"), " "),
        ("#Fields:  date   time", ("date", "time"), " "),
        ("#Fields: date-time,session-id,data,context", ("date-time", "session-id", "data", "context"), ","),
        ("#Fields: dateTime, sIp, cIp,", ("datetime", "sip", "cip"), ","),
        ("#fields\tts\tuid\tid.orig_h", ("ts", "uid", "id.orig_h"), "\t"),
        ("#Fields:", (), " "),
        ("#Fields: a,,b", (), ","),
        ("#Fields: " + " ".join(f"f{n}" for n in range(MOST)), tuple(f"f{n}" for n in range(MOST)), " "),
        ("#Fields: " + " ".join(f"f{n}" for n in range(MOST + 1)), (), " "),
    ],
    ids=["blanks", "several-blanks", "commas", "comma-last", "tabs", "empty", "gap", "most", "too-many"],
)
def test_a_directive_names_columns(line: str, names: tuple[str, ...], separator: str) -> None:
    found = head_of(f"\n{line}")
    assert (found.names, found.separator) == (names, separator)


LINES = st.sampled_from(
    [
        FIELDS, OTHER, "#Fields:", "#fields\tts\tuid", "#fieldset", "#Fields", "#Date: 2026-03-12", "#Date: x", "", "a",
        "x\r", "\r", "#Fields: a\0b\r", "\ufeff#Fields: a", "#Fields: \udc80", "#fields uid",
    ]
)  # fmt: skip


@given(st.lists(LINES, max_size=12), st.integers(0, 12), st.booleans())
def test_bytes_and_lines_tell_the_same_header_wherever_they_are_cut(rows: list[str], cut: int, ended: bool) -> None:
    encoded = [row.encode("utf-8", "surrogateescape") + b"\n" for row in rows]
    if encoded and not ended:
        encoded[-1] = encoded[-1][:-1]
    above, below = b"".join(encoded[:cut]), b"".join(encoded[cut:])
    last = in_force(above)
    assert in_force(above + below) == in_force(below, last)
    whole = read_lines(Chunk("a", 0, 1, above + below, 0))[0]
    part = read_lines(Chunk("a", 0, 1, below, 0))[0]
    expected = governed(whole)
    if COLUMN in expected.columns:
        got = governed(part, last)
        want = expected[COLUMN].tail(part.height).to_list()
        assert (got[COLUMN].to_list() if COLUMN in got.columns else [None] * part.height) == want
