"""`logscan bundle`: the report and its evidence in one archive, for a support engineer."""

from typing import Any

import click

from logscan.cli.options import shared_options
from logscan.cli.output import Target, open_output


@click.command("bundle", epilog="Example: logscan bundle /var/log/nginx app.log --since 24h -o case-4711.zip")
@shared_options
@click.option(
    "-o", "--output", "out", default="logscan-bundle.zip", show_default=True, type=Target(), help="- is stdout."
)
@click.option("--title", default="", metavar="TEXT", help="What the case is called, at the top of the page.")
def bundle_command(out: str, title: str, **flags: Any) -> None:
    """Write a zip of the report on PATH..., findings, evidence, charts and hashes; secrets are blacked out."""
    from logscan import __version__  # noqa: PLC0415 (start-up time)
    from logscan.cli.reading import finish  # noqa: PLC0415
    from logscan.cli.report import render, summarise  # noqa: PLC0415
    from logscan.report.bundle import bundle_files, zipped  # noqa: PLC0415

    answer, page, now = render(flags, title)
    drawn = {"shown": answer.shown, "asked": answer.asked}
    files = bundle_files(answer.scan, answer.library, page, generated=now, version=__version__, **drawn)
    with open_output(out) as file:
        file.write(zipped(files, now))
    summarise(answer, out, "bundle")
    finish(answer.scan.faults, answer.scan)
