"""A look at a source before it is read: lines from its head, its middle and its tail, as far as they can be had."""

from typing import NamedTuple

from logscan.ingest.chunk import Content
from logscan.ingest.raw import Peeked, take
from logscan.ingest.source import Source

LOOK = 64 << 10  # bytes at each place
_DEEP = 1 << 20  # bytes of a source whose end cannot be looked at: all that is looked at, spread over it
_LINES = 150  # of each place
_MARKS = (b"#Fields:", b"#fields", b"#Date:")  # they say how the lines below them are to be read


class Sample(NamedTuple):
    """ends: the last lines are the source's last."""

    lines: list[str]
    ends: bool


class Looked:
    """A stream whose first bytes have been looked at; reading begins with them again."""

    def __init__(self, stream: Content) -> None:
        self.start = stream.start
        self.head = take(stream, LOOK)
        self._stream = stream
        self._reader = Peeked(self.head, stream)

    def further(self, size: int) -> bytes:
        """What follows the head; to be asked once, before anything is read."""
        more = take(self._stream, size)
        self._reader = Peeked(self.head + more, self._stream)
        return more

    def readinto(self, view: memoryview, /) -> int:
        return self._reader.readinto(view)


def look_at(source: Source, looked: Looked) -> Sample:
    """Whole lines from the head, the middle and the tail; of what is compressed or piped, of its first megabyte.

    Law: depends on the source's bytes alone
    """
    if len(looked.head) < LOOK:
        return _sample([looked.head], ends=True)
    if places := _of_file(source, looked.head):
        return _sample([looked.head, *places], ends=True)
    more = looked.further(_DEEP - LOOK)
    middle = len(more) // 2 if len(more) > 3 * LOOK else len(more)
    places = [more[middle : middle + LOOK], more[-LOOK:]]
    return _sample([looked.head, *(place for place in places if place)], ends=len(more) < _DEEP - LOOK)


def sample_lines(source: Source, looked: Looked) -> list[str]:
    """As `look_at`, the lines alone."""
    return look_at(source, looked).lines


def _sample(places: list[bytes], *, ends: bool) -> Sample:
    last = len(places) - 1
    cut = [_whole_lines(place, inner=at > 0, cut=at < last or not ends) for at, place in enumerate(places)]
    return Sample([line for lines in cut for line in lines], ends)


def _of_file(source: Source, head: bytes) -> list[bytes]:
    """The middle and the tail of a plain file; nothing of what is packed, recoded, or no file."""
    if source.file is None or source.member is not None or not source.file.is_file():
        return []
    with source.file.open("rb") as file:
        if file.read(len(head)) != head:
            return []  # compressed or recoded: what lies at an offset means nothing
        size = file.seek(0, 2)
        places = [size // 2] if size > 3 * LOOK else []
        found = []
        for place in (*places, max(len(head), size - LOOK)):
            file.seek(place)
            found.append(file.read(LOOK))
        return found


def _whole_lines(data: bytes, *, inner: bool, cut: bool) -> list[str]:
    rows = data.removesuffix(b"\n").split(b"\n")
    if inner:
        rows = rows[1:]
    if cut and len(rows) > 1:
        rows = rows[:-1]
    step = max(1, len(rows) // _LINES)
    return [
        row.removesuffix(b"\r").decode("utf-8", "backslashreplace")
        for n, row in enumerate(rows)
        if ((n % step == 0 or n == len(rows) - 1) and row.strip()) or row.startswith(_MARKS)
    ]
