"""A tar archive on disk, plain or packed: its members, and each one's bytes."""

from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from logscan.ingest.raw import Filled, Handle, Reader, take
from logscan.ingest.tar import BLOCK, Damage, Member, is_tar, members
from logscan.ingest.unpack import HEAD, codec_of, unpack

_DISCARD = 1 << 20  # bytes read at a time where a packed archive has to be read past


class Index(NamedTuple):
    members: list[Member]  # in stored order, names made unique
    faults: list[str]
    packed: bool  # members are cheap to read in stored order only


class Section(NamedTuple):
    """One member's bytes; `close` must be called."""

    cursor: "Cursor"
    archive: "Archive"

    def readinto(self, view: memoryview, /) -> int:
        return self.cursor.readinto(view)

    def close(self) -> None:
        self.archive.leave(self.cursor)


class Archive:
    """Law: reading the members in stored order unpacks the archive once."""

    def __init__(self, file: Path, memory: int) -> None:
        self._file, self._memory = file, memory
        self._lock = Lock()
        self._parked: Cursor | None = None
        self._last: int | None = None

    def __reduce__(self) -> tuple[type["Archive"], tuple[Path, int]]:
        return Archive, (self._file, self._memory)

    def __del__(self) -> None:
        if self._parked:
            self._parked.close()

    def index(self) -> Index | None:
        """Where its members lie; None when the file is no tar archive.

        Errors: OSError
        """
        cursor = Cursor(self._file, self._memory)
        try:
            if not is_tar(cursor.read(BLOCK)):
                return None
            cursor.rewind()
            found: list[Member] = []
            faults: list[str] = []
            for member in _until_damage(cursor, faults):
                if isinstance(member, str):
                    faults.append(member)
                else:
                    found.append(member)
            self._last = max((member.offset for member in found), default=0)
            return Index(_unique(found), faults + cursor.notes, cursor.packed)
        finally:
            cursor.close()

    def open(self, member: Member) -> Section:
        """Errors: OSError"""
        with self._lock:
            cursor, self._parked = self._parked, None
        if cursor is None or cursor.position > member.offset:
            if cursor:
                cursor.close()
            cursor = Cursor(self._file, self._memory)
        cursor.skip(member.offset - cursor.position)
        return Section(cursor, self)

    def leave(self, cursor: "Cursor") -> None:
        """Keep the place for the next member, if one may follow."""
        with self._lock:
            if cursor.packed and self._parked is None and (self._last is None or cursor.position < self._last):
                self._parked = cursor
                return
        cursor.close()


class Cursor:
    """An archive's plain bytes, from the front."""

    def __init__(self, file: Path, memory: int) -> None:
        self._path, self._memory = file, memory
        self._file = file.open("rb", buffering=0)
        self.rewind()

    def rewind(self) -> None:
        self.notes: list[str] = []
        self.position = 0
        self._file.seek(0)
        self.packed = codec_of(take(Filled(self._file), HEAD)) is not None
        self._file.seek(0)
        plain: Handle = self._file
        self._reader: Reader = Filled(plain)
        if self.packed:
            self._reader = unpack(self._reader, self.notes, memory=self._memory)

    def readinto(self, view: memoryview, /) -> int:
        count = self._reader.readinto(view)
        self.position += count
        return count

    def read(self, size: int) -> bytes:
        return take(self, size)

    def skip(self, size: int) -> bool:
        """Law: False when the archive ends before that."""
        if not self.packed:
            self._file.seek(size, 1)
            self.position += size
            return self.position <= self._path.stat().st_size
        left = size
        while left:
            count = len(self.read(min(left, _DISCARD)))
            if not count:
                break
            left -= count
        return not left

    def close(self) -> None:
        self._file.close()


def _until_damage(cursor: Cursor, faults: list[str]) -> Iterator[Member | str]:
    try:
        yield from members(cursor)
    except Damage as damage:
        faults.append(str(damage))


def _unique(found: list[Member]) -> list[Member]:
    """A name that is stored again gets a number: `a.log`, `a.log#2`."""
    used: set[str] = set()
    named = []
    for member in found:
        name = member.name.removeprefix("./") or member.name
        number, unique = 2, name
        while unique in used:
            unique, number = f"{name}#{number}", number + 1
        used.add(unique)
        named.append(member._replace(name=unique))
    return named
