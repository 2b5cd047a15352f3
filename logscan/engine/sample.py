"""A look at a source before it is read: lines from its head, and from its middle and tail where that costs nothing."""

from logscan.ingest.raw import Peeked, take
from logscan.ingest.source import Source, Stream

LOOK = 64 << 10  # bytes at each place
_LINES = 150  # of each place


class Looked:
    """A stream whose first bytes have been looked at; reading begins with them again."""

    def __init__(self, stream: Stream) -> None:
        self.start = stream.start
        self.head = take(stream, LOOK)
        self._reader = Peeked(self.head, stream)

    def readinto(self, view: memoryview, /) -> int:
        return self._reader.readinto(view)


def sample_lines(source: Source, looked: Looked) -> list[str]:
    """Whole lines from the head and, of a plain file, from the middle and the tail.

    Law: depends on the source's bytes alone
    """
    places = [looked.head]
    if source.file is not None and source.member is None and source.file.is_file():
        places += _middle_and_tail(source, looked.head)
    return [line for at, place in enumerate(places) for line in _whole_lines(place, inner=at > 0)]


def _middle_and_tail(source: Source, head: bytes) -> list[bytes]:
    if source.file is None:
        return []
    with source.file.open("rb") as file:
        if file.read(len(head)) != head:
            return []  # compressed or recoded: what lies at an offset means nothing
        size = file.seek(0, 2)
        if size <= 3 * LOOK:
            return []
        file.seek(size // 2)
        middle = file.read(LOOK)
        file.seek(size - LOOK)
        return [middle, file.read(LOOK)]


def _whole_lines(data: bytes, *, inner: bool) -> list[str]:
    rows = data.split(b"\n")
    if inner:
        rows = rows[1:]
    if len(data) == LOOK and len(rows) > 1:
        rows = rows[:-1]  # cut; what is shorter ends where the file ends
    step = max(1, len(rows) // _LINES)
    return [row.removesuffix(b"\r").decode("utf-8", "backslashreplace") for row in rows[::step] if row.strip()]
