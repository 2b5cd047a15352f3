"""Appending lines to a file that something else reads."""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any


def append(path: Path, documents: Iterable[Mapping[str, Any]]) -> None:
    """Write all lines in one go, and on to the disk.

    Law:    a line that a crash cut stays alone on its line: no whole one is appended to it
    Errors: OSError
    """
    data = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in documents)
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o640)
    try:
        size = os.fstat(file).st_size
        torn = size > 0 and os.pread(file, 1, size - 1) != b"\n"
        rest = memoryview((b"\n" if torn else b"") + data.encode("utf-8", "backslashreplace"))
        while rest:
            rest = rest[os.write(file, rest) :]
        os.fsync(file)
    finally:
        os.close(file)
