"""Where a result goes: stdout, or a file that is written whole or not at all."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click


@contextmanager
def open_output(out: str) -> Iterator[BinaryIO]:
    """A binary stream to write to; `-` is stdout. An existing file is replaced only when all is written.

    Errors: click.FileError when it cannot be written
    """
    if out == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(out).resolve()
    special = path.exists() and not path.is_file()  # a terminal, a pipe, /dev/null: never to be replaced
    staged = path if special else path.with_name(f".{path.name}.part")
    try:
        with staged.open("wb") as file:
            yield file
        if not special:
            staged.replace(path)
    except OSError as fault:
        raise click.FileError(out, hint=f"{fault.strerror}; choose another place with -o") from fault
    finally:
        if not special:
            staged.unlink(missing_ok=True)


def write_text(out: str, text: str) -> None:
    with open_output(out) as file:
        file.write(text.encode("utf-8", "backslashreplace"))
