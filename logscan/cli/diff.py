"""`logscan diff`: what changed between two scans, or two periods of one log."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from logscan.cli.options import Moment, shared_options
from logscan.cli.output import Target, write_text


@click.command(
    "diff", epilog="Example: logscan diff monday.json tuesday.json; logscan diff --split 2026-03-12T14:00Z a.log"
)
@shared_options
@click.option("--split", type=Moment(), help="Compare PATH... before this time with PATH... from it on.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("-o", "--output", "out", default="-", type=Target(), help="Write here instead of to stdout.")
def diff_command(split: timedelta | datetime | None, form: str, out: str, **flags: Any) -> None:
    """Say what is new, gone, worse or better: between two `scan --format json`, or before and after a moment."""
    from logscan.report.diff import compare, diff_json, diff_table  # noqa: PLC0415 (start-up time)

    before, after, measures, moment = _periods(split, flags) if split is not None else _scans(flags)
    changes = compare(before, after, times=measures.diff_times, chance=measures.diff_chance, split=moment)
    write_text(out, diff_json(changes) if form == "json" else diff_table(changes))


def _scans(flags: dict[str, Any]) -> tuple[Any, Any, Any, None]:
    from logscan.analysis.judgement import load_judgement  # noqa: PLC0415
    from logscan.model.resources import rules_dir  # noqa: PLC0415

    if len(flags["paths"]) != 2:
        raise click.UsageError("name two files of `logscan scan --format json`, or use --split TIME with logs.")
    return *(_read(path) for path in flags["paths"]), load_judgement([rules_dir()]).measures, None


def _read(path: str) -> Any:
    from logscan.report.json import SCHEMA  # noqa: PLC0415

    try:
        document = json.loads(Path(path).read_text("utf-8"))
    except (OSError, ValueError) as fault:
        raise click.UsageError(f"{path} is no file of `logscan scan --format json`: {fault}") from fault
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise click.UsageError(f"{path} is no file of `logscan scan --format json`: it is not {SCHEMA}.")
    return document


def _periods(split: timedelta | datetime, flags: dict[str, Any]) -> tuple[Any, Any, Any, datetime | None]:
    from logscan.analysis.judgement import load_judgement  # noqa: PLC0415
    from logscan.cli.reading import reading  # noqa: PLC0415
    from logscan.engine.scan import scan_logs  # noqa: PLC0415
    from logscan.model.resources import rules_dir  # noqa: PLC0415
    from logscan.report.json import findings_json  # noqa: PLC0415

    if "-" in flags["paths"]:
        raise click.UsageError("--split reads the logs twice, which standard input cannot be: name files.")
    found = []
    for end in ("until", "since"):
        with reading(flags | {end: split}) as (asked, step):
            found.append(json.loads(findings_json(scan_logs(asked, step).scan)))
    return found[0], found[1], load_judgement([rules_dir()]).measures, asked.since
