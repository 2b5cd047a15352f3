"""Packed content made plain: gzip, bzip2, xz and zstd, known by their first bytes, any number of members."""

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

import zstandard

from logscan.ingest.raw import Peeked, Reader, take

HEAD = 16  # bytes; enough to know every codec
LAYERS = 3  # packed within packed: how deep it is followed
_READ = 256 << 10  # bytes read from disk at a time
_BITE = 1 << 10  # bytes unpacked at a time: bounds what a bomb can give at once, and what a broken bite takes with it
_SALVAGE = 4 << 20  # packed bytes; in a smaller member even the broken bite is read up to its break


class Unpacker(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


class Codec(NamedTuple):
    name: str
    magics: tuple[bytes, ...]
    start: Callable[[int], Unpacker]  # memory in bytes that unpacking may take


# A block begins with the digits of pi, an empty stream ends with those of its root; "BZh1" alone could be text.
_BZIP2 = (bytes.fromhex("314159265359"), bytes.fromhex("177245385090"))


def _bzip2(_: int) -> Unpacker:
    return bz2.BZ2Decompressor()


CODECS = (
    Codec("gzip", (b"\x1f\x8b\x08",), lambda _: zlib.decompressobj(31)),
    Codec("bzip2", tuple(b"BZh%d" % level + block for level in range(1, 10) for block in _BZIP2), _bzip2),
    Codec("xz", (b"\xfd7zXZ\0",), lambda memory: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=memory)),
    Codec(
        "zstd",
        # The second kind are skippable frames: https://www.rfc-editor.org/rfc/rfc8878#section-3.1.2
        (b"\x28\xb5\x2f\xfd", *(bytes([low, 0x2A, 0x4D, 0x18]) for low in range(0x50, 0x60))),
        lambda memory: zstandard.ZstdDecompressor(max_window_size=memory).decompressobj(),
    ),
)
_BROKEN = (zlib.error, OSError, EOFError, lzma.LZMAError, zstandard.ZstdError, MemoryError)


def codec_of(head: bytes) -> Codec | None:
    return next((codec for codec in CODECS if head.startswith(codec.magics)), None)


def unpack(reader: Reader, notes: list[str], *, memory: int) -> Reader:
    """Make the content plain, whatever it is packed in; plain content passes as it is.

    Law:    what was unpacked before a break is kept; the break is noted
    Units:  memory bytes
    """
    for _ in range(LAYERS):
        head = take(reader, HEAD)
        reader = Peeked(head, reader)
        codec = codec_of(head)
        if codec is None:
            break
        reader = Unpacked(reader, codec, notes, memory)
    return reader


class Unpacked:
    """The plain content of one packed stream; members or frames follow one another."""

    def __init__(self, packed: Reader, codec: Codec, notes: list[str], memory: int) -> None:
        self._packed, self._codec, self._notes, self._memory = packed, codec, notes, memory
        self._parts = self._unpack()
        self._ready = memoryview(b"")
        self.count = 0

    def readinto(self, view: memoryview) -> int:
        done = 0
        while done < len(view):
            if not self._ready:
                part = next(self._parts, b"")
                if not part:
                    break
                self.count += len(part)
                self._ready = memoryview(part)
            count = min(len(view) - done, len(self._ready))
            view[done : done + count] = self._ready[:count]
            self._ready = self._ready[count:]
            done += count
        return done

    def _unpack(self) -> Iterator[bytes]:
        """Plain parts, none of them empty; stops at a break, having noted it."""
        data = take(self._packed, _READ)
        while data:
            unpacker = self._codec.start(self._memory)
            before = bytearray()
            while not unpacker.eof:
                if not data:
                    data = take(self._packed, _READ)
                    if not data:
                        self._note("truncated: {:,} bytes read before the break")
                        return
                bite, data = data[:_BITE], data[_BITE:]
                try:
                    part = unpacker.decompress(bite)
                except _BROKEN as fault:
                    yield from self._salvage(before, bite)
                    self._note("corrupt after {:,} bytes, which were kept: " + _words(fault))
                    return
                if len(before) <= _SALVAGE:
                    before += bite
                if part:
                    yield part
            data = self._following(unpacker.unused_data + data)

    def _salvage(self, before: bytearray, bite: bytes) -> Iterator[bytes]:
        """What a broken bite holds before its break: unpacked again, now byte by byte."""
        if len(before) > _SALVAGE:
            return
        unpacker = self._codec.start(self._memory)
        try:
            for low in range(0, len(before), _BITE):
                unpacker.decompress(bytes(before[low : low + _BITE]))
            for code in bite:
                if part := unpacker.decompress(bytes([code])):
                    yield part
        except _BROKEN:
            return

    def _following(self, data: bytes) -> bytes:
        """The next member, if there is one; padding is skipped, anything else is noted and left."""
        data = data.lstrip(b"\0")
        while len(data) < HEAD:
            more = take(self._packed, _READ)
            if not more:
                break
            data = (data + more).lstrip(b"\0")
        if not data or data.startswith(self._codec.magics):
            return data
        self._note("followed by bytes that are not " + self._codec.name + ", which were left out, after {:,} bytes")
        return b""

    def _note(self, words: str) -> None:
        self._notes.append(f"{self._codec.name} stream is " + words.format(self.count))


def _words(fault: Exception) -> str:
    return " ".join(str(fault).split()) or type(fault).__name__
