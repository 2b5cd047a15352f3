"""What a file holds, looked at as little as can be: enough to know it again."""

from dataclasses import dataclass

from logscan.ingest.raw import take
from logscan.ingest.source import Source, open_source
from logscan.ingest.trail import BLOCK, Mark, Trail, digest


@dataclass(frozen=True)
class Content:
    """begin: of the content, behind marks and NULs; head: its first block; why: it is no log, when it is binary."""

    source: Source
    begin: int
    head: bytes
    plain: bool
    why: str = ""

    def holds(self, mark: Mark) -> bool:
        """Whether it begins with all the bytes of a mark.

        Law: of a plain file two blocks are read, however far the mark lies; what is packed is unpacked that far
        """
        length = mark.offset - mark.begin
        if mark.begin != self.begin or length <= 0:
            return False
        if length <= BLOCK:
            return len(self.head) >= length and digest(self.head[:length]) == mark.near
        if digest(self.head) != mark.head:
            return False
        if self.plain:
            near = self.near(mark)
            return mark.near_at + len(near) == mark.offset and digest(near) == mark.near
        with open_source(self.source) as stream:
            return Trail(stream).passed(mark)

    def near(self, mark: Mark) -> bytes:
        """The bytes that mark.near is the digest of."""
        return _read(self.source, mark.near_at, mark.offset - mark.near_at)


def content_of(source: Source) -> Content:
    """Errors: SourceError, OSError when it cannot be read"""
    with open_source(source) as stream:
        head = b"" if stream.binary else take(stream, BLOCK)
        why = ("; ".join(stream.notes) or "looks like binary data") if stream.binary else ""
        plain = source.member is None and _read(source, stream.start, len(head)) == head
        return Content(source, stream.start, head, plain, why)


def begins_like(one: Source, other: Source) -> bool:
    """Whether all that one plain file holds stands at the beginning of another; looked at in a few places."""
    size = one.size or 0
    places = {0, max(0, size // 2 - BLOCK), max(0, size - BLOCK)}
    return size <= (other.size or 0) and all(_read(one, at, BLOCK) == _read(other, at, size - at) for at in places)


def _read(source: Source, offset: int, size: int) -> bytes:
    if source.file is None:
        return b""
    with source.file.open("rb") as file:
        file.seek(offset)
        return file.read(min(size, BLOCK))
