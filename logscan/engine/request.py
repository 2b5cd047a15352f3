"""What a person asked for, and the definitions it needs, checked before any log is opened."""

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

from logscan.analysis.judgement import Judgement, load_judgement
from logscan.analysis.redact import load_redactor
from logscan.analysis.series import SERIES
from logscan.engine.plan import Period, Plan, make_plan
from logscan.ingest.format import load_formats
from logscan.model.errors import Faults, LogscanError, SettingsError, Where
from logscan.model.resources import rules_dir
from logscan.model.schemas import EVENTS
from logscan.rules.load import Library, load_library


@dataclass(frozen=True)
class Request:
    """Units: chunk in bytes. Times UTC; `now` stands in for the clock; stop: true once reading should end early."""

    paths: tuple[str, ...]
    now: datetime
    key: bytes  # of the credential fingerprints
    zone: str = "UTC"
    since: datetime | None = None
    until: datetime | None = None
    log_format: str | None = None
    rules: tuple[Path, ...] = ()
    default_rules: bool = True
    jobs: int = 2
    chunk: int = 16 << 20
    all_events: bool = False
    stdin: BinaryIO | None = None
    stop: Callable[[], bool] = lambda: False


class Definitions(NamedTuple):
    library: Library
    plan: Plan
    judgement: Judgement


def load_definitions(request: Request) -> Definitions:
    """Errors: Faults, with every fault of every rule, format and setting at once"""
    folders = _folders(request)
    faults: list[LogscanError] = []
    library = formats = redactor = judgement = None
    try:
        formats = load_formats(_formats(folders))
    except Faults as found:
        faults += found.errors
    try:
        library = load_library(folders, event_columns=EVENTS, series_columns=SERIES)
    except Faults as found:
        faults += found.errors
    try:
        shields = dict.fromkeys(folder / "redaction.yml" for folder in (rules_dir(), *folders))  # never without ours
        redactor = load_redactor(list(shields), request.key)
    except Faults as found:
        faults += found.errors
    try:
        judgement = load_judgement(list(dict.fromkeys((rules_dir(), *folders))))
    except Faults as found:
        faults += found.errors
    if formats is not None and request.log_format not in {None, *(form.id for form in formats)}:
        faults.append(_unknown_format(str(request.log_format), [form.id for form in formats]))
    if faults or library is None or formats is None or redactor is None or judgement is None:
        raise Faults(faults)
    period = Period(request.since, request.until)
    plan = make_plan(formats, library, redactor, period=period, all_events=request.all_events)
    return Definitions(library, plan, judgement)


def _folders(request: Request) -> list[Path]:
    if not request.rules and not request.default_rules:
        hint = "name a folder of rules with --rules"
        raise Faults([SettingsError("leaves no rules", where=Where("--no-default-rules"), hint=hint)])
    missing = [folder for folder in request.rules if not folder.is_dir()]
    if missing:
        raise Faults(
            [
                SettingsError("is not a folder of rules", where=Where(str(folder)), hint="name an existing folder")
                for folder in missing
            ]
        )
    return [*([rules_dir()] if request.default_rules else []), *request.rules]


def _formats(folders: Sequence[Path]) -> list[Path]:
    """The folders of formats; the shipped one when none of them has any: rules alone can read nothing."""
    return [path for folder in folders if (path := folder / "formats").is_dir()] or [rules_dir() / "formats"]


def _unknown_format(name: str, known: Sequence[str]) -> SettingsError:
    near = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean `{near[0]}`?" if near else f"use one of: {', '.join(sorted(known))}"
    return SettingsError(f"unknown format `{name}`", where=Where("--log-format"), hint=hint)
