"""From a command's options to a request, and what every reading command says on stderr."""

import io
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol, cast

import click

from logscan.cli.clock import clock
from logscan.cli.exits import Exit
from logscan.cli.interrupt import Stoppable, interruptible
from logscan.cli.options import moment
from logscan.cli.place import cache_dir, installation_key
from logscan.engine.local import Ran
from logscan.engine.read import read_logs
from logscan.engine.request import Definitions, Request
from logscan.engine.scan import Answer, scan_logs
from logscan.ingest.limits import load_limits
from logscan.ingest.walk import expand
from logscan.model.finding import Scan
from logscan.model.severity import severity_rank
from logscan.report.show import visible

_BAR_FROM = 64 << 20  # bytes of input from which a bar is worth showing


class Reading(NamedTuple):
    request: Request
    step: Callable[[int], None]


@contextmanager
def reading(flags: dict[str, Any], *, all_events: bool = False) -> Iterator[Reading]:
    """The time in which logs are read: Ctrl-C ends the reading but not the command, and long work shows a bar."""
    with interruptible() as stop, _progress(flags["paths"]) as step:
        yield Reading(_request(flags, stop, all_events=all_events), step)


def explained(reading: Reading, archive: Path | None, *, listed: bool = False) -> Answer:
    """What the logs show, or the archive that stands in place of them."""
    if archive is None:
        return scan_logs(*reading, listed=listed)
    from logscan.batch.stored import archived_answer  # noqa: PLC0415 (start-up time)

    return archived_answer(archive, reading.request, listed=listed)


@contextmanager
def read_or_archived(reading: Reading, archive: Path | None) -> Iterator[tuple[Ran, Definitions]]:
    """What was read of the logs, or is in the archive that stands in place of them."""
    if archive is None:
        with read_logs(*reading) as found:
            yield found
        return
    from logscan.batch.stored import open_archive  # noqa: PLC0415 (start-up time)

    with open_archive(archive, reading.request) as found:
        yield found


def _request(flags: dict[str, Any], stop: Callable[[], bool], *, all_events: bool) -> Request:
    """The clock, the environment and standard input are read here and nowhere below."""
    if not flags["paths"] and not flags.get("archive"):
        raise click.UsageError("Missing argument 'PATH...': name logs, or an archive with --from-archive.")
    if flags["paths"] and flags.get("archive"):
        raise click.UsageError("--from-archive stands in place of PATH...: name one of them.")
    now, zone = clock(), flags["zone"]
    since, until = moment(flags["since"], zone, now), moment(flags["until"], zone, now)
    if since and until and since >= until:
        raise click.UsageError("--since is not before --until: no event can lie between them.")
    return Request(
        paths=flags["paths"],
        now=now,
        key=installation_key(),
        zone=zone,
        since=since,
        until=until,
        log_format=flags["log_format"],
        rules=tuple(Path(folder) for folder in flags["rules"]),
        formats=tuple(Path(folder) for folder in flags["formats"]),
        default_rules=not flags["no_default_rules"],
        jobs=flags["jobs"],
        all_events=all_events,
        trusted=tuple(flags["trusted"]),
        marks=_marks(flags["marks"], zone, now),
        stdin=_stdin(stop) if "-" in flags["paths"] else None,
        stop=stop,
        cache=cache_dir(),
    )


def _marks(told: Sequence[tuple[datetime, str]], zone: str, now: datetime) -> tuple[tuple[datetime, str], ...]:
    found = {(when, label) for value, label in told if (when := moment(value, zone, now))}
    return tuple(sorted(found))


def standard_input(paths: Sequence[str]) -> BinaryIO | None:
    """Standard input where it is among the paths and open."""
    return sys.stdin.buffer if "-" in paths and sys.stdin is not None else None


def _stdin(stop: Callable[[], bool]) -> BinaryIO | None:
    if sys.stdin is None:  # closed by the shell: `<&-`
        return None
    stream = sys.stdin.buffer
    try:
        stream.fileno()
    except io.UnsupportedOperation:
        return stream
    return cast(BinaryIO, Stoppable(stream, stop))


@contextmanager
def _progress(paths: Sequence[str]) -> Iterator[Callable[[int], None]]:
    """A bar on stderr for long work on a terminal; nothing in a pipe."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 (start-up time)
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn  # noqa: PLC0415

    total = _size(paths)
    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task("reading", total=total)

    def step(size: int) -> None:
        bar.advance(task, size)
        if not bar.live.is_started and max(total or 0, bar.tasks[task].completed) >= _BAR_FROM:
            bar.start()

    try:
        yield step
    finally:
        bar.stop()


def _size(paths: Sequence[str]) -> int | None:
    """Stored bytes of all that is to be read; None when a pipe is among it."""
    spots, _ = expand(paths, load_limits())
    sizes = [spot.status.st_size if spot.status and spot.file and spot.file.is_file() else None for spot in spots]
    known = [size for size in sizes if size is not None]
    return sum(known) if len(known) == len(sizes) else None


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
    if fail_on and any(severity_rank(found.severity) >= severity_rank(fail_on) for found in scan.told):
        raise SystemExit(Exit.FINDINGS)


def _nothing(read: Read) -> str:
    if not read.lines:
        return "error: there was nothing to read\n  hint: name log files, or folders that hold some"
    return (
        f"error: none of {read.lines:,} lines could be understood\n"
        "  hint: `logscan report` shows the rejected lines and the nearest formats; --log-format ID forces a format,"
        " and the wrong one reads nothing: leave it out"
    )
