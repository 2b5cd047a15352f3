"""What settings name in other files: rules, formats, templates, marks."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from logscan.batch.config import Config
from logscan.batch.marks import load_marks
from logscan.engine.request import Definitions, Request, load_definitions, unknown_format
from logscan.model.errors import Faults, LogscanError
from logscan.model.resources import rules_dir
from logscan.report.templates import load_templates
from logscan.rules.alerts import load_alerts


def named_by(config: Config, key: bytes, cache: Path | None, now: datetime) -> Request:
    """What the settings ask for, of all sources alike. Errors: Faults of the marks file"""
    return Request(
        paths=(),
        now=now,
        key=key,
        zone=config.sources[0].zone,
        rules=config.rules.folders,
        formats=config.rules.formats,
        default_rules=config.rules.default,
        jobs=config.jobs,
        trusted=tuple(dict.fromkeys(network for source in config.sources for network in source.trusted)),
        marks=load_marks(config.marks),
        cache=cache,
    )


def load_named(config: Config, request: Request) -> Definitions:
    """Errors: Faults, with every fault of every rule and format, and of sources whose format there is not"""
    found = load_definitions(request)
    formats = found.plan.formats
    faults = [fault for each in config.sources for fault in unknown_format(each.format, formats, each.format_at)]
    if faults:
        raise Faults(faults)
    return found


def check_named(config: Config, key: bytes, cache: Path | None, now: datetime) -> Definitions:
    """Load all that a run would load. Errors: Faults, with every fault of every file that the settings name"""
    faults: list[LogscanError] = []

    def tried(load: Callable[[], object]) -> None:
        try:
            load()
        except Faults as found:
            faults.extend(found.errors)

    definitions: list[Definitions] = []
    unmarked = named_by(replace(config, marks=None), key, cache, now)
    tried(lambda: definitions.append(load_named(config, unmarked)))
    tried(lambda: load_alerts([*([rules_dir()] if config.rules.default else []), *config.rules.folders]))
    tried(lambda: load_marks(config.marks))
    if own := config.reports.templates:
        tried(lambda: load_templates(own))
    if faults:
        raise Faults(list(dict.fromkeys(faults)))
    return definitions[0]
