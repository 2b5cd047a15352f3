"""`logscan run`: what cron, a systemd timer or a container starts."""

import os
import shlex
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from logscan.cli.exits import Exit
from logscan.cli.options import Length

if TYPE_CHECKING:
    from logscan.cli.interrupt import Asked

_STEP_S = 0.2  # how soon a stop is noticed between two runs


@click.command("run", epilog="Example: logscan run -c /etc/logscan/logscan.toml")
@click.option(
    "-c", "--config", "config", required=True, type=click.Path(path_type=Path), help="The settings: logscan.toml."
)
@click.option("--once", is_flag=True, help="Run once and leave; the default.")
@click.option("--every", type=Length(), help="Stay, and run again after so long: 5m. For containers.")
def run_command(config: Path, every: timedelta | None, *, once: bool) -> None:
    """Read what is new in the logs of a settings file, write the dated report and its index, tell what changed."""
    from logscan.batch.config import load_config  # noqa: PLC0415 (start-up time)
    from logscan.cli.interrupt import interruptible  # noqa: PLC0415

    if once and every:
        raise click.UsageError("--once and --every exclude each other.")
    settings = load_config(config, os.environ)
    with interruptible(signal.SIGTERM) as stop:
        failed = _run(settings, stop)
        while every and not stop():
            _wait(every, stop)
            failed = _run(settings, stop, stays=True) if not stop() else failed
    if failed is not None:
        raise SystemExit(failed)


def _run(settings: Any, stop: "Asked", *, stays: bool = False) -> Exit | None:
    """One run, told in one line of JSON. Out: with what to leave; None when nothing failed"""
    from logscan.batch.journal import Journal  # noqa: PLC0415
    from logscan.batch.run import run_once  # noqa: PLC0415
    from logscan.model.errors import Faults, LogscanError  # noqa: PLC0415

    journal = Journal(sys.stderr, _now, form=settings.log.format, level=settings.log.level)
    try:
        told = run_once(settings, _around(stop), _now())
    except (LogscanError, Faults) as fault:
        if not stays:
            raise
        for each in fault.errors if isinstance(fault, Faults) else [fault]:
            journal.say("error", "run failed", where=str(each.where), fault=each.what, hint=each.hint)
        return Exit.NO_EVENTS
    for each in told.faults:
        journal.say("warning", "not read", where=str(each.where), fault=each.what, hint=each.hint)
    for words in told.untold:
        journal.say("warning", "not told", fault=words)
    journal.say("info", "run finished", outcome=told.outcome, lines=told.counted.lines, failures=told.counted.failures)
    click.echo(told.line())
    if told.outcome == "busy":
        journal.say("warning", "another run is at work in this data folder", folder=str(settings.data))
    if told.outcome == "stopped" and stop.by == signal.SIGINT:
        return Exit.INTERRUPTED
    return Exit.NO_EVENTS if told.failed else None


def _around(stop: "Asked") -> Any:
    """The clock, the environment and the key of this installation are looked up here and nowhere below."""
    from logscan import __version__  # noqa: PLC0415
    from logscan.batch.run import Around  # noqa: PLC0415
    from logscan.cli.place import cache_dir, installation_key  # noqa: PLC0415

    def bundle() -> str:
        from logscan.report.charts import chart_bundle  # noqa: PLC0415

        return chart_bundle(cache_dir())

    command = shlex.join(["logscan", *sys.argv[1:]])
    return Around(installation_key(), cache_dir(), __version__, command, stop, time.sleep, _now, bundle)


def _wait(length: timedelta, stop: "Asked") -> None:
    end = time.monotonic() + length.total_seconds()
    while not stop() and (left := end - time.monotonic()) > 0:
        time.sleep(min(left, _STEP_S))


def _now() -> datetime:
    return datetime.now(UTC)
