"""logscan.toml: what is read, where results go, how far back a run looks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path

from logscan.alert.settings import AlertSettings, read_alerts
from logscan.ingest.address import Networks
from logscan.ingest.zone import chosen
from logscan.model.errors import Faults, Where
from logscan.model.toml import Table, read_toml

EACH = ("run", "hour", "day")
LEVELS = ("debug", "info", "warning", "error")
LOG_FORMATS = ("logfmt", "json")
_NOWHERE = Where("")


@dataclass(frozen=True)
class SourceSettings:
    """One [[sources]]: paths, folders and globs that are read alike.

    zone: of times that name none;  format: "" detects it, format_at: where it stands;
    service: of failures whose lines name none
    """

    paths: tuple[str, ...]
    zone: str = "UTC"
    format: str = ""
    service: str = ""
    trusted: Networks = ()
    format_at: Where = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True)
class ReportSettings:
    """each: how often a new file begins;  templates: a folder in place of the shipped ones of their names."""

    folder: Path
    title: str = ""
    each: str = "day"
    templates: Path | None = None


@dataclass(frozen=True)
class RulesSettings:
    folders: tuple[Path, ...] = ()
    formats: tuple[Path, ...] = ()
    default: bool = True


@dataclass(frozen=True)
class LogSettings:
    format: str = "logfmt"
    level: str = "info"


@dataclass(frozen=True)
class Config:
    """A whole settings file. Units: seconds where the name ends in _s.

    look_back_s  how far back a run evaluates;  archive_s, reports_s: how long either is kept
    wait_s       how long a run waits for another one that is at work
    alerts       what [alerts] and [[sinks]] say, as `logscan.alert.settings` reads them
    """

    path: Path
    data: Path
    reports: ReportSettings
    sources: tuple[SourceSettings, ...]
    rules: RulesSettings
    look_back_s: float
    archive_s: float
    reports_s: float
    marks: Path | None
    wait_s: float
    jobs: int
    log: LogSettings
    alerts: AlertSettings


def load_config(path: Path, env: Mapping[str, str]) -> Config:
    """Errors: Faults with every fault of the file at once"""
    document = read_toml(path)
    top = Table(document, document.value, [], env)
    config = _config(path, top)
    top.close()
    if top.faults:
        raise Faults(top.faults)
    return config


def _config(path: Path, top: Table) -> Config:
    data, run, window = top.table("data"), top.table("run"), top.table("window")
    retention, log = top.table("retention"), top.table("log")
    sources = tuple(_source(table) for table in top.tables("sources"))
    if not sources:
        top.fault("sources", "names no source", "add [[sources]] with paths")
    return Config(
        path=path,
        data=data.path("folder", "data") or path.parent / "data",
        reports=_reports(top.table("reports")),
        sources=sources,
        rules=_rules(top.table("rules")),
        look_back_s=window.seconds("look_back", "7d"),
        archive_s=retention.seconds("archive", "400d"),
        reports_s=retention.seconds("reports", "400d"),
        marks=top.table("marks").path("file"),
        wait_s=run.seconds("wait", "0s"),
        jobs=run.whole("jobs", 2, low=1, high=64),
        log=LogSettings(log.choice("format", LOG_FORMATS, "logfmt"), log.choice("level", LEVELS, "info")),
        alerts=read_alerts(top),
    )


def _source(table: Table) -> SourceSettings:
    paths = table.texts("paths")
    if not paths:
        table.fault("paths", "names no log", 'write paths = ["/var/log/nginx/*.log*"]')
    if "-" in paths:
        table.fault("paths", "standard input cannot be read twice", "name files")
    zone = chosen(table.text("zone", "UTC"))
    if zone is None:
        hint = "use a name such as Europe/Berlin or an offset such as +02:00"
        table.fault("zone", f"`{table.text('zone')}` is no time zone", hint)
    found = []
    for text in table.texts("trusted_proxies"):
        try:
            found.append(ip_network(text, strict=False))
        except ValueError:
            hint = "use an address or a network such as 198.51.100.0/24"
            table.fault("trusted_proxies", f"`{text}` is no network", hint)
    placed = tuple(str(table.folder / text) for text in paths)
    form, service = table.text("format"), table.text("service")
    return SourceSettings(placed, zone or "UTC", form, service, tuple(found), table.where("format"))


def _reports(table: Table) -> ReportSettings:
    folder = table.path("folder", "reports") or table.folder / "reports"
    return ReportSettings(folder, table.text("title"), table.choice("each", EACH, "day"), table.path("templates"))


def _rules(table: Table) -> RulesSettings:
    folders, formats = (tuple(table.folder / text for text in table.texts(name)) for name in ("folders", "formats"))
    return RulesSettings(folders, formats, table.flag("default", default=True))
