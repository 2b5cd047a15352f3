"""What was read of a stream, remembered by digests: the same bytes are known again wherever they lie."""

import hashlib
from collections import deque
from typing import NamedTuple

from logscan.ingest.chunk import Content
from logscan.ingest.raw import take

BLOCK = 64 << 10  # bytes
_PASSED = 4 << 20  # bytes read at a time


class Mark(NamedTuple):
    """All bytes of some content below an offset.

    begin  of the content: behind a byte order mark and leading NULs
    head   digest of the first block; empty while no more than one was read
    chain  digest of all whole blocks but the last; empty while there is none
    near   digest of what lies between those blocks and the offset: 1 byte to one block
    """

    begin: int = 0
    offset: int = 0
    head: str = ""
    chain: str = ""
    near: str = ""

    @property
    def near_at(self) -> int:
        """Where the bytes of `near` begin."""
        read = self.offset - self.begin
        return self.begin + max(read - 1, 0) // BLOCK * BLOCK


class Trail:
    """A stream whose bytes are digested as far as they were worked on.

    In: mark, near: where the stream begins, and the bytes that mark.near is the digest of; none: at its beginning
    """

    def __init__(self, stream: Content, mark: Mark | None = None, near: bytes = b"") -> None:
        self._stream = stream
        self._mark = mark or Mark(stream.start, stream.start)
        self._parts = deque([near]) if near else deque[bytes]()
        self.start = self.end = stream.start  # of what is read next: where it began, and where it is
        self.last = 10  # the last byte that was read

    def readinto(self, view: memoryview, /) -> int:
        count = self._stream.readinto(view)
        if count:
            self._parts.append(bytes(view[:count]))
            self.end += count
            self.last = view[count - 1]
        return count

    def at(self, offset: int) -> Mark:
        """The mark of an offset within what was read, not below the one before."""
        mark = self._mark
        target = mark._replace(offset=offset).near_at
        begin, head, chain = mark.near_at, mark.head, mark.chain
        data, done = b"".join(self._parts), 0
        while begin < target:
            block = data[done : done + BLOCK]
            chain = digest(chain.encode() + block)
            head = head or digest(block)
            begin, done = begin + BLOCK, done + BLOCK
        self._parts = deque([data[done:]])
        near = digest(data[done : done + offset - begin]) if offset > mark.begin else ""
        self._mark = Mark(mark.begin, offset, head, chain, near)
        return self._mark

    def passed(self, mark: Mark) -> bool:
        """Read as far as a mark; whether it is the mark of what was read."""
        found = self.at(self.end)
        while self.end < mark.offset:
            if not take(self, min(_PASSED, mark.offset - self.end)):
                return False
            found = self.at(self.end)
        self.start = self.end
        return found == mark


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]
