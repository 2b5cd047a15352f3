"""`logscan verify`: the evidence behind a report, still the same or not."""

from pathlib import Path
from typing import Any

import click

from logscan.cli.exits import Exit, visible


@click.command("verify", epilog="Example: logscan verify report.html /var/log/nginx")
@click.argument("report", type=click.Path(exists=True, dir_okay=False, readable=True))
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
def verify_command(report: str, paths: tuple[str, ...], **_: Any) -> None:
    """Hash PATH... again and say whether these are the files that REPORT was made from.

    Exit code 1 when an input of the report differs or is missing; a log that was only written on has grown.
    """
    from logscan.cli.reading import standard_input  # noqa: PLC0415 (start-up time)
    from logscan.engine.verify import HELD, verify  # noqa: PLC0415
    from logscan.report.provenance import recorded_inputs  # noqa: PLC0415

    page = Path(report).read_text("utf-8", "replace")
    inputs = recorded_inputs(page, report)
    recorded = {each.path: each.sha256 for each in inputs}
    told = verify(recorded, paths, standard_input(paths), {each.path: each.size for each in inputs})
    for path, state, now in told.checked:
        click.echo(visible(f"{state:<17}  {path}" + (f"  (now {now})" if now else "")))
    for fault in told.faults:
        click.echo(visible(f"error: {fault}"), err=True)
    held = sum(each.state in HELD for each in told.checked)
    click.echo(f"{held} of {len(recorded)} inputs are unchanged")
    if not told.whole:
        raise SystemExit(Exit.FINDINGS)
