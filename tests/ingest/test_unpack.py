import bz2
import gzip
import hashlib
import io
import lzma

import pytest
import zstandard
from hypothesis import assume, given
from hypothesis import strategies as st

from logscan.ingest.raw import Filled, take
from logscan.ingest.unpack import Unpacked, codec_of, unpack

PACK = {
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstandard.ZstdCompressor(write_checksum=True).compress,
}
KINDS = sorted(PACK)


def plain(data: bytes, memory: int = 64 << 20) -> tuple[bytes, list[str]]:
    notes: list[str] = []
    reader = unpack(Filled(io.BytesIO(data)), notes, memory=memory)
    return take(reader, 4 << 20), notes


def noise(size: int) -> bytes:
    return hashlib.shake_128(b"noise").digest(size)


def log(lines: int) -> bytes:
    return b"".join(b"%d GET /api/%d 401\n" % (i, i * i * 7919 % 1_000_003) for i in range(lines))


@pytest.mark.parametrize("kind", KINDS)
@given(st.lists(st.binary(max_size=200), min_size=1, max_size=4))
def test_several_members_are_one_content(kind: str, parts: list[bytes]) -> None:
    assume(codec_of(b"".join(parts)) is None)
    packed = b"".join(map(PACK[kind], parts))
    codec = codec_of(packed)
    assert codec is not None
    assert codec.name == kind
    assert plain(packed) == (b"".join(parts), [])


@given(st.binary(max_size=200))
def test_plain_content_passes_as_it_is(data: bytes) -> None:
    if codec_of(data) is None:
        assert plain(data) == (data, [])


def test_text_that_begins_like_an_archive_stays_text() -> None:
    assert plain(b"BZh1 is a word\n") == (b"BZh1 is a word\n", [])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.999])
def test_truncation_keeps_what_was_read_and_says_so(kind: str, share: float) -> None:
    data = noise(2_000_000)  # several blocks, also for bzip2
    packed = PACK[kind](data)
    got, notes = plain(packed[: int(len(packed) * share)])
    assert data.startswith(got)
    assert len(got) > (share - 0.31) * len(data)
    assert notes == [f"{kind} stream is truncated: {len(got):,} bytes read before the break"]


@given(st.integers(20, 2000))
def test_a_truncated_gzip_keeps_all_that_its_bytes_hold(cut: int) -> None:
    data = log(200)
    packed = gzip.compress(data, mtime=0)
    cut = min(cut, len(packed) - 1)
    got, notes = plain(packed[:cut])
    assert data.startswith(got)
    assert len(notes) == 1
    more, _ = plain(packed[: cut + 1])
    assert more.startswith(got)


@pytest.mark.parametrize("kind", ["gzip", "xz", "zstd"])
def test_a_flipped_checksum_loses_nothing(kind: str) -> None:
    data = log(3000)
    packed = bytearray(PACK[kind](data))
    packed[{"gzip": -6, "xz": -38, "zstd": -2}[kind]] ^= 0x55
    got, notes = plain(bytes(packed))
    assert data.startswith(got)
    assert len(got) >= 0.9 * len(data)
    assert len(notes) == 1
    assert "corrupt" in notes[0]


@pytest.mark.parametrize("kind", KINDS)
def test_damage_in_the_middle_keeps_what_stood_before(kind: str) -> None:
    parts = [log(3000), log(3001)]
    first, second = map(PACK[kind], parts)
    middle = len(second) // 2
    second = second[:middle] + bytes(40) + second[middle + 40 :]
    got, notes = plain(first + second)
    assert got.startswith(parts[0])
    assert len(notes) == 1
    assert f"{kind} stream is" in notes[0]


@pytest.mark.parametrize("kind", KINDS)
def test_padding_is_skipped_and_garbage_is_noted(kind: str) -> None:
    packed = PACK[kind](b"one\n")
    assert plain(packed + bytes(1024)) == (b"one\n", [])
    assert plain(packed + bytes(8) + packed) == (b"one\none\n", [])
    got, notes = plain(packed + b"garbage that is long enough to see")
    assert got == b"one\n"
    assert "left out" in notes[0]


def test_skippable_zstd_frames_are_skipped() -> None:
    skipped = b"\x5e\x2a\x4d\x18\x04\x00\x00\x00abcd"
    assert plain(skipped + PACK["zstd"](b"text\n") + skipped) == (b"text\n", [])


def test_packed_twice_is_unpacked_twice() -> None:
    assert plain(PACK["gzip"](PACK["xz"](b"text\n")))[0] == b"text\n"


def test_a_file_that_asks_for_too_much_memory_is_refused_with_a_note() -> None:
    packed = lzma.compress(b"text\n" * 1000, preset=9)
    got, notes = plain(packed, memory=1 << 20)
    assert got == b""
    assert "corrupt" in notes[0] or "memory" in notes[0].lower()


def test_a_bomb_is_unpacked_only_as_far_as_it_is_read() -> None:
    bomb = zstandard.ZstdCompressor().compress(bytes(512 << 20))
    codec = codec_of(bomb)
    assert codec is not None
    reader = Unpacked(Filled(io.BytesIO(bomb)), codec, [], 64 << 20)
    assert take(reader, 1000) == bytes(1000)
    assert reader.count <= 64 << 20
