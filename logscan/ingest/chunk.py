"""A stream cut into chunks of whole lines, with exact line numbers and offsets."""

import io
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from logscan.ingest.header import NONE, Header
from logscan.ingest.raw import Reader, take
from logscan.ingest.unfold import Shared

LOOK_BACK_LINES = 1000
_WINDOWS = (1, 10, 100, LOOK_BACK_LINES)  # last lines that are judged: mostly one decides
LOOK_BACK_BYTES = 1 << 20
_COUNT_BYTES = 1 << 18  # counted at a time: stays within the processor's cache
_SKIP_BYTES = 1 << 20
MOST_LINES = 1 << 17  # of one chunk: what a line costs beside its bytes is bounded, too
_NEAR_BYTES = 1 << 12  # looked at first for an LF: lines are mostly shorter

# the last of these lines, without their ends, before which the log may be cut; none lies between them and that place
Begins = Callable[[Sequence[bytes]], int | None]
Last = Callable[[int, int], int]  # the place of the last LF within [low, high), or -1


class Records(NamedTuple):
    """The rows of a chunk that is part of JSON documents (see `document`).

    starts, ends          bytes of the chunk's data; a row's lines are not cut apart
    lines                 where each begins, 1-based; several may begin on one line
    faults                why a row cannot be read, else empty
    continuations, blank  lines that are none of these
    shared                what a row has in common with its neighbours; none: a row stands for itself
    """

    starts: Sequence[int]
    ends: Sequence[int]
    lines: Sequence[int]
    faults: Sequence[str]
    continuations: int
    blank: int
    shared: Sequence[Shared | None]


class Chunk(NamedTuple):
    source: str
    offset: int  # of data's first byte, in the unpacked content
    first_line: int  # 1-based
    data: bytes
    cut_lines: int  # 1 when data's last line was longer than the limit and was cut there, else 0
    records: Records | None = None  # where its rows stand, when they are not its lines
    header: Header = NONE  # in force above its first line


class Content(Reader, Protocol):
    @property
    def start(self) -> int: ...


def chunks(
    stream: Content,
    source: str,
    *,
    size: int = 32 << 20,
    max_line: int = 1 << 20,
    starts: Begins | None = None,
    first_line: int = 1,
) -> Iterator[Chunk]:
    """Cut a stream at LF.

    In:     starts  which of some lines begins an event; an event's lines then stay in one chunk, as far as
            LOOK_BACK_LINES and LOOK_BACK_BYTES reach;  first_line: of the stream's first byte
    Law:    line numbers, offsets and the text of each line do not depend on size; without cut lines the data of all
            chunks is the content; a cut line ends its chunk, and the next chunk begins at its true offset
    Units:  size, max_line bytes (a line's end does not count)
    """
    offset, line, carry, ended = stream.start, first_line, b"", False
    while not ended or carry:
        block = _Block(stream, carry, size)
        ended = block.ended
        if _long_line(block.last, block.length, 0, max_line) is None:
            cut = block.length if ended else whole_events(block, starts)
            data, carry = block.split(cut)
            count = count_lines(data)
            if data:
                yield from _pieces(Chunk(source, offset, line, data, 0), count, starts)
            offset, line = offset + cut, line + count
            continue
        data, _ = block.split(block.length)
        done = 0
        while (begin := _long_line(_last_in(data), len(data), done, max_line)) is not None:
            part = data[done : _between_characters(data, begin, begin + max_line)]
            count = count_lines(part)
            yield from _pieces(Chunk(source, offset + done, line, part, 1), count, starts)
            line += count + 1
            done = data.find(b"\n", begin + max_line) + 1
            if not done:
                skipped, carry, ended = _skip_line(stream)
                offset += len(data) + skipped
                break
        else:
            carry, offset = data[done:], offset + done


def _pieces(whole: Chunk, count: int, starts: Begins | None) -> Iterator[Chunk]:
    """A chunk; one of too many lines in pieces, each cut behind a line, before an event."""
    if count <= MOST_LINES:
        yield whole
        return
    data, low, line = whole.data, 0, whole.first_line
    while low < len(data):
        end = _behind_lines(data, low, MOST_LINES)
        if starts and end < len(data):
            far = max(low, end - LOOK_BACK_BYTES)
            back = _behind_event(data[far:end].split(b"\n")[1 if far > low else 0 : -1], starts)
            end = end - back if back and end - back > low else end
        part, cut = data[low:end], whole.cut_lines if end == len(data) else 0
        yield whole._replace(offset=whole.offset + low, first_line=line, data=part, cut_lines=cut)
        low, line = end, line + count_lines(part)


