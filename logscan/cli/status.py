"""`logscan status`: how scheduled runs stand, for a person or a monitor."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from logscan.cli.exits import Exit
from logscan.cli.options import Moment


@click.command("status", epilog="Example: logscan status -c /etc/logscan/logscan.toml --max-age 15m")
@click.option(
    "-c", "--config", "config", required=True, type=click.Path(path_type=Path), help="The settings: logscan.toml."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--max-age", type=Moment(), default="26h", show_default=True, help="How old the last good run may be: 15m."
)
def status_command(config: Path, form: str, max_age: timedelta | datetime) -> None:
    """Say what was not read yet, how the last run went, what waits to be sent and what goes on.

    Ends with 0 when all is well, 1 when somebody should look, 3 when there was no run yet.
    """
    from logscan.batch.config import load_config  # noqa: PLC0415 (start-up time)
    from logscan.batch.state import NAME, open_state  # noqa: PLC0415
    from logscan.batch.status import read_status  # noqa: PLC0415
    from logscan.model.resources import rules_dir  # noqa: PLC0415
    from logscan.model.taxonomy import load_taxonomy  # noqa: PLC0415
    from logscan.report.status import status_json, status_text  # noqa: PLC0415

    now = datetime.now(UTC)
    age = max_age if isinstance(max_age, timedelta) else now - max_age.astimezone(UTC)
    settings = load_config(config, os.environ)
    there = (settings.data / NAME).is_file()
    db = open_state(settings.data / NAME, make=False) if there else None
    try:
        status = read_status(settings, db, now=now, max_age_s=age.total_seconds())
    finally:
        if db is not None:
            db.close()
    text = status_json(status) if form == "json" else status_text(status, load_taxonomy(rules_dir() / "taxonomy.yml"))
    click.echo(text, nl=False)
    if status.last is None:
        raise SystemExit(Exit.NO_EVENTS)
    if status.wrong:
        raise SystemExit(Exit.FINDINGS)
