import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.ingest.chunk import Chunk
from logscan.ingest.lines import read_lines
from logscan.model.schemas import LINES


def read(data: bytes, offset: int = 0, first: int = 1) -> tuple[list[tuple[int, int, str]], int]:
    lines, repaired = read_lines(Chunk("a.log", offset, first, data, 0))
    assert lines.schema == LINES
    return lines.rows(), repaired


def plainly(data: bytes) -> list[tuple[int, int, str]]:
    """The slow and obvious way."""
    rows, at = [], 0
    for number, row in enumerate(data.removesuffix(b"\n").split(b"\n") if data else [], 1):
        text = row.removesuffix(b"\r").decode("utf-8", "backslashreplace").replace("\0", "\\x00")
        rows.append((number, at, text))
        at += len(row) + 1
    return rows


def test_offsets_and_numbers_go_on_from_the_chunk_s() -> None:
    assert read(b"one\r\n\ntwo", offset=100, first=7) == ([(7, 100, "one"), (8, 105, ""), (9, 106, "two")], 0)


def test_what_is_no_text_stays_visible_and_is_counted() -> None:
    rows, repaired = read(b"ok\nbad \xff\xfe byte\nnul \0 here\r\n\xe2\x82\n")
    assert [text for _, _, text in rows] == ["ok", "bad \\xff\\xfe byte", "nul \\x00 here", "\\xe2\\x82"]
    assert [at for _, at, _ in rows] == [0, 3, 15, 27]
    assert repaired == 3


def test_only_lf_cuts() -> None:
    text = "a\u2028b\x0bc\x85d\re\x0cf"
    assert read(text.encode() + b"\n") == ([(1, 0, text)], 0)


@pytest.mark.parametrize(
    "start", [b"\x1f\x8b", b"x\x01", b"(\xb5/\xfd", b"BZh", gzip.compress(b"hidden\nlines\n", mtime=0)]
)
def test_a_line_that_looks_packed_is_not_unpacked(start: bytes) -> None:
    data = start + b" text\nnext\n"
    assert read(data)[0] == plainly(data)


PIECES = st.lists(
    st.sampled_from(
        [b"\n", b"\r", b"\r\n", b"\0", b"\xff", b"x", b"\xc3\xa9", b"\xe2\x80\xa8", b"\x85", b"\x1f\x8b", b"abc"]
    ),
    max_size=20,
)


@given(st.one_of(PIECES.map(b"".join), st.binary(max_size=60)))
def test_every_byte_is_read_as_the_plain_way_reads_it(data: bytes) -> None:
    rows, repaired = read(data)
    assert rows == plainly(data)
    assert repaired == sum("\\" in text for _, _, text in rows) or b"\\" in data
