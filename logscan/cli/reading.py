"""From a command's options to a request, and what every reading command says on stderr."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import click

from logscan.cli.exits import Exit
from logscan.cli.options import moment
from logscan.cli.place import installation_key
from logscan.engine.request import Request
from logscan.model.finding import Scan
from logscan.model.severity import severity_rank
from logscan.report.show import visible

_BAR_FROM = 64 << 20  # bytes of input from which a bar is worth showing


def request(flags: dict[str, Any], *, all_events: bool = False) -> Request:
    """The clock, the environment and standard input are read here and nowhere below."""
    now, zone = datetime.now(UTC), flags["zone"]
    return Request(
        paths=flags["paths"],
        now=now,
        key=installation_key(),
        zone=zone,
        since=moment(flags["since"], zone, now),
        until=moment(flags["until"], zone, now),
        log_format=flags["log_format"],
        rules=tuple(Path(folder) for folder in flags["rules"]),
        default_rules=not flags["no_default_rules"],
        jobs=flags["jobs"],
        all_events=all_events,
        stdin=sys.stdin.buffer if "-" in flags["paths"] else None,
    )


@contextmanager
def progress(paths: tuple[str, ...]) -> Iterator[Callable[[int], None]]:
    """A bar on stderr for long work on a terminal; nothing in a pipe."""
    total = sum(path.stat().st_size for path in map(Path, paths) if path.is_file())
    if not sys.stderr.isatty() or total < _BAR_FROM:
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 (start-up time)
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn  # noqa: PLC0415

    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=total)
        yield lambda size: bar.advance(task, size)


class Read(Protocol):
    """What was read, in numbers."""

    @property
    def lines(self) -> int: ...
    @property
    def events(self) -> int: ...
    @property
    def partial(self) -> bool: ...


def finish(faults: Sequence[str], read: Read) -> None:
    """Say what could not be read; leave with the right exit code when that is all there is to say."""
    for fault in faults:
        click.echo(f"warning: {visible(fault)}", err=True)
    if read.partial:
        click.echo("interrupted: the result covers only what was read until then", err=True)
        raise SystemExit(Exit.INTERRUPTED)
    if not read.events:
        click.echo(_nothing(read), err=True)
        raise SystemExit(Exit.NO_EVENTS)


def fail(scan: Scan, fail_on: str | None) -> None:
    """Leave with FINDINGS when a finding is at least that severe."""
    if fail_on and any(severity_rank(found.severity) >= severity_rank(fail_on) for found in scan.findings):
        raise SystemExit(Exit.FINDINGS)


def _nothing(read: Read) -> str:
    if not read.lines:
        return "error: there was nothing to read\n  hint: name log files, or folders that hold some"
    return (
        f"error: none of {read.lines:,} lines could be understood\n"
        "  hint: `logscan report` shows the rejected lines and the nearest formats; --log-format ID forces a format"
    )
