"""Where a result goes: stdout, or a file that is written whole or not at all."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import click


class Target(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.2 on only
    """A file that can be written, or `-`; a long run does not begin when its result has nowhere to go."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value)
        if text == "-":
            if sys.stdout is None:
                self.fail("standard output is closed; name a file with -o", param, ctx)
            return text
        # functions of os.path raise nothing where a folder on the way must not be entered, unlike those of Path
        folder = os.path.dirname(os.path.realpath(text)) if "\0" not in text else ""  # noqa: PTH120
        if not text or not folder:
            self.fail(f"{text!r} is no path", param, ctx)
        if os.path.isdir(text):  # noqa: PTH112
            self.fail(f"{text!r} is a folder; name a file in it", param, ctx)
        if not os.path.isdir(folder):  # noqa: PTH112
            self.fail(f"{text!r}: there is no folder {folder!r}; make it first", param, ctx)
        if not os.access(text if os.path.exists(text) else folder, os.W_OK):  # noqa: PTH110
            self.fail(f"{text!r} cannot be written; choose another place with -o", param, ctx)
        return text


class _Unwritten(click.FileError):
    exit_code = click.UsageError.exit_code  # 1 would say that there are findings


@contextmanager
def open_output(out: str) -> Iterator[BinaryIO]:
    """A binary stream to write to; `-` is stdout. An existing file is replaced only when all is written.

    Law:    a reader of stdout that has seen enough is no fault; what is written after that goes nowhere
    Errors: click.FileError when it cannot be written
    """
    try:
        if out == "-":
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        else:
            with _staged(Path(os.path.realpath(out))) as file:
                yield file
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is still buffered must not fail at exit
    except OSError as fault:
        raise _Unwritten(out, hint=f"{fault.strerror or fault}; choose another place with -o") from fault


@contextmanager
def _staged(path: Path) -> Iterator[BinaryIO]:
    if path.exists() and not path.is_file():  # a terminal, a pipe, /dev/null: never to be replaced
        with path.open("wb") as file:
            yield file
        return
    part = path.with_name(f".{path.name[:200]}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            yield file
        if path.exists():
            part.chmod(path.stat().st_mode)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_text(out: str, text: str) -> None:
    with open_output(out) as file:
        file.write(text.encode("utf-8", "backslashreplace"))
