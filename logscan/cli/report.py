"""`logscan report`: the main job."""

import shlex
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from logscan.cli.options import archive_options
from logscan.cli.output import Target, write_text


@click.command("report", epilog="Example: logscan report /var/log/nginx app.log.gz --since 24h -o report.html")
@archive_options
@click.option("-o", "--output", "out", default="report.html", show_default=True, type=Target(), help="- is stdout.")
@click.option("--title", default="", metavar="TEXT", help="What the case is called, at the top of the page.")
@click.option(
    "--templates", type=click.Path(), help="A folder of templates in place of the shipped ones of their names."
)
def report_command(out: str, title: str, templates: str | None, **flags: Any) -> None:
    """Write one self-contained HTML page that explains the 401s in PATH... (files, folders, globs, archives, -)."""
    from logscan.cli.reading import finish  # noqa: PLC0415 (start-up time)

    answer, page, _ = render(flags, title, templates)
    write_text(out, page)
    summarise(answer, out)
    finish(answer.scan.faults, answer.scan)


def render(flags: dict[str, Any], title: str, templates: str | None = None) -> tuple[Any, str, datetime]:
    """Read, find and write the page. Out: the answer, the page, the time that it names."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    from logscan import __version__  # noqa: PLC0415
    from logscan.cli.place import cache_dir  # noqa: PLC0415
    from logscan.cli.reading import explained, reading  # noqa: PLC0415
    from logscan.model.cache import Cache  # noqa: PLC0415
    from logscan.report.charts import chart_bundle  # noqa: PLC0415
    from logscan.report.html import render_html  # noqa: PLC0415
    from logscan.report.templates import load_templates, shipped  # noqa: PLC0415

    own = load_templates(Path(templates)) if templates else None  # its faults are told before any log is read

    with ThreadPoolExecutor(1) as beside:
        bundle = beside.submit(chart_bundle, cache_dir())
        with reading(flags) as told:
            asked, answer = told.request, explained(told, flags.get("archive"), listed=True)
        command = shlex.join(["logscan", *sys.argv[1:]])
        page = render_html(
            answer.scan,
            answer.library,
            generated=asked.now,
            command=command,
            version=__version__,
            bundle=bundle.result(),
            shown=answer.shown,
            asked=answer.asked,
            title=title,
            templates=own or shipped(Cache(asked.cache, asked.key) if asked.cache else None),
        )
    return answer, page, asked.now


def summarise(answer: Any, out: str, what: str = "report") -> None:
    from logscan.report.text import summary_text  # noqa: PLC0415

    click.echo(summary_text(answer.scan, answer.library.taxonomy), err=True)
    if out != "-":
        click.echo(f"{what}: {out}", err=True)
