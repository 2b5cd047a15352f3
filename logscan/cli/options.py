"""The options that every command which reads logs shares, and the values they take."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import reduce
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})")
_AGO = re.compile(r"(\d+)\s*(s|m|h|d|w)")
_FIRST, _LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


class Zone(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.2 on only
    """An IANA zone name or an offset such as +02:00."""

    name = "zone"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from logscan.ingest.zone import chosen  # noqa: PLC0415 (start-up time)

        text = chosen(str(value))
        if text is None:
            self.fail(
                f"{value!r} is not a time zone; use a name such as Europe/Berlin or an offset such as +02:00",
                param,
                ctx,
            )
        return text


class Moment(click.ParamType):  # type: ignore[type-arg]
    """A time (2026-03-12, 2026-03-12T14:00, with or without zone) or how long ago (90m, 24h, 7d)."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta | datetime:
        if isinstance(value, datetime | timedelta):
            return value
        if found := _AGO.fullmatch(str(value)):
            try:
                return timedelta(seconds=int(found[1]) * _SECONDS[found[2]])
            except (OverflowError, ValueError):
                self.fail(f"{value!r} is longer ago than any log", param, ctx)
        try:
            return datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(
                f"{value!r} is not a time; use 2026-03-12T14:00, 2026-03-12T14:00Z or how long ago: 24h", param, ctx
            )


class Length(click.ParamType):  # type: ignore[type-arg]
    """A length of time: 90s, 5m, 24h."""

    name = "length"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        if isinstance(value, timedelta):
            return value
        found = _AGO.fullmatch(str(value))
        if not found or not int(found[1]) or len(found[1]) > 6:
            self.fail(f"{value!r} is no length of time; use a number and a unit: 90s, 5m, 24h", param, ctx)
        return timedelta(seconds=int(found[1]) * _SECONDS[found[2]])


class Marked(click.ParamType):  # type: ignore[type-arg]
    """TIME=LABEL: a moment, and what happened then."""

    name = "mark"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[datetime, str]:
        if isinstance(value, tuple):
            return value
        time, _, label = str(value).partition("=")
        when = Moment().convert(time.strip(), param, ctx) if label.strip() else None
        if not isinstance(when, datetime):
            self.fail(f"{value!r} is not a mark; use TIME=LABEL, such as 2026-03-12T14:00Z=deploy", param, ctx)
        return when, label.strip()


class Network(click.ParamType):  # type: ignore[type-arg]
    """An address, or a network such as 198.51.100.0/24."""

    name = "network"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return ip_network(value, strict=False)
        except ValueError:
            hint = "use an address or a network such as 198.51.100.0/24 or 2001:db8::/32"
            self.fail(f"{value!r} is not a network; {hint}", param, ctx)


def zone_of(name: str) -> tzinfo:
    """The zone that `Zone` accepted."""
    if found := _OFFSET.fullmatch(name):
        size = timedelta(hours=int(found[2]), minutes=int(found[3]))
        return timezone(-size if found[1] == "-" else size)
    return ZoneInfo(name)


def moment(value: timedelta | datetime | None, zone: str, now: datetime) -> datetime | None:
    """UTC; a time without a zone is in `zone`, a length is that long before `now`.

    Law: what lies before the first or behind the last moment that can be written becomes that moment
    """
    if value is None:
        return None
    early = isinstance(value, timedelta) or value.year == 1
    try:
        if isinstance(value, timedelta):
            return now - value
        return (value if value.tzinfo else value.replace(tzinfo=zone_of(zone))).astimezone(UTC)
    except OverflowError:
        return _FIRST if early else _LAST


_SHARED = (
    click.option("--since", type=Moment(), help="Only events from this time on: 2026-03-12T14:00Z, or 24h ago: 24h."),
    click.option("--until", type=Moment(), help="Only events before this time."),
    click.option("--tz", "zone", type=Zone(), default="UTC", show_default=True, help="Zone of times that name none."),
    click.option("--log-format", metavar="ID", help="Read every line as this format instead of detecting it."),
    click.option("--rules", "rules", multiple=True, type=click.Path(), help="A folder of rules to use as well."),
    click.option(
        "--formats", "formats", multiple=True, type=click.Path(), help="A folder of format files to use as well."
    ),
    click.option(
        "--trusted-proxy",
        "trusted",
        multiple=True,
        type=Network(),
        metavar="CIDR",
        help="Believe the forwarded lists (X-Forwarded-For) of proxies in this network.",
    ),
    click.option(
        "--mark",
        "marks",
        multiple=True,
        type=Marked(),
        metavar="TIME=LABEL",
        help="Something happened then: 2026-03-12T14:00Z=deploy. Do failures follow it?",
    ),
    click.option("--no-default-rules", is_flag=True, help="Use only the rules of --rules."),
    click.option("--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help="Pieces worked on at once."),
)


_PATHS = click.argument("paths", nargs=-1, required=True, metavar="PATH...")
_PATHS_OR_ARCHIVE = (
    click.argument("paths", nargs=-1, metavar="PATH..."),
    click.option(
        "--from-archive",
        "archive",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="In place of PATH...: what `logscan run` keeps in this data folder.",
    ),
)


def shared_options(command: Callable[..., None]) -> Callable[..., None]:
    return reduce(lambda done, option: option(done), reversed((_PATHS, *_SHARED)), command)


def archive_options(command: Callable[..., None]) -> Callable[..., None]:
    """As `shared_options`, for commands that read logs or the archive of runs."""
    return reduce(lambda done, option: option(done), reversed((*_PATHS_OR_ARCHIVE, *_SHARED)), command)
