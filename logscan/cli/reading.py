"""From a command's options to a request, and what every reading command says on stderr."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from logscan.cli.exits import Exit
from logscan.cli.options import moment
from logscan.cli.place import installation_key
from logscan.engine.request import Request
from logscan.model.finding import Scan
from logscan.model.severity import severity_rank

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


def finish(scan: Scan, fail_on: str | None = None) -> None:
    """Say what could not be read, and leave with the right exit code."""
    for fault in scan.faults:
        click.echo(f"warning: {fault}", err=True)
    if scan.partial:
        click.echo("interrupted: the result covers only what was read until then", err=True)
        raise SystemExit(Exit.INTERRUPTED)
    if not scan.events:
        click.echo(_nothing(scan), err=True)
        raise SystemExit(Exit.NO_EVENTS)
    if fail_on and any(severity_rank(f.severity) >= severity_rank(fail_on) for f in scan.findings):
        raise SystemExit(Exit.FINDINGS)


def _nothing(scan: Scan) -> str:
    if not scan.lines:
        return "error: there was nothing to read\n  hint: name log files or folders that hold some"
    return (
        f"error: none of {scan.lines:,} lines could be understood\n"
        "  hint: the rejected lines and the nearest formats stand in the result; --log-format ID forces a format"
    )
