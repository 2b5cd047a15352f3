import io
import tarfile
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.ingest.tar import BLOCK, Damage, Member, is_tar, members


class Bytes:
    def __init__(self, data: bytes) -> None:
        self.data, self.position = data, 0

    def read(self, size: int) -> bytes:
        part = self.data[self.position : self.position + size]
        self.position += len(part)
        return part

    def skip(self, size: int) -> bool:
        self.position += size
        return self.position <= len(self.data)


def pack(files: list[tuple[str, bytes]], form: int = tarfile.GNU_FORMAT, *, mtime: int = 0) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), mtime
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def found(archive: Bytes) -> list[Member]:
    return [member for member in members(archive) if isinstance(member, Member)]


def unpacked(data: bytes) -> list[tuple[str, bytes]]:
    return [(m.name, data[m.offset : m.offset + m.size]) for m in found(Bytes(data))]


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=300).filter(
    lambda name: not name.endswith("/") and len(name.encode()) < 900
)


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@given(files=st.lists(st.tuples(NAMES, st.binary(max_size=1200)), min_size=1, max_size=5))
def test_every_member_is_found_with_its_name_and_bytes(form: int, files: list[tuple[str, bytes]]) -> None:
    data = pack(files, form)
    assert is_tar(data[:BLOCK])
    got = unpacked(data)
    assert [content for _, content in got] == [content for _, content in files]
    # tarfile itself strips what it writes into the short field; it is the reference.
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        assert [name for name, _ in got] == [info.name for info in archive.getmembers()]


def test_a_prefixed_ustar_name_is_joined() -> None:
    name = "a/" * 60 + "app.log"
    assert unpacked(pack([(name, b"x\n")], tarfile.USTAR_FORMAT)) == [(name, b"x\n")]


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_times_are_utc_and_a_mad_one_is_none(form: int) -> None:
    (good,) = found(Bytes(pack([("a", b"")], form, mtime=1_773_296_724)))
    assert good.modified == datetime(2026, 3, 12, 6, 25, 24, tzinfo=UTC)
    (mad,) = found(Bytes(pack([("a", b"")], form, mtime=2**60)))
    assert mad.modified is None


def test_folders_links_and_devices_are_no_members() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for kind in (tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo("thing")
            info.type, info.linkname = kind, "elsewhere"
            archive.addfile(info)
        info = tarfile.TarInfo("log")
        info.size = 2
        archive.addfile(info, io.BytesIO(b"x\n"))
    assert unpacked(out.getvalue()) == [("log", b"x\n")]


def test_a_sparse_member_is_named_and_the_next_is_read() -> None:
    first = bytearray(pack([("hole.log", b"x" * 700)])[: 3 * BLOCK])
    first[156:157] = b"S"
    first[148:156] = b"%06o\0 " % (sum(first[:148]) + 256 + sum(first[156:BLOCK]))
    got = list(members(Bytes(bytes(first) + pack([("good.log", b"y\n")]))))
    assert isinstance(got[0], str)
    assert "hole.log" in got[0]
    assert isinstance(got[1], Member)
    assert got[1].name == "good.log"


@given(st.integers(BLOCK, 8 * BLOCK))
def test_a_broken_archive_keeps_every_member_whose_header_stands(cut: int) -> None:
    files = [("a.log", b"a" * 700), ("b.log", b"b" * 600), ("c.log", b"c" * 10)]
    headers = [0, 3 * BLOCK, 6 * BLOCK]
    data_ends = [BLOCK + 700, 4 * BLOCK + 600, 7 * BLOCK + 10]
    kept: list[Member | str] = []
    damage = ""
    try:
        kept.extend(members(Bytes(pack(files)[:cut])))
    except Damage as fault:
        damage = str(fault)
    assert [member.name for member in kept if isinstance(member, Member)] == [
        name for (name, _), header in zip(files, headers, strict=True) if header + BLOCK <= cut
    ]
    if any(header < cut < end for header, end in zip(headers, data_ends, strict=True)):
        assert "breaks off" in damage


@given(st.binary(max_size=1500))
def test_any_bytes_are_no_archive_or_end_in_damage(data: bytes) -> None:
    assert not is_tar(data) or len(data) >= BLOCK
    with suppress(Damage):
        list(members(Bytes(data)))


@given(st.lists(st.tuples(st.integers(0, 2 * BLOCK - 1), st.integers(0, 255)), max_size=8))
def test_a_damaged_header_never_hangs_or_crashes(flips: list[tuple[int, int]]) -> None:
    data = bytearray(pack([("a.log", b"a" * 10), ("b.log", b"b")], tarfile.PAX_FORMAT))
    for place, value in flips:
        data[place] = value
    # Right checksum again: damage must be met behind it.
    data[148:156] = b"%06o\0 " % (sum(data[:148]) + 256 + sum(data[156:BLOCK]))
    with suppress(Damage):
        for member in members(Bytes(bytes(data))):
            assert isinstance(member, str) or (member.size >= 0 and member.offset >= 0)


def test_an_archive_of_nothing_and_plain_text_are_no_archives() -> None:
    assert not is_tar(bytes(BLOCK))
    assert not is_tar(b"192.0.2.7 - - GET /\n" * 40)
    assert not is_tar(b"short")
