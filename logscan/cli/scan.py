"""`logscan scan`: the findings for a terminal or a machine."""

from typing import Any

import click

from logscan.cli.options import archive_options
from logscan.cli.output import Target, write_text
from logscan.model.severity import SEVERITIES


@click.command("scan", epilog="Example: logscan scan /var/log/nginx --format json --fail-on high | jq .summary")
@archive_options
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "text", "markdown", "json", "ndjson", "sarif"]),
    default="table",
    show_default=True,
)
@click.option("-o", "--output", "out", default="-", type=Target(), help="Write here instead of to stdout.")
@click.option("--fail-on", type=click.Choice(SEVERITIES), help="Exit with 1 on a finding of this severity or worse.")
def scan_command(form: str, out: str, fail_on: str | None, **flags: Any) -> None:
    """Print the findings of the logs in PATH... (files, folders, globs, archives, -)."""
    from logscan.cli.colour import coloured  # noqa: PLC0415 (start-up time)
    from logscan.cli.reading import explained, fail, finish, reading  # noqa: PLC0415

    with reading(flags) as told:
        answer = explained(told, flags["archive"])
    write_text(out, coloured(_render(answer, form), form, out))
    finish(answer.scan.faults, answer.scan)
    fail(answer.scan, fail_on)


def _render(answer: Any, form: str) -> str:
    if form == "table":
        from logscan.report.text import findings_table  # noqa: PLC0415

        return findings_table(answer.scan, answer.library.taxonomy, answer.library.playbooks)
    if form in ("text", "markdown"):
        from logscan.report.brief import brief  # noqa: PLC0415

        return brief(answer.scan, answer.library, form)
    if form == "sarif":
        from logscan import __version__  # noqa: PLC0415
        from logscan.report.sarif import findings_sarif  # noqa: PLC0415

        return findings_sarif(answer.scan, answer.library, __version__)
    from logscan.report.json import findings_json, findings_ndjson  # noqa: PLC0415

    return findings_json(answer.scan) if form == "json" else findings_ndjson(answer.scan)
