"""`logscan alert`: what scheduled runs tell people, and what people tell them."""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from sqlite3 import Connection
from typing import Any

import click

from logscan.cli.exits import ErrorGroup, Exit, visible
from logscan.cli.options import Moment, moment
from logscan.model.errors import SettingsError, Where

_CONFIG = click.option(
    "-c", "--config", "config", required=True, type=click.Path(path_type=Path), help="The settings: logscan.toml."
)
_HEADS = ("incident", "status", "severity", "began", "last seen", "told", "title", "")


@click.group("alert", cls=ErrorGroup)
def alert_group() -> None:
    """Test sinks, list incidents, silence them or take them.

    Example: logscan alert list -c logscan.toml
    """


@alert_group.command("test", epilog="Example: logscan alert test -c /etc/logscan/logscan.toml --sink chat")
@_CONFIG
@click.option("--sink", "only", metavar="NAME", help="Only this sink.")
def test_command(config: Path, only: str | None) -> None:
    """Send a notice that says it is a test through each sink, and say what became of it."""
    from logscan.batch.trial import try_sinks  # noqa: PLC0415 (start-up time)

    settings = _settings(config)
    sinks = [sink for sink in settings.alerts.sinks if only in (None, sink.name)]
    if not sinks:
        names = ", ".join(sink.name for sink in settings.alerts.sinks)
        hint = f"use one of: {names}" if names else "add [[sinks]], see docs/alerts.md"
        raise SettingsError("there is no such sink", where=Where(str(config), 0, only or "sinks"), hint=hint)
    outcomes = try_sinks(settings, sinks, datetime.now(UTC))
    for name, fault in outcomes.items():
        click.echo(visible(f"{name}: {fault or 'taken'}"))
    if any(outcomes.values()):
        raise SystemExit(Exit.FINDINGS)


@alert_group.command("list", epilog="Example: logscan alert list -c logscan.toml --format json | jq '.[].title'")
@_CONFIG
@click.option("--all", "every", is_flag=True, help="Those that are over too.")
@click.option(
    "--format", "style", type=click.Choice(["table", "json"]), default="table", show_default=True, help="How."
)
def list_command(config: Path, style: str, *, every: bool) -> None:
    """List the incidents that go on, what keeps them quiet, and what sinks have not got yet."""
    from logscan.batch.trial import listed, standing  # noqa: PLC0415 (start-up time)

    with _state(config) as state:
        rows, notes = listed(state, every=every), standing(state)
    if style == "json":
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    elif rows:
        _table([_HEADS, *(tuple(map(str, row.values())) for row in rows)])
    else:
        click.echo("no incidents" if every else "no incident goes on; --all lists those that are over, too")
    for note in notes:
        click.echo(visible(f"note: {note}"), err=True)


@alert_group.command(
    "silence", epilog="Example: logscan alert silence -c logscan.toml 3f2a --for 4h --reason 'move of hosts'"
)
@_CONFIG
@click.argument("incident")
@click.option("--for", "length", type=Moment(), required=True, help="How long: 4h, or until when; 0m ends a silence.")
@click.option("--reason", default="", help="Why; it is shown beside the incident.")
def silence_command(config: Path, incident: str, length: timedelta | datetime, reason: str) -> None:
    """Tell nobody of INCIDENT (its id or the beginning of it) for a while; what goes on then is told after it."""
    from logscan.batch.trial import find, quieten  # noqa: PLC0415 (start-up time)

    now = datetime.now(UTC)
    until = now + length if isinstance(length, timedelta) else moment(length, "UTC", now) or now
    with _state(config) as state:
        found = find(state, incident)
        quieten(state, found, until=until, now=now, reason=reason)
    told = f"is silent until {until:%Y-%m-%d %H:%M:%S} UTC" if until > now else "is silent no more"
    click.echo(f"{found.id} {told}")


@alert_group.command("ack", epilog="Example: logscan alert ack -c logscan.toml 3f2a --by ada")
@_CONFIG
@click.argument("incident")
@click.option("--by", "who", default="", metavar="NAME", help="Who has taken it; it is shown in what is told of it.")
def ack_command(config: Path, incident: str, who: str) -> None:
    """Say that somebody has taken INCIDENT: no reminders any more, until it is worse or over."""
    from logscan.batch.memory import change_incident  # noqa: PLC0415 (start-up time)
    from logscan.batch.state import transaction  # noqa: PLC0415
    from logscan.batch.trial import find  # noqa: PLC0415

    with _state(config) as state, transaction(state):
        found = find(state, incident)
        change_incident(state, replace(found, acked=visible(who) or "somebody"))
    click.echo(f"{found.id} is taken")


def _settings(config: Path) -> Any:
    from logscan.batch.config import load_config  # noqa: PLC0415

    return load_config(config, os.environ)


@contextmanager
def _state(config: Path) -> Iterator[Connection]:
    from logscan.batch.state import NAME, open_state  # noqa: PLC0415

    state = open_state(_settings(config).data / NAME, make=False)
    try:
        yield state
    finally:
        state.close()


def _table(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo(visible("  ".join(cells).rstrip()))
