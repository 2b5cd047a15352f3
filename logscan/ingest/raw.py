"""Bytes as they lie on disk: read in place, counted and hashed as they pass."""

import hashlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

PIECE = 2 << 20  # bytes; what is hashed while the next piece is read


class Reader(Protocol):
    """Law: readinto fills the whole view; less only at the end of the content."""

    def readinto(self, view: memoryview, /) -> int: ...


class Handle(Protocol):
    """An open file, pipe or archive member: may give less than asked for; 0 at its end, None when not ready."""

    def readinto(self, view: memoryview, /) -> int | None: ...


def take(reader: Reader, size: int) -> bytes:
    """The next `size` bytes, fewer only at the end."""
    buffer = bytearray(size)
    with memoryview(buffer) as view:
        count = reader.readinto(view)
    del buffer[count:]
    return bytes(buffer)


class Filled:
    """A handle that gives as much as is asked for; less only at its end."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle

    def readinto(self, view: memoryview) -> int:
        done = 0
        while done < len(view):
            with view[done:] as rest:
                count = self._handle.readinto(rest)
            if not count:
                break
            done += count
        return done


class Peeked:
    """A reader whose first bytes were already looked at."""

    def __init__(self, head: bytes, rest: Reader) -> None:
        self._head, self._rest = head, rest

    def readinto(self, view: memoryview) -> int:
        count = min(len(self._head), len(view))
        if count:
            view[:count] = self._head[:count]
            self._head = self._head[count:]
        if count == len(view):
            return count
        with view[count:] as rest:
            return count + self._rest.readinto(rest)


class Raw:
    """What is stored, with its SHA-256.

    Law:    every byte that is read is hashed once, in order; large reads are hashed in a thread of their own
    Errors: none while reading: a read that fails ends the content, and `fault` says why
    """

    def __init__(self, handle: Handle, *, limit: int | None = None, close: Callable[[], None] | None = None) -> None:
        self._handle, self._limit, self._close = handle, limit, close
        self._sha = hashlib.sha256()
        self._hasher: ThreadPoolExecutor | None = None
        self.count = 0
        self.ended = False
        self.fault = ""

    @property
    def sha256(self) -> str:
        """Hex; empty until the end was reached."""
        return self._sha.hexdigest() if self.ended and not self.fault else ""

    def readinto(self, view: memoryview) -> int:
        done = 0
        waiting: list[Future[None]] = []
        try:
            while done < len(view) and not self.ended:
                piece = view[done : done + min(PIECE, self._left(len(view)))]
                count = self._read(piece)
                self._hash(piece, count, waiting)
                done += count
        finally:
            # A view still held by the hasher would pin the caller's buffer.
            for task in waiting:
                task.result()
        self.count += done
        return done

    def drain(self) -> None:
        """Read to the end, for the hash alone."""
        buffer = bytearray(PIECE)
        with memoryview(buffer) as view:
            while not self.ended:
                self.readinto(view)

    def close(self) -> None:
        if self._hasher:
            self._hasher.shutdown()
        if self._close:
            self._close()
            self._close = None

    def _left(self, most: int) -> int:
        return most if self._limit is None else min(most, self._limit)

    def _read(self, piece: memoryview) -> int:
        try:
            count = self._handle.readinto(piece) if len(piece) else 0
            if count is None:
                raise BlockingIOError("the pipe is non-blocking and has nothing to give yet")
        except OSError as fault:
            self.fault = fault.strerror or str(fault)
            count = 0
        self.ended = not count
        if count and self._limit is not None:
            self._limit -= count
        return count

    def _hash(self, piece: memoryview, count: int, waiting: list[Future[None]]) -> None:
        with piece:
            part = piece[:count]
        if count < PIECE // 2:
            for task in waiting:
                task.result()
            self._update(part)
            return
        if self._hasher is None:
            self._hasher = ThreadPoolExecutor(1, "logscan-hash")
        waiting.append(self._hasher.submit(self._update, part))

    def _update(self, part: memoryview) -> None:
        # Released here, not by the collector: the hasher's thread may hold its task a moment longer.
        with part:
            self._sha.update(part)
