"""What [alerts] and [[sinks]] of logscan.toml say."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from logscan import __version__
from logscan.alert.gate import Quiet
from logscan.alert.silence import Silence
from logscan.alert.sinks.sink import Sink
from logscan.model.severity import SEVERITIES
from logscan.model.toml import Table

if TYPE_CHECKING:
    from logscan.alert.sinks.http import Poster

KINDS = ("alertmanager", "webhook", "textfile", "ndjson", "ocsf", "notify")
_LEVELS = {"notify": "high", "alertmanager": "low", "webhook": "low"}
_SECRET_LEAST = 8  # characters of a secret that may be taken out of a text without harm to it


@dataclass(frozen=True)
class AlertSettings:
    """url: where people find the report. sinks: as they are named in the file."""

    quiet: Quiet
    silences: tuple[Silence, ...] = ()
    url: str = ""
    sinks: tuple[Sink, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """The sinks for people to read, without any secret."""
        return tuple(f"{sink.name}: {type(sink).__name__.lower()}, {sink.level} and worse" for sink in self.sinks)


def read_alerts(top: Table) -> AlertSettings:
    """Errors: none; faults go to the list of the table"""
    table = top.table("alerts")
    usual = Quiet()
    quiet = Quiet(
        reminder=_length(table, "reminder", "24h"),
        settle=_length(table, "settle", "15m"),
        silent_after=_length(table, "silent_after", "26h"),
        flap_starts=table.whole("flap_starts", usual.flap_starts, low=2, high=1000),
        flap_within=_length(table, "flap_within", "6h"),
        wider=float(table.whole("wider", int(usual.wider), low=2, high=1000)),
        rate=table.whole("rate", usual.rate, low=1, high=100_000),
        rate_within=_length(table, "rate_within", "1h"),
        lead=_length(table, "lead", "24h"),
        keep=_length(table, "keep", "30d"),
    )
    url = table.text("url")
    _refuse_address(table, "url", url)
    known = tuple(_silence(each) for each in table.tables("silences"))
    return AlertSettings(quiet, known, url, _sinks(top))


def _length(table: Table, name: str, default: str) -> timedelta:
    return timedelta(seconds=table.seconds(name, default))


def _silence(table: Table) -> Silence:
    texts = {name: table.text(name) for name in ("incident", "cause", "scope", "rule")}
    if not any(texts.values()):
        table.fault("", "silences everything", "name an incident, a cause, a scope or a rule")
    since, until = _moment(table, "since"), _moment(table, "until")
    if since and until and since >= until:
        table.fault("until", "is not after `since`", "no time is left for it")
    return Silence(**texts, since=since, until=until, reason=table.text("reason"))


def _moment(table: Table, name: str) -> datetime | None:
    text = table.text(name)
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        table.fault(name, f"`{text}` is no time", 'write "2026-03-12T14:00Z"')
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _sinks(top: Table) -> tuple[Sink, ...]:
    found: list[Sink] = []
    names: set[str] = set()
    for table in top.tables("sinks"):
        kind = table.choice("kind", KINDS, "") if table.has("kind") else ""
        if not table.has("kind"):
            table.fault("kind", "`kind` is missing", f"use one of: {', '.join(KINDS)}")
        name = table.text("name", kind)
        level = table.choice("level", SEVERITIES, _LEVELS.get(kind, "informational"))
        if kind and name in names:
            table.fault("name", f"two sinks are called `{name}`", "give each a `name` of its own")
        names.add(name)
        if kind:
            found.append(_MAKERS[kind](table, name, level))
        else:
            table.asked |= dict.fromkeys(table.values)
    return tuple(found)


def _alertmanager(table: Table, name: str, level: str) -> Sink:
    from logscan.alert.sinks.alertmanager import LABEL, Alertmanager  # noqa: PLC0415 - start-up time

    url, token, poster = _web(table)
    labels = {}
    inner = table.table("labels")
    for label in inner.values:
        labels[label] = inner.text(label)
        if not LABEL.fullmatch(label) or label.startswith("__"):
            inner.fault(label, f"`{label}` is no label name", "use letters, digits and `_`, and begin with a letter")
        elif label in ("alertname", "incident", "job", "severity"):
            inner.fault(label, f"`{label}` is set by logscan", "give it another name")
    lasts = _length(table, "lasts", "1h") if table.has("lasts") else None
    return Alertmanager(name, url, level, token, labels, lasts, poster)


def _webhook(table: Table, name: str, level: str) -> Sink:
    from logscan.alert.sinks.webhook import Webhook, signing_key  # noqa: PLC0415

    url, token, poster = _web(table)
    secret = table.secret("secret").value
    try:
        signing_key(secret)
    except ValueError:
        table.fault("secret", "begins with whsec_, and is no Base64 after it", "copy it again, or leave the prefix out")
    headers = {"authorization": f"Bearer {token}"} if token else {}
    render = None
    template = table.path("template")
    if template:
        from logscan.alert.template import read_template  # noqa: PLC0415

        try:
            render = read_template(template)
        except (OSError, ValueError) as fault:
            words = fault.strerror if isinstance(fault, OSError) and fault.strerror else str(fault)
            table.fault("template", f"{template}: {words}", "docs/alerts.md says what a template is given")
    people = table.flag("for_people", default=False)
    return Webhook(name, url, level, secret, headers, render, poster, people)


def _web(table: Table) -> tuple[str, str, "Poster"]:
    from logscan.alert.sinks.http import Poster  # noqa: PLC0415

    url, token = table.secret("url").value, table.secret("token").value
    if not table.values.get("url"):
        table.fault("url", "`url` is missing", 'write url = "https://..." or url = "${NAME}"')
    _refuse_address(table, "url", url)
    if any(not char.isprintable() or ord(char) > 0x7E for char in token):
        table.fault("token", "holds a character that no header may", "look for a line break at its end")
    secrets = [url, token, *_parts(url)]
    poster = Poster(_timeout(table), table.whole("retries", 3, low=0, high=10), tuple(secrets))
    return url, token, poster


def _refuse_address(table: Table, name: str, url: str) -> None:
    """Law: the address itself stands in no fault"""
    if not url:
        return
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good = False
    if not good or not url.isprintable() or " " in url:
        table.fault(name, "is no address", "write https://host/path")


def _parts(url: str) -> list[str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return []
    pieces = [parts.password or "", *parts.path.split("/"), *parts.query.replace("&", "=").split("=")]
    return [piece for piece in pieces if len(piece) >= _SECRET_LEAST]


def _timeout(table: Table) -> float:
    found = table.seconds("timeout", "10s")
    if not 0 < found <= 300:
        table.fault("timeout", "is out of bounds", "use 1s to 5m")
        return 10.0
    return found


def _path(table: Table) -> Path:
    path = table.path("path")
    if path is None:
        table.fault("path", "`path` is missing", 'write path = "/var/lib/logscan/alerts.ndjson"')
    return path or table.folder


def _textfile(table: Table, name: str, level: str) -> Sink:
    from logscan.alert.sinks.textfile import Textfile  # noqa: PLC0415

    path = _path(table)
    if table.has("path") and path.suffix != ".prom":
        table.fault("path", "does not end in .prom", "node_exporter reads no other files")
    return Textfile(name, path, level)


def _ndjson(table: Table, name: str, level: str) -> Sink:
    from logscan.alert.sinks.ndjson import Ndjson  # noqa: PLC0415

    return Ndjson(name, _path(table), level)


def _ocsf(table: Table, name: str, level: str) -> Sink:
    from logscan.alert.sinks.ocsf import Ocsf  # noqa: PLC0415

    return Ocsf(name, _path(table), __version__, level)


def _notify(table: Table, name: str, level: str) -> Sink:
    from logscan.alert.sinks.notify import Notify  # noqa: PLC0415

    url, attach = table.secret("url").value, table.flag("attach", default=True)
    timeout, retries = _timeout(table), table.whole("retries", 3, low=0, high=10)
    if not table.values.get("url"):
        table.fault("url", "`url` is missing", 'write url = "${NAME}", an address of Apprise')
    elif url and not re.match(r"[a-z0-9]+://.", url, re.IGNORECASE):
        table.fault("url", "is no address", "write one of Apprise, such as mailto://user:password@example.com")
    if find_spec("apprise") is None:
        table.fault("kind", "needs Apprise, which is not installed", "pip install 'logscan[notify]'")
    return Notify(name, url, level, attach, timeout, retries)


_MAKERS: dict[str, Callable[[Table, str, str], Sink]] = {
    "alertmanager": _alertmanager,
    "webhook": _webhook,
    "textfile": _textfile,
    "ndjson": _ndjson,
    "ocsf": _ocsf,
    "notify": _notify,
}
