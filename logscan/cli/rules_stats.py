"""`logscan rules stats`: what each rule finds in logs, and what it costs."""

import json
from time import process_time
from typing import Any

import click

from logscan.cli.exits import visible
from logscan.cli.options import shared_options

_COSTLY = 20  # rules without a match that the table names
_ENOUGH = 10_000  # lines from which a cost for a million of them is worth telling
_NAMED = 2  # columns that are no numbers
_HEADS = {
    "name": "name",
    "names": "names",
    "asked": "asked",
    "matches": "matches",
    "wins": "wins",
    "seconds": "seconds",
    "seconds_per_million_lines": "s per 1M lines",
}


@click.command("stats", epilog="Example: logscan rules stats /var/log/nginx --rules my-rules")
@shared_options
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def stats_command(form: str, **flags: Any) -> None:
    """Say of each rule how often it matched in the logs of PATH..., how often it named the cause, and what it cost."""
    from logscan.cli.reading import reading  # noqa: PLC0415 (start-up time)
    from logscan.engine.ruled import rule_stats  # noqa: PLC0415

    with reading(flags) as (asked, step):
        found = rule_stats(asked, process_time, step)
    for fault in found.faults:
        click.echo(visible(f"warning: {fault}"), err=True)
    rows = [_row(cost, found.lines) for cost in found.costs]
    if form == "json":
        whole = {"lines": found.lines, "candidates": found.candidates, "seconds_together": round(found.together_s, 4)}
        click.echo(json.dumps({**whole, "rules": rows}, indent=2))
        return
    matched = [row for row in rows if row["matches"]]
    idle = [row for row in rows if not row["matches"]]
    _table([*matched, *idle[:_COSTLY]])
    left = idle[_COSTLY:]
    spent = sum(row["seconds"] for row in left)
    click.echo(f"{len(left):,} more rules looked and matched nothing: {spent:.3f} s")
    words = f"{found.lines:,} lines, of which rules were asked about {found.candidates:,} events"
    click.echo(f"{words}; all at once in {found.together_s:.3f} s, because they share work")


def _row(cost: Any, lines: int) -> dict[str, Any]:
    """Units: seconds of processor time, the rule asked alone"""
    return {
        "name": cost.rule.name,
        "names": cost.rule.names,
        "asked": cost.asked,
        "matches": cost.matches,
        "wins": cost.wins,
        "seconds": round(cost.seconds, 4),
        "seconds_per_million_lines": round(cost.seconds * 1e6 / lines, 3) if lines >= _ENOUGH else None,
    }


def _table(rows: list[dict[str, Any]]) -> None:
    texts = [list(_HEADS.values()), *(["-" if row[key] is None else str(row[key]) for key in _HEADS] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    for line in texts:
        named = [cell.ljust(width) for cell, width in zip(line[:_NAMED], widths, strict=False)]
        counted = [cell.rjust(width) for cell, width in zip(line[_NAMED:], widths[_NAMED:], strict=True)]
        click.echo(visible("  ".join([*named, *counted]).rstrip()))
