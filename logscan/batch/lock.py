"""One run at a time for a data folder."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from logscan.batch.state import state_error

_NAME = "run.lock"
_STEP_S = 0.2


@contextmanager
def locked(folder: Path, wait_s: float, sleep: Callable[[float], None]) -> Iterator[bool]:
    """Whether this process has the folder for itself; the system gives the lock back when a process ends, however.

    In:     wait_s: how long to wait for another one
    Errors: StateError when the folder cannot be written
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / _NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as fault:
        raise state_error(folder, fault) from fault
    try:
        yield _taken(handle, wait_s, sleep)
    finally:
        os.close(handle)


def _taken(handle: int, wait_s: float, sleep: Callable[[float], None]) -> bool:
    for left in range(int(wait_s / _STEP_S), -1, -1):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if left:
                sleep(_STEP_S)
        else:
            return True
    return False
