import gzip
import hashlib
import io
import tarfile
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.ingest.limits import load_limits
from logscan.ingest.raw import Raw
from logscan.ingest.stream import Stream

LINE = b"2026-03-12 06:25:24 ERROR login refused for ada\n"


def stream(data: bytes, expected: int | None = None) -> Stream:
    return Stream(Raw(io.BytesIO(data)), load_limits(), expected=expected)


def read(data: bytes) -> tuple[Stream, bytes]:
    opened = stream(data)
    return opened, opened.read(1 << 20)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1).filter(lambda text: text[0] != "\ufeff"))
def test_text_passes_unchanged(text: str) -> None:
    opened, got = read(text.encode())
    assert got == text.encode()
    assert (opened.binary, opened.notes, opened.start) == (False, [], 0)


@given(st.binary(max_size=300), st.booleans())
def test_the_hash_is_of_what_is_stored(data: bytes, packed: bool) -> None:
    stored = gzip.compress(data) if packed else data
    opened, _ = read(stored)
    opened.read(1)
    opened.drain()
    assert opened.sha256 == hashlib.sha256(stored).hexdigest()
    assert opened.stored == len(stored)


def test_the_hash_of_a_broken_archive_covers_what_lies_behind_the_break() -> None:
    stored = gzip.compress(LINE) + b"garbage" * 100_000
    opened, got = read(stored)
    assert got == LINE
    assert opened.sha256 == hashlib.sha256(stored).hexdigest()
    assert len(opened.notes) == 1


def test_a_utf_8_mark_is_left_out_and_offsets_stay_true() -> None:
    opened, got = read(b"\xef\xbb\xbf" + LINE)
    assert got == LINE
    assert opened.start == 3


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_utf_16_is_read_as_utf_8_and_said(mark: str, name: str, pack: Callable[[bytes], bytes]) -> None:
    opened, got = read(pack((mark + LINE.decode() * 3000 + "grün").encode(name)))
    assert got == LINE * 3000 + "grün".encode()
    assert opened.binary is False
    assert name.upper() in opened.notes[0]


@pytest.mark.parametrize(
    "data",
    [
        b"\x7fELF\x02\x01\x01" + bytes(100),
        b"\x89PNG\r\n\x1a\n" + LINE,
        b"PK\x03\x04" + LINE,
        bytes(range(256)) * 30,
        bytes(70_000),
        b"a\0\0\0" * 100,
        LINE * 4 + bytes(30_000),
        b"short\n" * 50 + bytes(30_000),
        hashlib.shake_128(b"seed").digest(5000).replace(b"\0", b"\1"),
    ],
)
def test_binary_data_is_recognised(data: bytes) -> None:
    opened, _ = read(data)
    assert opened.binary
    assert opened.notes


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"\r\n\r\n",
        b"user \0 name\n" * 3,
        b"\x1b[31mERROR\x1b[0m refused\n" * 20,
        b"caf\xe9 refus\xe9\n" * 20,
        "é".encode() * 40_000,
        LINE + bytes(30) + LINE * 20,
        LINE * 5 + bytes(60_000) + LINE,
        LINE * 8 + hashlib.shake_128(b"seed").digest(50_000) + b"\n" + LINE * 8,
        hashlib.shake_128(b"seed").digest(30_000) + b"\n" + LINE * 8,
    ],
)
def test_odd_text_is_still_text(data: bytes) -> None:
    opened, got = read(data)
    assert not opened.binary
    assert got == data


@pytest.mark.parametrize("hole", [512, 65_536, 300_001])
def test_the_hole_of_a_truncated_log_is_left_out_and_said(hole: int) -> None:
    opened, got = read(bytes(hole) + LINE * 2)
    assert got == LINE * 2
    assert opened.start == hole
    assert not opened.binary
    assert f"{hole:,} NUL bytes" in opened.notes[0]


def test_a_few_leading_nuls_stay() -> None:
    opened, got = read(b"\0\0" + LINE * 3)
    assert got == b"\0\0" + LINE * 3
    assert not opened.binary


def test_a_tar_archive_in_a_pipe_is_named() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo("a.log")
        info.size = len(LINE)
        archive.addfile(info, io.BytesIO(LINE))
    opened, _ = read(gzip.compress(out.getvalue()))
    assert opened.binary
    assert "tar archive" in opened.notes[0]


def test_a_failing_disk_is_noted() -> None:
    class Failing:
        file = io.BytesIO(LINE * 2)

        def readinto(self, view: memoryview, /) -> int:
            count = self.file.readinto(view)
            if not count:
                raise OSError(5, "Input/output error")
            return count

    opened = Stream(Raw(Failing()), load_limits())
    assert opened.read(10_000) == LINE * 2
    assert "Input/output error" in opened.notes[0]
    assert opened.sha256 == ""


def test_a_member_that_breaks_off_is_noted_with_counts() -> None:
    opened = stream(LINE, expected=1000)
    assert opened.read(2000) == LINE
    assert opened.notes == [f"the archive breaks off here: {len(LINE)} of 1,000 bytes read"]
