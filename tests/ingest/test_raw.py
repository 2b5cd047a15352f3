import hashlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.ingest import raw
from logscan.ingest.raw import Filled, Peeked, Raw, take


class Dribble:
    """Gives a few bytes at a time, as a pipe does; may fail in the end."""

    def __init__(self, data: bytes, step: int, fault: OSError | None = None) -> None:
        self.file, self.step, self.fault = io.BytesIO(data), step, fault

    def readinto(self, view: memoryview, /) -> int:
        count = self.file.readinto(view[: self.step])
        if not count and self.fault and len(view):
            raise self.fault
        return count


@given(st.binary(max_size=300), st.integers(1, 50), st.lists(st.integers(0, 80), max_size=10))
def test_every_byte_is_given_and_hashed_once_in_order(data: bytes, step: int, sizes: list[int]) -> None:
    reader = Raw(Dribble(data, step))
    got = b"".join(take(reader, size) for size in sizes)
    assert data.startswith(got)
    assert len(got) == min(sum(sizes), len(data))
    got += take(reader, len(data) + 1)
    assert got == data
    assert reader.sha256 == hashlib.sha256(data).hexdigest()
    assert reader.count == len(data)


def test_large_reads_are_hashed_in_order_and_leave_the_buffer_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw, "PIECE", 1000)
    data = bytes(range(256)) * 1000
    reader = Raw(io.BytesIO(data))
    for _ in range(3):
        buffer = io.BytesIO(bytes(100_000))
        with buffer.getbuffer() as view:
            reader.readinto(view)
        buffer.truncate(10)  # raises when a view of it is still held
    reader.close()
    assert reader.sha256 == hashlib.sha256(data).hexdigest()


def test_drain_reads_to_the_end() -> None:
    reader = Raw(io.BytesIO(b"x" * 5000))
    assert take(reader, 10) == b"x" * 10
    assert reader.sha256 == ""
    reader.drain()
    assert reader.sha256 == hashlib.sha256(b"x" * 5000).hexdigest()


def test_a_limit_ends_the_content() -> None:
    reader = Raw(io.BytesIO(b"abcdef"), limit=4)
    assert take(reader, 3) + take(reader, 3) == b"abcd"
    assert reader.sha256 == hashlib.sha256(b"abcd").hexdigest()


def test_a_failing_disk_keeps_what_was_read() -> None:
    reader = Raw(Dribble(b"kept\n", 3, OSError(5, "Input/output error")))
    assert take(reader, 100) == b"kept\n"
    assert reader.fault == "Input/output error"
    assert reader.sha256 == ""


def test_a_pipe_that_would_not_wait_is_a_fault_and_no_end() -> None:
    class Hasty:
        def readinto(self, _view: memoryview, /) -> None:
            return None

    reader = Raw(Hasty())
    assert take(reader, 5) == b""
    assert "non-blocking" in reader.fault


def test_closing_closes_the_file_once() -> None:
    closed: list[int] = []
    reader = Raw(io.BytesIO(b""), close=lambda: closed.append(1))
    reader.close()
    reader.close()
    assert closed == [1]


@given(st.binary(max_size=60), st.integers(0, 70), st.integers(1, 9))
def test_a_peeked_reader_gives_the_whole_content(data: bytes, head: int, step: int) -> None:
    whole = Filled(Dribble(data, step))
    reader = Peeked(take(whole, head), whole)
    parts = [take(reader, 7) for _ in range(10)]
    assert b"".join(parts) == data
    assert [len(part) for part in parts] == sorted((len(part) for part in parts), reverse=True)


@pytest.mark.parametrize("size", [0, 1, 5])
def test_take_gives_less_only_at_the_end(size: int) -> None:
    reader = Filled(Dribble(b"abc", 1))
    assert take(reader, size) == b"abc"[:size]
