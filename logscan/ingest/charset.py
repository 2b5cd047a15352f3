"""Text in other encodings than UTF-8: recognised by its first bytes, turned into UTF-8."""

import codecs
from typing import NamedTuple

from logscan.ingest.limits import Limits
from logscan.ingest.raw import Reader, take

_READ = 256 << 10
_MARKS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF8, "utf-8"),
)


class Charset(NamedTuple):
    name: str  # of Python's codec
    mark: int  # bytes of the byte order mark to leave out


def charset_of(head: bytes, limits: Limits) -> Charset:
    """How the content that begins with `head` is encoded; UTF-8 unless its bytes say otherwise.

    Law:    content without a mark is UTF-16 only when most of its units have an empty high byte and it reads as text
    """
    for mark, name in _MARKS:
        if head.startswith(mark):
            return Charset(name, len(mark))
    even = head[: len(head) // 2 * 2]
    if even:
        for name, high, low in (("utf-16-le", even[1::2], even[::2]), ("utf-16-be", even[::2], even[1::2])):
            empty = high.count(0) / len(high)
            if empty >= limits.utf16_nul_share > low.count(0) / len(low) and _reads(even, name, limits):
                return Charset(name, 0)
    return Charset("utf-8", 0)


def _reads(head: bytes, name: str, limits: Limits) -> bool:
    try:
        text = codecs.getincrementaldecoder(name)("strict").decode(head, final=False)
    except UnicodeDecodeError:
        return False
    good = sum(char.isprintable() or char in "\t\r\n\v\f\x1b" for char in text)
    return bool(text) and good >= limits.utf16_printable_share * len(text)


class Recoded:
    """A reader's content as UTF-8.

    Law:    bytes that do not decode stay visible as \\xNN; a lone surrogate likewise
    """

    def __init__(self, reader: Reader, name: str) -> None:
        self._reader = reader
        self._decoder = codecs.getincrementaldecoder(name)("backslashreplace")
        self._ready = memoryview(b"")
        self._ended = False

    def readinto(self, view: memoryview) -> int:
        done = 0
        while done < len(view):
            if not self._ready:
                if self._ended:
                    break
                data = take(self._reader, _READ)
                self._ended = len(data) < _READ
                text = self._decoder.decode(data, final=self._ended)
                self._ready = memoryview(text.encode("utf-8", "backslashreplace"))
            count = min(len(view) - done, len(self._ready))
            view[done : done + count] = self._ready[:count]
            self._ready = self._ready[count:]
            done += count
        return done
