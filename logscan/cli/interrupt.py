"""Ctrl-C while logs are read: what was read until then is kept; a second one ends everything at once."""

import io
import os
import select
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import BinaryIO

_WORDS = b"\ninterrupted: finishing what was read; press Ctrl-C again to leave at once\n"
_ENDING = b"\nasked to end: finishing what was read\n"
_WAIT_S = 0.2  # how soon a stop is noticed while nothing comes in


class Asked:
    """Whether the work should end. by: the signal that asked for it first; None: none did"""

    by: int | None = None

    def __call__(self) -> bool:
        return self.by is not None


@contextmanager
def interruptible(*others: signal.Signals) -> Iterator[Asked]:
    """Whether Ctrl-C was pressed, or one of the other signals came, within the context.

    Law: the first interrupt raises nothing, so no half-done work is seen; the next Ctrl-C is a KeyboardInterrupt
    """
    asked = Asked()

    def on_signal(number: int, _frame: FrameType | None) -> None:
        if asked() and number == signal.SIGINT:
            raise KeyboardInterrupt
        asked.by = number if asked.by is None else asked.by
        with suppress(OSError):
            os.write(2, _WORDS if number == signal.SIGINT else _ENDING)  # echo may be what was interrupted

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, *others)}
    heard = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
    if threading.current_thread() is not threading.main_thread():
        heard = []
    for number in heard:
        signal.signal(number, on_signal)
    try:
        yield asked
    finally:
        for number in heard:
            signal.signal(number, before[number])


class Stoppable(io.RawIOBase):
    """A pipe or terminal that ends when told to stop, also while it waits for more."""

    def __init__(self, stream: BinaryIO, stop: Callable[[], bool]) -> None:
        self._stream, self._stop = stream, stop

    def readable(self) -> bool:
        return True

    def readinto(self, view: bytearray | memoryview, /) -> int | None:  # type: ignore[override]
        descriptor = self._stream.fileno()
        while not self._stop():
            if select.select([descriptor], [], [], _WAIT_S)[0]:
                return os.readv(descriptor, [view])
        return 0
