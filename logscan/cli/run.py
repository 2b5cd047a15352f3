"""`logscan run`: what cron, a systemd timer or a container starts."""

import json
import shlex
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from logscan.cli.exits import Exit, visible


@click.command("run", epilog="Example: logscan run -c /etc/logscan/logscan.toml")
@click.option(
    "-c", "--config", "config", required=True, type=click.Path(path_type=Path), help="The settings: logscan.toml."
)
def run_command(config: Path) -> None:
    """Read what is new in the logs of a settings file, write the dated report and its index."""
    from logscan import __version__  # noqa: PLC0415 (start-up time)
    from logscan.batch.config import load_config  # noqa: PLC0415
    from logscan.batch.run import Around, run_once  # noqa: PLC0415
    from logscan.cli.interrupt import interruptible  # noqa: PLC0415
    from logscan.cli.place import cache_dir, installation_key  # noqa: PLC0415
    from logscan.report.charts import chart_bundle  # noqa: PLC0415

    settings = load_config(config, {})
    with interruptible() as stop:
        around = Around(
            key=installation_key(),
            cache=cache_dir(),
            version=__version__,
            command=shlex.join(["logscan", *sys.argv[1:]]),
            stop=stop,
            sleep=time.sleep,
            clock=lambda: datetime.now(UTC),
            bundle=lambda: chart_bundle(cache_dir()),
        )
        told = run_once(settings, around, datetime.now(UTC))
    _tell(told)


def _tell(told: Any) -> None:
    for fault in told.faults:
        click.echo(f"warning: {visible(str(fault))}", err=True)
    line = {
        "at": told.at.isoformat(),
        "outcome": told.outcome,
        "files": told.counted.files,
        "bytes": told.counted.bytes,
        "lines": told.counted.lines,
        "events": told.counted.events,
        "rejects": told.counted.rejects,
        "failures": told.counted.failures,
        "findings": told.findings,
        "report": told.report,
    }
    click.echo(json.dumps(line))
    if told.outcome == "stopped":
        raise SystemExit(Exit.INTERRUPTED)
