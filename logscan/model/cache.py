"""What takes long to make and follows from its sources alone, kept between runs."""

import contextlib
import hashlib
import hmac
import os
import pickle
import platform
import tempfile
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple, TypeVar

from logscan.model.collector import without_collector

_SIGNED = 32  # bytes of HMAC-SHA256 before what is kept
_KEPT = 4  # newest files of a kind that stay

T = TypeVar("T")


class Cache(NamedTuple):
    """A folder of kept values; key: of this installation.

    Law: what this installation did not write, or what was cut or changed since, is never read
    """

    folder: Path
    key: bytes

    def value(self, kind: str, source: str, make: Callable[[], T]) -> T:
        """The value that `make` gives, from the folder when it was made of the same source before.

        In:     kind  a word; source  a digest of all that the value follows from
        Errors: those of `make`; a folder that cannot be read or written costs time, nothing else
        """
        path = self.folder / f"{kind}-{source[:32]}.bin"
        signed = self._read(path)
        if signed is not None:
            with without_collector():
                found: T = pickle.loads(signed)  # noqa: S301 - signed with this installation's key
            return found
        made = make()
        with contextlib.suppress(OSError):
            self._write(path, pickle.dumps(made, pickle.HIGHEST_PROTOCOL))
        return made

    def _read(self, path: Path) -> bytes | None:
        try:
            data = path.read_bytes()
        except OSError:
            return None
        mark, body = data[:_SIGNED], data[_SIGNED:]
        return body if hmac.compare_digest(mark, self._mark(path, body)) else None

    def _write(self, path: Path, body: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self.folder, suffix=".part", delete=False) as part:
            part.write(self._mark(path, body) + body)
        os.replace(part.name, path)  # noqa: PTH105 - the atomic rename
        kind = path.name.rpartition("-")[0]
        same = sorted(self.folder.glob(f"{kind}-*.bin"), key=lambda file: file.stat().st_mtime_ns)
        for old in same[:-_KEPT]:
            old.unlink(missing_ok=True)

    def _mark(self, path: Path, body: bytes) -> bytes:
        # The name is part of what is signed: a file under another name would pass for another source.
        return hmac.digest(self.key, path.name.encode() + b"\0" + body, hashlib.sha256)


def fingerprint(folders: Sequence[Path], words: Sequence[str]) -> str:
    """A digest of every definition under some folders, of some words, and of the code that reads them.

    Law: another text, name or place of a definition, another version of logscan, Polars or Python: another digest
    """
    found = hashlib.sha256("\0".join([platform.python_version(), version("polars"), *words]).encode())
    for path in sorted(Path(__file__).parents[1].rglob("*.py")):
        told = path.stat()
        found.update(f"{path}\0{told.st_size}\0{told.st_mtime_ns}\0".encode())
    for folder in folders:
        for path in sorted({*folder.rglob("*.yml"), *folder.rglob("*.yaml")}):
            with contextlib.suppress(OSError):  # who reads the definitions tells of it
                data = path.read_bytes() if path.is_file() else b""
                found.update(f"{path}\0{len(data)}\0".encode() + data)
    return found.hexdigest()
