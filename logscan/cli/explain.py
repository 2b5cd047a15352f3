"""`logscan explain`: one line, and all that becomes of it."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from logscan.cli.exits import Exit
from logscan.cli.options import Zone


@click.command("explain", epilog="Example: logscan explain /var/log/nginx/error.log:1204 --format json | jq .cause")
@click.argument("spot", required=False, metavar="PATH:LINE")
@click.option("--line", "text", metavar="TEXT", help="Explain this line in place of one in a file.")
@click.option("--tz", "zone", type=Zone(), default="UTC", show_default=True, help="Zone of times that name none.")
@click.option("--log-format", metavar="ID", help="Read the line as this format instead of detecting it.")
@click.option("--rules", multiple=True, type=click.Path(), help="A folder of rules to use as well.")
@click.option("--formats", multiple=True, type=click.Path(), help="A folder of format files to use as well.")
@click.option("--no-default-rules", is_flag=True, help="Use only the rules of --rules.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def explain_command(spot: str | None, text: str | None, form: str, **flags: Any) -> None:
    """Say how a line was read, which rules looked at it, which matched and by what, and what it means."""
    from logscan.engine.explained import explain  # noqa: PLC0415 (start-up time)
    from logscan.report.explained import explained_json, explained_text  # noqa: PLC0415

    path, number = _spot(spot, text)
    line = None if text is None else text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    told = explain(_request(path, flags), line, number)
    click.echo(explained_json(told) if form == "json" else explained_text(told), nl=False)
    if told.state in {"reject", "blank"}:
        raise SystemExit(Exit.NO_EVENTS)


def _spot(spot: str | None, text: str | None) -> tuple[str, int]:
    """The path and the line; what is wrong with them is a matter of usage."""
    if (spot is None) == (text is None):
        raise click.UsageError("Give either PATH:LINE or --line TEXT.")
    if spot is None:
        return "", 1
    found = re.fullmatch(r"(.+):([0-9]{1,15})", spot, re.DOTALL)
    if not found or int(found[2]) < 1:
        raise click.UsageError(f"{spot!r} does not end in a line number; write {spot}:1")
    return found[1], int(found[2])


def _request(path: str, flags: dict[str, Any]) -> Any:
    from logscan.cli.place import installation_key  # noqa: PLC0415
    from logscan.cli.reading import standard_input  # noqa: PLC0415
    from logscan.engine.request import Request  # noqa: PLC0415

    return Request(
        paths=(path,),
        now=datetime.now(UTC),
        key=installation_key(),
        zone=flags["zone"],
        log_format=flags["log_format"],
        rules=tuple(map(Path, flags["rules"])),
        formats=tuple(map(Path, flags["formats"])),
        default_rules=not flags["no_default_rules"],
        stdin=standard_input((path,)),
    )
