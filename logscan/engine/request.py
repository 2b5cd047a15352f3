"""What a person asked for, and the definitions it needs, checked before any log is opened."""

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

from logscan.analysis.course import Steps
from logscan.analysis.judgement import Judgement, load_judgement
from logscan.analysis.redact import load_redactor
from logscan.analysis.restarts import Restart, load_restarts
from logscan.analysis.series import SERIES
from logscan.analysis.stated import Stated, load_stated
from logscan.engine.plan import Period, Plan, make_plan
from logscan.ingest.address import Networks
from logscan.ingest.format import Format, load_formats
from logscan.model.cache import Cache, fingerprint
from logscan.model.errors import Faults, LogscanError, SettingsError, Where
from logscan.model.resources import rules_dir
from logscan.model.schemas import RULE_COLUMNS
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
    formats: tuple[Path, ...] = ()
    default_rules: bool = True
    jobs: int = 2
    chunk: int = 16 << 20
    all_events: bool = False
    trusted: Networks = ()  # proxies whose forwarded lists tell the client
    marks: tuple[tuple[datetime, str], ...] = ()  # moments that somebody marked, and their labels
    stdin: BinaryIO | None = None
    stop: Callable[[], bool] = lambda: False
    cache: Path | None = None  # where compiled definitions are kept between runs; None: nowhere


_OPTION = Where("--log-format")


def rules_fingerprint(request: Request) -> str:
    """A digest of all definitions that a request uses, and of the code that reads them; nothing is loaded."""
    folders = [*([rules_dir()] if request.default_rules else []), *request.rules]
    read = dict.fromkeys((rules_dir(), *folders, *request.formats))
    return fingerprint(list(read), [*map(str, (*folders, "", *request.formats))])


class _Compiled(NamedTuple):
    """All that follows from the definition files alone."""

    library: Library
    formats: tuple[Format, ...]
    judgement: Judgement
    stated: Stated
    restarts: tuple[Restart, ...]


class Definitions(NamedTuple):
    library: Library
    plan: Plan
    judgement: Judgement


def load_definitions(request: Request) -> Definitions:
    """Errors: Faults, with every fault of every rule, format and setting at once"""
    folders = _folders(request)
    faults: list[LogscanError] = []
    compiled = redactor = None
    try:
        compiled = _kept(folders, request)
    except Faults as found:
        faults += found.errors
        faults += _of_log_format(folders, request)
    try:
        shields = dict.fromkeys(folder / "redaction.yml" for folder in (rules_dir(), *folders))  # never without ours
        redactor = load_redactor(list(shields), request.key)
    except Faults as found:
        faults += found.errors
    if compiled is not None:
        faults += unknown_format(request.log_format, compiled.formats, _OPTION)
    if faults or compiled is None or redactor is None:
        raise Faults(faults)
    library, formats, judgement, stated, restarts = compiled
    period = Period(request.since, request.until)
    steps = Steps(judgement.measures.gap_s, judgement.measures.jump_s)
    plan = make_plan(
        formats,
        library,
        redactor,
        period=period,
        steps=steps,
        stated=stated,
        traits=judgement.traits,
        sample=judgement.measures.contrast_sample,
        restarts=restarts,
        all_events=request.all_events,
        trusted=request.trusted,
    )
    return Definitions(library, plan, judgement)


def _kept(folders: Sequence[Path], request: Request) -> _Compiled:
    own = request.formats
    if request.cache is None:
        return _compiled(folders, own)
    source = rules_fingerprint(request)
    return Cache(request.cache, request.key).value("definitions", source, lambda: _compiled(folders, own))


def _compiled(folders: Sequence[Path], own: Sequence[Path]) -> _Compiled:
    faults: list[LogscanError] = []
    library = formats = judgement = stated = restarts = None
    try:
        formats = load_formats(format_folders(folders, own))
    except Faults as found:
        faults += found.errors
    try:
        library = load_library(folders, event_columns=RULE_COLUMNS, series_columns=SERIES)
    except Faults as found:
        faults += found.errors
    try:
        judgement = load_judgement(list(dict.fromkeys((rules_dir(), *folders))))
    except Faults as found:
        faults += found.errors
    try:
        stated, restarts = load_stated(), load_restarts()
    except Faults as found:
        faults += found.errors
    if faults or not (library and formats and judgement and stated and restarts):
        raise Faults(faults)
    return _Compiled(library, formats, judgement, stated, restarts)


def _folders(request: Request) -> list[Path]:
    if not request.rules and not request.default_rules:
        hint = "name a folder of rules with --rules"
        raise Faults([SettingsError("leaves no rules", where=Where("--no-default-rules"), hint=hint)])
    missing = [(folder, "rules") for folder in request.rules if not folder.is_dir()]
    missing += [(folder, "formats") for folder in request.formats if not folder.is_dir()]
    if missing:
        raise Faults(
            [
                SettingsError(f"is not a folder of {what}", where=Where(str(folder)), hint="name an existing folder")
                for folder, what in missing
            ]
        )
    return [*([rules_dir()] if request.default_rules else []), *request.rules]


def format_folders(rules: Sequence[Path], own: Sequence[Path] = ()) -> list[Path]:
    """The folders of formats: those beneath folders of rules, and folders of formats themselves, each once.

    Law: the shipped one is there when no other is: rules alone can read nothing
    """
    found = [path for folder in rules if (path := folder / "formats").is_dir()]
    return list({path.resolve(): path for path in (*found, *own)}.values()) or [rules_dir() / "formats"]


def _of_log_format(folders: Sequence[Path], request: Request) -> list[LogscanError]:
    """What there is to say of --log-format while other definitions are at fault."""
    try:
        return unknown_format(request.log_format, load_formats(format_folders(folders, request.formats)), _OPTION)
    except Faults:
        return []  # told already, and nothing says which formats there would be


def unknown_format(name: str | None, formats: Sequence[Format], asked: Where) -> list[LogscanError]:
    """The fault of asking for a format that there is not; none where none is asked for."""
    known = [form.id for form in formats]
    if not name or name in known:
        return []
    near = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean `{near[0]}`?" if near else f"use one of: {', '.join(sorted(known))}"
    return [SettingsError(f"unknown format `{name}`", where=asked, hint=hint)]
