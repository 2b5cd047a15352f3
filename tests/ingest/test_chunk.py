import io
import tracemalloc
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from logscan.ingest import chunk as module
from logscan.ingest.chunk import Chunk, chunks, count_lines


class Content:
    def __init__(self, data: bytes, start: int = 0) -> None:
        self.file, self.start = io.BytesIO(data), start

    def readinto(self, view: memoryview, /) -> int:
        return self.file.readinto(view)


class Endless:
    """A line of any length, made as it is read."""

    start = 0

    def __init__(self, length: int, tail: bytes) -> None:
        self.left, self.tail = length, tail

    def readinto(self, view: memoryview, /) -> int:
        count = min(self.left, len(view))
        view[:count] = b"x" * count
        self.left -= count
        rest = min(len(view) - count, len(self.tail))
        view[count : count + rest] = self.tail[:rest]
        self.tail = self.tail[rest:]
        return count + rest


TEXT = st.lists(st.sampled_from([b"\n", b"\r\n", b"a", b"E1", b"  at x", b"\0", b"\xff", "ü😀".encode(), b""])).map(
    b"".join
)
SIZES = st.integers(1, 40)


def lines_of(found: list[Chunk]) -> list[tuple[int, int, bytes]]:
    """Every line as (number, offset, text) as the floors above will see it."""
    rows = []
    for part in found:
        offset = part.offset
        for number, text in enumerate(part.data.removesuffix(b"\n").split(b"\n"), part.first_line):
            rows.append((number, offset, text))
            offset += len(text) + 1
    return rows


def expected(data: bytes, max_line: int) -> list[tuple[int, int, bytes]]:
    rows, offset = [], 0
    for number, text in enumerate(data.removesuffix(b"\n").split(b"\n") if data else [], 1):
        kept = text
        if len(text) > max_line:
            kept = text[:max_line]
            for back in range(4):
                # A divided character: the bytes kept of it are left out.
                if (text[max_line - back] & 0xC0) != 0x80:
                    kept = text[: max_line - back] if back < max_line else kept
                    break
        rows.append((number, offset, kept))
        offset += len(text) + 1
    return rows


@given(TEXT, SIZES)
def test_the_data_of_all_chunks_is_the_content(data: bytes, size: int) -> None:
    found = list(chunks(Content(data), "x", size=size, max_line=10_000))
    assert b"".join(part.data for part in found) == data
    assert all(part.data.endswith(b"\n") for part in found[:-1])
    assert all(part.data for part in found)


@given(TEXT, SIZES, st.integers(1, 30))
@example("aaü\nb".encode(), 3, 3)
@example(b"\xff" * 9 + b"\nb", 2, 4)
def test_numbers_offsets_and_texts_do_not_depend_on_the_size(data: bytes, size: int, max_line: int) -> None:
    found = list(chunks(Content(data), "x", size=size, max_line=max_line))
    assert lines_of(found) == expected(data, max_line)
    too_long = sum(len(line) > max_line for line in data.removesuffix(b"\n").split(b"\n"))
    assert sum(part.cut_lines for part in found) == too_long


def last_e(lines: Sequence[bytes]) -> int | None:
    return max((at for at, line in enumerate(lines) if line.startswith(b"E")), default=None)


@given(TEXT, SIZES, st.integers(1, 30))
def test_an_event_is_never_divided(data: bytes, size: int, max_line: int) -> None:
    found = list(chunks(Content(data), "x", size=size, max_line=max_line, starts=last_e))
    assert lines_of(found) == expected(data, max_line)
    for before, after in pairwise(found):
        assert after.data.startswith(b"E") or before.cut_lines


@given(TEXT, SIZES, st.integers(1, 30), st.integers(1, 5))
def test_a_chunk_has_no_more_lines_than_its_bound(data: bytes, size: int, max_line: int, most: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "MOST_LINES", most)
        for starts in (None, last_e):
            found = list(chunks(Content(data), "x", size=size, max_line=max_line, starts=starts))
            assert lines_of(found) == expected(data, max_line)
            assert all(count_lines(part.data) <= most for part in found)


