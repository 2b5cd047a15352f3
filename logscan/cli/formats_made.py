"""`logscan formats from-nginx`, `from-apache`, `new`: format files made of what a person has at hand."""

import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from logscan.cli.exits import visible
from logscan.cli.output import Target, write_text
from logscan.model.errors import Faults, FormatError, LogscanError, Where
from logscan.model.resources import rules_dir

_MOST = 8 << 20  # bytes of a configuration


class _Place(Target):
    """A file, a folder, or `-`."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value)
        if "\0" not in text and os.path.isdir(text) and os.access(text, os.W_OK):  # noqa: PTH112
            return text
        if "\0" not in text and text.endswith(os.sep) and not os.path.lexists(text.rstrip(os.sep)):
            super().convert(text.rstrip(os.sep), param, ctx)
            return text
        return super().convert(value, param, ctx)


_SOURCES = click.argument("sources", nargs=-1, required=True, metavar="TEXT|FILE...")
_OUT = click.option("-o", "--output", "out", default="-", type=_Place(), help="Write to this file, or folder.")
_NAME = click.option("--name", metavar="NAME", help="Only the log format of this name.")


@click.command("from-nginx", epilog="Example: nginx -T | logscan formats from-nginx - -o my-formats/")
@_SOURCES
@_NAME
@_OUT
def from_nginx_command(sources: tuple[str, ...], name: str | None, out: str) -> None:
    """Write a tested format file for each log_format: of a text, an nginx.conf, or `-` (nginx -T)."""
    from logscan.ingest.nginx_format import HEAD, read_nginx  # noqa: PLC0415 (start-up time)

    _write(_made(sources, read_nginx, HEAD, ("nginx", "log_format")), name, out)


@click.command("from-apache", epilog="Example: logscan formats from-apache /etc/apache2/apache2.conf -o my-formats/")
@_SOURCES
@_NAME
@_OUT
def from_apache_command(sources: tuple[str, ...], name: str | None, out: str) -> None:
    """Write a tested format file for each LogFormat: of a text, an httpd.conf, or `-`."""
    from logscan.ingest.apache_format import HEAD, read_apache  # noqa: PLC0415

    _write(_made(sources, read_apache, HEAD, ("apache", "LogFormat")), name, out)


@click.command("new", epilog="Example: logscan formats new --line '2026-03-12 06:25:24 WARN 192.0.2.7 refused'")
@click.option("--line", "lines", multiple=True, metavar="TEXT", help="An example line; may be given several times.")
@click.option("--id", "name", default="own", show_default=True, metavar="ID", help="What the format is to be called.")
@_OUT
def new_command(lines: tuple[str, ...], name: str, out: str) -> None:
    """Propose a format file that reads the example lines; edit the names and add what is missing."""
    from logscan.ingest.format import load_formats  # noqa: PLC0415
    from logscan.ingest.propose import propose  # noqa: PLC0415

    if not any(line.strip() for line in lines):
        raise click.UsageError("give at least one example line: --line '...'")
    shipped = load_formats([rules_dir() / "formats"])
    _write([propose(_hidden([_clean(line) for line in lines]), name, shipped)], None, out)


def _hidden(lines: Sequence[str]) -> list[str]:
    """The lines become samples of a file that is kept: one word stands for each credential, which keeps their shape."""
    from logscan.analysis.redact import load_redactor  # noqa: PLC0415
    from logscan.cli.place import installation_key  # noqa: PLC0415

    redactor = load_redactor(rules_dir() / "redaction.yml", installation_key())
    return [
        re.sub(r"<redacted ([a-z0-9-]+) ([0-9a-f]{8})[^>]*>", r"redacted-\1-\2", redactor.text(line)) for line in lines
    ]


def _made(
    sources: Sequence[str], read: Callable[[str, str], Any], head: dict[str, Any], words: tuple[str, str]
) -> list[Any]:
    """The format files of every source; every fault of every one is told at once."""
    from logscan.ingest.format import load_formats  # noqa: PLC0415
    from logscan.ingest.written import write_format  # noqa: PLC0415

    server, directive = words
    taken = {fmt.id for fmt in load_formats([rules_dir() / "formats"])}
    faults: list[LogscanError] = []
    made = []
    for source in sources:
        try:
            conf = read(*_text(source, directive))
        except (Faults, LogscanError) as wrong:
            faults += wrong.errors if isinstance(wrong, Faults) else [wrong]
            continue
        _say(conf.notes)
        for each in conf.formats:
            title = {"title": f"{server} {directive} {each.name.removeprefix(f'{server}-')}", **head}
            try:
                made.append(write_format(each, title, taken, f"logscan formats from-{server}"))
                taken.add(made[-1].name)
            except (Faults, LogscanError) as wrong:
                faults += wrong.errors if isinstance(wrong, Faults) else [wrong]
    if faults:
        raise Faults(faults)
    return made


def _text(source: str, directive: str) -> tuple[str, str]:
    """The text of a source, and what to call it in faults."""
    if source == "-":
        data = sys.stdin.buffer.read(_MOST + 1) if sys.stdin else b""
        return _decoded(data, "-"), "-"
    if "\0" not in source and len(source) < 4096 and "\n" not in source and Path(source).exists():
        if not Path(source).is_file():
            raise FormatError("is no file", where=Where(source), hint=f"name the file that holds `{directive}`")
        try:
            with Path(source).open("rb") as file:
                return _decoded(file.read(_MOST + 1), source), source
        except OSError as fault:
            hint = "check its rights"
            raise FormatError(f"cannot be read: {fault.strerror}", where=Where(source), hint=hint) from fault
    if source.strip() and not any(mark in source for mark in "$% "):
        hint = f"name a file that holds `{directive}`, or give its text in single quotes"
        raise FormatError("there is no such file", where=Where(source[:200]), hint=hint)
    return _clean(source), directive


def _decoded(data: bytes, name: str) -> str:
    if len(data) > _MOST:
        raise FormatError("is too long for a configuration", where=Where(name), hint="name the file itself")
    if b"\0" in data:
        raise FormatError("is a binary file", where=Where(name), hint="name the configuration of the server")
    return data.decode("utf-8", "backslashreplace")


def _clean(text: str) -> str:
    """What a shell hands over that is no UTF-8 becomes `\\xNN`."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _write(made: Sequence[Any], name: str | None, out: str) -> None:
    """To stdout, a file, or one file each in a folder, which is made where its name ends as that of one."""
    if name is not None:
        made = _named(made, name)
    for each in made:
        _say(f"{each.name}: {note}" for note in each.notes)
    if out.endswith(os.sep):
        os.makedirs(out, exist_ok=True)  # noqa: PTH103
    if os.path.isdir(out):  # noqa: PTH112
        for each in made:
            write_text(os.path.join(out, f"{each.name}.yml"), each.text)  # noqa: PTH118
            click.echo(visible(f"written: {os.path.join(out, each.name)}.yml"), err=True)  # noqa: PTH118
        return
    if len(made) > 1 and out != "-":
        names = ", ".join(each.name for each in made)
        raise click.UsageError(
            f"There are {len(made)} log formats: {names}. Choose one with --name, or give -o a folder: -o my-formats/"
        )
    write_text(out, "---\n".join(each.text for each in made))


def _named(made: Sequence[Any], name: str) -> list[Any]:
    found = [each for each in made if each.name == name or each.name.partition("-")[2] == name]
    if not found:
        hint = f"use one of: {', '.join(each.name for each in made)}"
        raise FormatError(f"there is no log format `{name}`", where=Where("--name"), hint=hint)
    return found


def _say(notes: Iterable[str]) -> None:
    for note in notes:
        click.echo(visible(f"note: {note}"), err=True)
