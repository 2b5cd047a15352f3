"""One source's content, ready to be cut into lines: unpacked, as UTF-8, without a byte order mark."""

import re
from types import TracebackType
from typing import Self

from logscan.ingest.charset import Recoded, charset_of
from logscan.ingest.limits import Limits
from logscan.ingest.raw import Peeked, Raw, Reader, take
from logscan.ingest.tar import is_tar
from logscan.ingest.unpack import unpack

_LINE = 20  # bytes of a line that did not come about by chance
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


class Stream:
    """What `open_source` gives; a context manager.

    start   offset of the first byte in the unpacked content: behind a UTF-8 byte order mark and leading NULs
    notes   what a person must know about how it was read; complete once read to the end
    binary  looks like binary data: reading it as lines makes no sense
    Errors: none while reading: what could be read before a break is given, and `notes` says so
    """

    def __init__(self, raw: Raw, limits: Limits, *, expected: int | None = None) -> None:
        self.notes: list[str] = []
        self.binary = False
        self.start = 0
        self.count = 0  # bytes given so far
        self._raw, self._expected, self._ended = raw, expected, False
        self._reader = self._text(unpack(raw, self.notes, memory=limits.unpack_memory_bytes), limits)

    @property
    def sha256(self) -> str:
        """Hex, of what is stored; empty before the end was reached (see `drain`)."""
        return self._raw.sha256

    @property
    def stored(self) -> int:
        """Stored bytes read so far: what progress is measured by."""
        return self._raw.count

    def read(self, size: int) -> bytes:
        return take(self, size)

    def readinto(self, view: memoryview, /) -> int:
        """Fill the view; less only at the end."""
        count = self._reader.readinto(view)
        self.count += count
        if count < len(view) and not self._ended:
            self._end()
        return count

    def drain(self) -> None:
        """Give up the content but read what is stored to its end, for `sha256`."""
        self._raw.drain()

    def close(self) -> None:
        self._raw.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _end(self) -> None:
        self._ended = True
        self._raw.drain()
        if self._raw.fault:
            self.notes.append(f"could not be read to its end: {self._raw.fault} after {self._raw.count:,} bytes")
        elif self._expected is not None and self._raw.count < self._expected:
            self.notes.append(f"the archive breaks off here: {self._raw.count:,} of {self._expected:,} bytes read")

    def _text(self, reader: Reader, limits: Limits) -> Reader:
        head = self._without_hole(reader, limits)
        if self._known(head, limits):
            return Peeked(head, reader)
        charset = charset_of(head, limits)
        reader = Peeked(head[charset.mark :], reader)
        if charset.name == "utf-8":
            self.start += charset.mark
        else:
            self.notes.append(f"{charset.name.upper()} text, read as UTF-8: offsets count its UTF-8 bytes")
            reader = Recoded(reader, charset.name)
        sample = take(reader, limits.sample_bytes)
        if _is_binary(sample, limits):
            self.binary = True
            self.notes.append("looks like binary data")
        return Peeked(sample, reader)

    def _without_hole(self, reader: Reader, limits: Limits) -> bytes:
        """The first bytes, behind a run of NULs that a writer leaves when its log was truncated under it."""
        head = take(reader, limits.sample_bytes)
        kept = head.lstrip(b"\0")
        hole = len(head) - len(kept)
        if hole < limits.leading_nul_bytes:
            return head
        while head and not kept:
            head = take(reader, limits.sample_bytes)
            kept = head.lstrip(b"\0")
            hole += len(head) - len(kept)
        self.start = hole
        self.notes.append(f"begins with {hole:,} NUL bytes, which were left out")
        self.binary = not kept
        return kept + take(reader, limits.sample_bytes - len(kept))

    def _known(self, head: bytes, limits: Limits) -> bool:
        for kind in limits.not_text:
            if head.startswith(kind.magic):
                self.notes.append(f"is {kind.title}, not text" + (f"; {kind.hint}" if kind.hint else ""))
                self.binary = True
                return True
        if is_tar(head):
            self.notes.append("is a tar archive within a pipe or another archive; save it as a file and name that")
            self.binary = True
        return self.binary


def _is_binary(sample: bytes, limits: Limits) -> bool:
    if not sample or _text_lines(sample, limits.binary_text_lines) >= limits.binary_text_lines:
        return False
    nuls = sample.count(0)
    if nuls > limits.binary_nul_share * len(sample):
        return True
    controls = sum(sample.count(code) for code in range(1, 32) if code not in b"\t\n\v\f\r\x1b")
    return controls > limits.binary_control_share * len(sample) and not _is_utf8(sample)


def _text_lines(sample: bytes, enough: int) -> int:
    """Whole lines of plain text around what a crash left in a log; binary data has next to none."""
    found = 0
    for line in sample.split(b"\n")[:-1]:
        if len(line) >= _LINE and not _CONTROLS.search(line) and _is_utf8(line):
            found += 1
            if found == enough:
                break
    return found


def _is_utf8(sample: bytes) -> bool:
    # A character may be cut by the end of the sample: up to three of its bytes.
    for cut in range(4):
        try:
            sample[: len(sample) - cut].decode()
        except UnicodeDecodeError:
            continue
        return True
    return False
