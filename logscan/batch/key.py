"""The key of fingerprints for scheduled runs: kept with what they keep, whoever runs them."""

import os
from contextlib import suppress
from pathlib import Path

from logscan.batch.state import state_error

_NAME = "fingerprint.key"
_BYTES = 32


def kept_key(folder: Path, own: bytes) -> bytes:
    """The key of a data folder; that of this installation becomes it when there is none yet.

    Law:    whoever makes it first, all runs use the same
    Errors: StateError when the folder cannot be read or written
    """
    path = folder / _NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            part = folder / f".{_NAME}.{os.getpid()}"
            try:
                part.unlink(missing_ok=True)
                with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(own)
                    file.flush()
                    os.fsync(file.fileno())
                with suppress(FileExistsError):  # another run was first
                    path.hardlink_to(part)
            finally:
                part.unlink(missing_ok=True)
        key = path.read_bytes()
    except OSError as fault:
        raise state_error(path, fault) from fault
    return key if len(key) == _BYTES else own
