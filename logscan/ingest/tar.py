"""The members of a tar archive: where each one lies, and its bytes.

Source: https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html (ustar, pax),
        https://www.gnu.org/software/tar/manual/html_node/Standard.html (long names, sparse members)
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

BLOCK = 512
_LONGEST = 1 << 20  # bytes; a longer name or extended header is taken for damage
_FILES = (b"0", b"\0", b"7")
_ABOUT_NEXT = (b"L", b"K", b"x", b"g")  # long name, long link, extended and common header
_NO_DATA = (b"1", b"2", b"3", b"4", b"5", b"6")


class Forward(Protocol):
    """What can only be read onwards."""

    position: int

    def read(self, size: int) -> bytes: ...
    def skip(self, size: int) -> bool:
        """Law: False when the content ends before that."""
        ...


class Member(NamedTuple):
    name: str
    offset: int  # of its first byte in the unpacked archive
    size: int
    modified: datetime | None


class Damage(Exception):
    """The archive breaks off or is no tar from here on; the words say where."""


def is_tar(head: bytes) -> bool:
    """Whether a block is a tar header: its checksum is right. An archive without members is none."""
    if len(head) < BLOCK or not head[0]:
        return False
    try:
        return _number(head[148:156]) == sum(head[:148]) + 8 * 32 + sum(head[156:BLOCK])
    except ValueError:
        return False


def members(archive: Forward) -> Iterator[Member | str]:
    """The regular files of an archive, in stored order; in place of one that cannot be read, words that say why.

    Law:    reads no further than it must for the next member
    Errors: Damage when the archive breaks off
    """
    for header, name, facts in _headers(archive):
        kind = header[156:157]
        sparse = kind == b"S" or any(key.startswith("GNU.sparse") for key in facts)
        if kind == b"S":
            _skip_sparse_maps(archive, header)
        size = 0 if kind in _NO_DATA else _count(facts.get("size"), _size(archive, header))
        start = archive.position
        if sparse:
            yield f"{name}: is stored as a sparse file, which is not read"
        elif kind in _FILES and not name.endswith("/"):
            yield Member(name, start, size, _time(facts.get("mtime"), header))
        if not archive.skip(start + size - archive.position):
            raise Damage("the archive breaks off within its last member")
        archive.skip(_padded(size) - size)


def _headers(archive: Forward) -> Iterator[tuple[bytes, str, dict[str, bytes]]]:
    """Each member's header with its name and its extended facts; the caller moves past the member's data."""
    name = ""
    extended: dict[str, bytes] = {}
    common: dict[str, bytes] = {}
    while len(header := archive.read(BLOCK)) == BLOCK and any(header):
        if not is_tar(header):
            raise Damage(f"the archive is damaged at byte {archive.position - BLOCK:,}")
        kind = header[156:157]
        if kind not in _ABOUT_NEXT:
            facts = common | extended
            yield header, name or _decoded(facts.get("path")) or _ustar_name(header), facts
            name, extended = "", {}
            continue
        data = _small(archive, _size(archive, header))
        if kind == b"L":
            name = _text(data.rstrip(b"\0"))
        elif kind == b"x":
            extended = _records(data)
        elif kind == b"g":
            common |= _records(data)
    if 0 < len(header) < BLOCK:
        raise Damage(f"the archive breaks off at byte {archive.position:,}")


def _size(archive: Forward, header: bytes) -> int:
    try:
        size = _number(header[124:136])
    except ValueError:
        size = -1
    if size < 0:
        raise Damage(f"the archive is damaged at byte {archive.position - BLOCK:,}")
    return size


def _small(archive: Forward, size: int) -> bytes:
    if size > _LONGEST:
        raise Damage(f"the archive is damaged at byte {archive.position:,}")
    data = archive.read(_padded(size))
    if len(data) < size:
        raise Damage(f"the archive breaks off at byte {archive.position:,}")
    return data[:size]


def _skip_sparse_maps(archive: Forward, header: bytes) -> None:
    more = header[482]
    while more:
        block = archive.read(BLOCK)
        if len(block) < BLOCK:
            raise Damage(f"the archive breaks off at byte {archive.position:,}")
        more = block[504]


def _records(data: bytes) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    while data:
        digits, _, _ = data.partition(b" ")
        if not digits.isdigit() or len(digits) > 7 or not len(digits) < int(digits) <= len(data):
            break
        key, _, value = data[len(digits) + 1 : int(digits) - 1].partition(b"=")
        found[_text(key)] = value
        data = data[int(digits) :]
    return found


def _ustar_name(header: bytes) -> str:
    name, prefix = header[:100].partition(b"\0")[0], header[345:500].partition(b"\0")[0]
    # GNU's own magic keeps times where POSIX keeps the prefix.
    posix = header[257:263] == b"ustar\0"
    return _text(prefix + b"/" + name if posix and prefix else name)


def _number(field: bytes) -> int:
    """Octal digits, or base 256 when the first bit is set. Errors: ValueError."""
    if field[0] in (0x80, 0xFF):
        number = int.from_bytes(field[1:], "big")
        return number if field[0] == 0x80 else number - (1 << 8 * (len(field) - 1))
    digits = field.partition(b"\0")[0].strip()
    return int(digits, 8) if digits else 0


def _count(value: bytes | None, default: int) -> int:
    return int(value) if value is not None and value.isdigit() and len(value) < 19 else default


def _time(exact: bytes | None, header: bytes) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(exact) if exact else _number(header[136:148]), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _padded(size: int) -> int:
    return -(-size // BLOCK) * BLOCK


def _decoded(value: bytes | None) -> str:
    return _text(value) if value else ""


def _text(value: bytes) -> str:
    return value.decode("utf-8", "backslashreplace")