def test_an_event_is_not_divided_where_lines_are_too_many() -> None:
    data = b"".join(b"E\n" + b"  at x\n" * (n % 7) for n in range(1000))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "MOST_LINES", 100)
        found = list(chunks(Content(data), "x", starts=last_e))
    assert len(found) > 30
    assert all(part.data.startswith(b"E") for part in found)


@given(TEXT, SIZES)
def test_a_line_is_judged_without_its_end(data: bytes, size: int) -> None:
    seen: list[bytes] = []

    def starts(lines: Sequence[bytes]) -> None:
        seen.extend(lines)

    list(chunks(Content(data), "x", size=size, starts=starts))
    assert set(seen) <= {line.removesuffix(b"\r") for line in data.split(b"\n")}


@pytest.mark.parametrize(("lines", "width"), [(3000, 10), (50, 100_000)])
def test_looking_back_has_an_end(lines: int, width: int) -> None:
    data = b"E start\n" + (b"c" * width + b"\n") * lines
    found = list(chunks(Content(data), "x", size=2000, starts=last_e))
    assert len(found) > 1
    assert b"".join(part.data for part in found) == data
    assert len(found[0].data) <= module.LOOK_BACK_BYTES + 110_000
    assert count_lines(found[0].data) <= module.LOOK_BACK_LINES + 200


def test_offsets_begin_where_the_content_begins() -> None:
    found = list(chunks(Content(b"a\nb\n", start=3), "x", size=2))
    assert [(part.offset, part.first_line, part.data) for part in found] == [(3, 1, b"a\n"), (5, 2, b"b\n")]


def test_a_cut_line_ends_its_chunk_and_the_next_begins_at_its_true_offset() -> None:
    found = list(chunks(Content(b"ok\n" + b"x" * 50 + b"\nlast"), "x", size=20, max_line=10))
    assert found == [Chunk("x", 0, 1, b"ok\n" + b"x" * 10, 1), Chunk("x", 54, 3, b"last", 0)]


def test_a_long_line_at_the_end_is_cut_too() -> None:
    assert list(chunks(Content(b"x" * 50), "x", max_line=10)) == [Chunk("x", 0, 1, b"x" * 10, 1)]
    assert list(chunks(Content(b"x" * 50 + b"\n"), "x", max_line=10)) == [Chunk("x", 0, 1, b"x" * 10, 1)]


def test_a_line_at_the_limit_is_whole() -> None:
    assert list(chunks(Content(b"x" * 10 + b"\ny"), "x", max_line=10)) == [Chunk("x", 0, 1, b"x" * 10 + b"\ny", 0)]


def test_nothing_gives_no_chunk() -> None:
    assert list(chunks(Content(b""), "x")) == []


def test_a_200_mb_line_takes_little_memory() -> None:
    tracemalloc.start()
    found = list(chunks(Endless(200_000_000, b"\nnext\n"), "x", size=4 << 20))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [(part.offset, part.first_line, len(part.data), part.cut_lines) for part in found] == [
        (0, 1, 1 << 20, 1),
        (200_000_001, 2, 5, 0),
    ]
    assert peak < 24 << 20


def test_many_long_lines_are_cut_within_one_block() -> None:
    data = b"".join(b"%03d" % i + b"x" * 97 + b"\n" for i in range(100))
    found = list(chunks(Content(data), "x", size=3000, max_line=50))
    assert [part.first_line for part in found] == list(range(1, 101))
    assert [part.offset for part in found] == [i * 101 for i in range(100)]
    assert all(part.cut_lines == 1 and len(part.data) == 50 for part in found)


@given(st.binary(max_size=2000))
def test_lines_are_counted_as_lf(data: bytes) -> None:
    assert count_lines(data * 200) == data.count(b"\n") * 200
