"""`logscan events`: the events themselves, for a machine."""

import sys
from contextlib import ExitStack
from typing import Any

import click

from logscan.cli.options import archive_options
from logscan.cli.output import Target, open_output


@click.command("events", epilog="Example: logscan events access.log --format csv -o failures.csv")
@archive_options
@click.option("--format", "form", type=click.Choice(["ndjson", "csv", "parquet"]), default="ndjson", show_default=True)
@click.option("--all", "all_events", is_flag=True, help="Every event that could be read, not only failures.")
@click.option("-o", "--output", "out", default="-", type=Target(), help="Write here instead of to stdout.")
def events_command(form: str, out: str, *, all_events: bool, **flags: Any) -> None:
    """Print the authentication failures of PATH... with their causes, in line order, secrets taken out."""
    from logscan.analysis.reason_from import reasons_of, with_reason_from  # noqa: PLC0415
    from logscan.cli.reading import finish, read_or_archived, reading  # noqa: PLC0415 (start-up time)
    from logscan.engine.assemble import words  # noqa: PLC0415
    from logscan.report.events import write_events  # noqa: PLC0415

    if form == "parquet" and out == "-" and sys.stdout.isatty():
        raise click.UsageError("Parquet is no text for a terminal: name a file with -o.")
    if all_events and flags["archive"]:
        raise click.UsageError("--all: an archive holds no event in words but failures; name the logs.")
    with ExitStack() as kept:
        with reading(flags, all_events=all_events) as told:
            ran, (_, _, judgement) = kept.enter_context(read_or_archived(told, flags["archive"]))
        reasons = reasons_of(ran.merged.classified.lazy(), judgement)
        rows = ran.merged.events if all_events else ran.merged.classified
        with open_output(out) as file:
            write_events((with_reason_from(part, reasons) for part in rows.parts()), form, file)
    finish([words(fault) for fault in ran.faults], ran)
