"""The exit codes, and how an error becomes one clear message and the right one of them."""

from enum import IntEnum
from typing import IO, Any

import click

from logscan.model.errors import Faults, LogscanError, SourceError, StateError


class Exit(IntEnum):
    CLEAN = 0  # ran to its end; nothing at or above --fail-on
    FINDINGS = 1  # findings at or above --fail-on; verify: inputs that are not those of the report
    USAGE = 2  # click's own
    NO_EVENTS = 3  # nothing could be read or understood, or what is kept cannot be: not the same as clean
    INVALID = 4  # a rule, format or setting is wrong
    INTERRUPTED = 130  # partial results are written and marked


class _Told(click.ClickException):
    """Our errors as they are shown: the place, what is wrong, the way out."""

    exit_code = Exit.INVALID

    def __init__(self, errors: list[LogscanError]) -> None:
        super().__init__("\n".join(f"error: {error}" for error in errors))
        self.count = len(errors)

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(visible(self.message), file=file, err=True)
        if self.count > 1:
            click.echo(f"{self.count} faults", file=file, err=True)


class _Unread(_Told):
    exit_code = Exit.NO_EVENTS


class ErrorGroup(click.Group):
    """A group whose commands may raise our errors; every other exception is a fault of logscan and crashes loudly."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except LogscanError as error:
            raise _told([error]) from error
        except Faults as faults:
            raise _told(faults.errors) from faults
        except KeyboardInterrupt as stop:
            click.echo("interrupted", err=True)
            raise click.exceptions.Exit(Exit.INTERRUPTED) from stop


def _told(errors: list[LogscanError]) -> _Told:
    return (_Unread if all(isinstance(error, SourceError | StateError) for error in errors) else _Told)(errors)


def visible(text: str) -> str:
    """Text that stands in a file or its name, with everything that a terminal would act on written out."""
    return "".join(
        char if char.isprintable() or char == "\n" else char.encode("unicode_escape").decode() for char in text
    )