def _behind_lines(data: bytes, low: int, most: int) -> int:
    """Behind so many lines, or the end of the data."""
    codes = np.frombuffer(data, np.uint8)
    while low < len(data):
        feeds = np.flatnonzero(codes[low : low + _COUNT_BYTES] == 10)
        if len(feeds) >= most:
            return low + int(feeds[most - 1]) + 1
        most -= len(feeds)
        low += _COUNT_BYTES
    return len(data)


def count_lines(data: bytes) -> int:
    """How many LF stand in data; four times as fast as bytes.count."""
    codes = np.frombuffer(data, np.uint8)
    return sum(
        int(np.count_nonzero(codes[low : low + _COUNT_BYTES] == 10)) for low in range(0, len(codes), _COUNT_BYTES)
    )


class _Block:
    """The carry and what follows it: read in place and cut without a copy, which a join of bytes would cost."""

    def __init__(self, stream: Reader, carry: bytes, size: int) -> None:
        room = size - len(carry) if len(carry) < size else size
        self._buffer = io.BytesIO(bytes(len(carry) + room))
        with self._buffer.getbuffer() as view:
            view[: len(carry)] = carry
            with view[len(carry) :] as rest:
                count = stream.readinto(rest)
        self.length = len(carry) + count
        self.ended = count < room

    def part(self, low: int, high: int) -> bytes:
        with self._buffer.getbuffer() as view:
            return bytes(view[low:high])

    def last(self, low: int, high: int) -> int:
        """As `Last`; looks at the near end first."""
        high = min(high, self.length)
        near = max(low, high - _NEAR_BYTES)
        found = self.part(near, high).rfind(b"\n")
        if found >= 0 or near == low:
            return near + found if found >= 0 else -1
        found = self.part(low, near).rfind(b"\n")
        return low + found if found >= 0 else -1

    def split(self, cut: int) -> tuple[bytes, bytes]:
        """What stands before the cut, and what stands behind it; ends the block."""
        rest = self.part(cut, self.length)
        self._buffer.truncate(cut)
        return self._buffer.getvalue(), rest


class Lines(Protocol):
    """Bytes in which lines are sought."""

    @property
    def length(self) -> int: ...
    def part(self, low: int, high: int) -> bytes: ...
    def last(self, low: int, high: int) -> int: ...


class Held:
    """Bytes in memory, as Lines."""

    def __init__(self, data: bytes) -> None:
        self.length, self._data = len(data), data

    def part(self, low: int, high: int) -> bytes:
        return self._data[low:high]

    def last(self, low: int, high: int) -> int:
        return self._data.rfind(b"\n", low, high)


def whole_events(block: Lines, starts: Begins | None) -> int:
    """Where to end a block that is not the last: behind a line, before an event; 0 when it must grow first.

    In: starts: see `chunks`
    """
    end = block.last(0, block.length) + 1
    if starts is None or not end:
        return end
    low = max(0, end - LOOK_BACK_BYTES)
    lines = block.part(low, end).split(b"\n")[1 if low else 0 : -1]  # the first of a window is a part of one
    back = _behind_event(lines, starts)
    if back is None:
        return end if low or len(lines) > LOOK_BACK_LINES else 0
    return end - back


def _behind_event(lines: Sequence[bytes], starts: Begins) -> int | None:
    """How many bytes of these lines stand behind the last place where they may be cut; None where there is none."""
    for size in _WINDOWS:
        asked = lines[-size:]
        said = any(line.strip() for line in asked)  # no event begins on a blank line
        found = starts([line.removesuffix(b"\r") for line in asked]) if said else None
        if found is not None:
            return _length(asked[found:])
        if size >= len(lines):
            break
    return None


def _length(lines: Sequence[bytes]) -> int:
    return sum(map(len, lines)) + len(lines)


def _long_line(last: Last, length: int, position: int, max_line: int) -> int | None:
    """Where the first line that is longer than max_line begins, at or behind the line that begins at position."""
    while length - position > max_line:
        feed = last(position, position + max_line + 1)
        if feed < 0:
            return position
        position = feed + 1
    return None


def _last_in(data: bytes) -> Last:
    return lambda low, high: data.rfind(b"\n", low, high)


def _between_characters(data: bytes, begin: int, cut: int) -> int:
    """The cut, or up to three bytes before it, so that no UTF-8 character is divided."""
    for back in range(min(4, cut - begin)):
        code = data[cut - back]
        if code < 0x80 or code >= 0xC0:
            return cut - back if back or code >= 0x80 else cut
    return cut


def _skip_line(stream: Reader) -> tuple[int, bytes, bool]:
    """Read past the next LF: how many bytes were dropped, what follows it, and whether the stream ended."""
    skipped = 0
    while True:
        data = take(stream, _SKIP_BYTES)
        ended = len(data) < _SKIP_BYTES
        feed = data.find(b"\n")
        if feed >= 0:
            return skipped + feed + 1, data[feed + 1 :], ended
        skipped += len(data)
        if ended:
            return skipped, b"", True
