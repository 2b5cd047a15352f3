"""`logscan rules`: what the rules are, and whether they are right."""

import json
from collections.abc import Iterable, Sequence, Sized
from pathlib import Path
from time import process_time
from typing import Any

import click

from logscan.analysis.series import SERIES
from logscan.cli.exits import ErrorGroup, visible
from logscan.cli.output import Target, write_text
from logscan.cli.rules_stats import stats_command
from logscan.ingest.format import Format, load_formats
from logscan.model.errors import Faults, LogscanError, RuleError, Where
from logscan.model.resources import rules_dir
from logscan.model.schemas import RULE_COLUMNS
from logscan.rules.alerts import AlertRules, load_alerts
from logscan.rules.check import Checked, check, event_rows
from logscan.rules.correlate import Correlation
from logscan.rules.load import Library, Rule, load_library
from logscan.rules.shape import suggest

AnyRule = Rule | Correlation
_HEADS = ("name", "names", "platform", "confidence", "priority", "level", "title")
_DIRS = click.argument("dirs", nargs=-1, type=click.Path(), metavar="[DIR]...")
_SOURCE = ("product", "category", "service")


@click.group("rules", cls=ErrorGroup)
def rules_group() -> None:
    """List, show, check, test and measure rules.

    Example: logscan rules test my-rules/
    """


rules_group.add_command(stats_command)


@rules_group.command("list")
@_DIRS
@click.option("--cause", metavar="CAUSE", help="Only rules that name this cause, or keep it open.")
@click.option("--platform", metavar="WORD", help="Only rules whose log source or folder is called so.")
@click.option(
    "--format", "style", type=click.Choice(["table", "json"]), default="table", show_default=True, help="How."
)
def list_command(dirs: tuple[str, ...], cause: str | None, platform: str | None, style: str) -> None:
    """List what each rule names, where, and how surely.

    Example: logscan rules list --cause token_expired --platform nginx
    """
    library, alerts = _load(dirs)
    if cause is not None and cause not in library.taxonomy.causes:
        hint = suggest(cause, library.taxonomy.causes) or "see docs/rules.md, causes"
        raise RuleError(f"there is no cause `{cause}`", where=Where("--cause"), hint=hint)
    every: list[AnyRule] = [*library.rules, *alerts.correlations]
    rules = [rule for rule in every if cause is None or _names(rule, cause)]
    known = {word for rule in every for word in _platforms(rule)}
    if platform is not None and platform not in known:
        hint = suggest(platform, known) or "see: logscan rules list"
        raise RuleError(f"no rule is about `{platform}`", where=Where("--platform"), hint=hint)
    rows = [_row(rule) for rule in rules if platform is None or platform in _platforms(rule)]
    if style == "json":
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        _table([_HEADS, *([str(row[head]) for head in _HEADS] for row in rows)])


def _names(rule: AnyRule, cause: str) -> bool:
    return cause in (rule.meaning.get("cause"), *(rule.meaning.get("alternatives") or ()))


def _platforms(rule: AnyRule) -> set[str]:
    """The words of its log source, and the folder in which it lies."""
    return {*rule.logsource.values(), Path(rule.path).parent.name}


@rules_group.command("show")
@click.argument("name")
@click.option(
    "--rules", "dirs", multiple=True, type=click.Path(), help="A folder of rules in place of the shipped ones."
)
def show_command(name: str, dirs: tuple[str, ...]) -> None:
    """Show one rule: its file, meaning and hits.

    Example: logscan rules show nginx_password_mismatch
    """
    library, alerts = _load(dirs)
    click.echo(visible(_shown(_find([*library.rules, *alerts.selections, *alerts.correlations], name))))


_FORMATS = click.option(
    "--formats", multiple=True, type=click.Path(), help="A folder of format files that read the raw lines as well."
)


@rules_group.command("lint")
@_DIRS
@_FORMATS
@click.option("-v", "--verbose", is_flag=True, help="Also what is right, but good to know.")
def lint_command(dirs: tuple[str, ...], formats: tuple[str, ...], *, verbose: bool) -> None:
    """Check all definitions and print every fault; then what is doubtful: rules that never win, ties, slow patterns.

    Example: logscan rules lint my-rules/
    """
    from logscan.rules.lint import FILE, doubts, load_limits  # noqa: PLC0415 (start-up time)
    from logscan.rules.timelines import alert_doubts  # noqa: PLC0415

    (library, alerts), read = _load(dirs), _read(dirs, formats)
    found = doubts(library, event_rows(library, read), load_limits(rules_dir() / FILE), process_time)
    more = alert_doubts(alerts)
    if found.faults or more.faults:
        raise Faults([*found.faults, *more.faults])
    for doubt in (*found.notes, *more.notes, *(found.unsure if verbose else ())):
        _note(str(doubt))
    for note in check(library, read, event_columns=RULE_COLUMNS, series_columns=SERIES).notes if verbose else ():
        _note(note)
    if found.unsure and not verbose:
        _note(f"{_count(found.unsure, 'rule')} sure of a cause, but not verified (`status`): -v names them")
    rules: list[AnyRule] = [*library.rules, *alerts.correlations]
    click.echo(f"{_count(rules, 'rule')}, {_count(library.playbooks, 'playbook')}: no fault")


@rules_group.command("test")
@_DIRS
@_FORMATS
@click.option("--junit", type=Target(), metavar="FILE", help="Write a JUnit report there as well; - is stdout.")
def test_command(dirs: tuple[str, ...], formats: tuple[str, ...], junit: str | None) -> None:
    """Run the hits and misses of every rule.

    Example: logscan rules test my-rules/ --junit rules.xml
    """
    from logscan.report.junit import junit_of_faults, junit_of_samples  # noqa: PLC0415 (start-up time)
    from logscan.rules.timelines import check_alerts  # noqa: PLC0415

    try:
        library, alerts = _load(dirs)
        checked, told = _check(library, dirs, formats), check_alerts(alerts)
    except Faults as broken:
        if junit:
            write_text(junit, junit_of_faults(broken.errors))
        raise
    rules: list[AnyRule] = [*library.rules, *alerts.correlations]
    faults = [*checked.faults, *told.faults]
    if junit:
        write_text(junit, junit_of_samples(rules, faults))
    if faults:
        raise Faults(faults)
    if junit != "-":
        samples = checked.samples + told.samples
        click.echo(f"{_count(rules, 'rule')}, {samples} hits and misses: all as expected")


def _load(dirs: Sequence[str]) -> tuple[Library, AlertRules]:
    """Errors: Faults of both at once"""
    folders = [Path(folder) for folder in dirs] or [rules_dir()]
    faults: list[LogscanError] = []
    alerts = AlertRules((), ())
    try:
        alerts = load_alerts(folders)
    except Faults as wrong:
        faults += wrong.errors
    try:
        library = load_library(folders, event_columns=RULE_COLUMNS, series_columns=SERIES)
    except Faults as wrong:
        raise Faults([*faults, *wrong.errors]) from wrong
    if faults:
        raise Faults(faults)
    return library, alerts


def _read(dirs: Sequence[str], own: Sequence[str]) -> tuple[Format, ...]:
    """The shipped formats, those beneath the folders of rules, and those of folders of their own."""
    folders = dict.fromkeys(folder.resolve() for folder in (rules_dir(), *map(Path, dirs)))
    beneath = [folder / "formats" for folder in folders if (folder / "formats").is_dir()]
    return load_formats(list(dict.fromkeys([*beneath, *(Path(folder).resolve() for folder in own)])))


def _check(library: Library, dirs: Sequence[str], own: Sequence[str]) -> Checked:
    return check(library, _read(dirs, own), event_columns=RULE_COLUMNS, series_columns=SERIES)


def _row(rule: AnyRule) -> dict[str, Any]:
    platform = "/".join(rule.logsource[key] for key in _SOURCE if key in rule.logsource)
    confidence = rule.meaning.get("confidence", "")
    return {
        "name": rule.name,
        "kind": rule.kind,
        "names": rule.names,
        "platform": platform,
        "confidence": confidence,
        "priority": rule.priority,
        "level": rule.level,
        "title": rule.title,
        "path": rule.path,
    }


def _table(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo(visible("  ".join(cells).rstrip()))


def _find(rules: Sequence[AnyRule], name: str) -> AnyRule:
    names = {rule.name: rule for rule in rules}
    if name in names:
        return names[name]
    raise RuleError(
        f"there is no rule `{name}`", where=Where("NAME"), hint=suggest(name, names) or "see: logscan rules list"
    )


def _shown(rule: AnyRule) -> str:
    facts = {**_row(rule), "playbook": rule.meaning.get("playbook"), "status": rule.status}
    facts["alternatives"] = ", ".join(rule.meaning.get("alternatives") or ())
    width = max(map(len, facts)) + 2
    lines = [f"{key}:".ljust(width) + str(value) for key, value in facts.items() if value not in ("", None)]
    return "\n".join(
        [
            *lines,
            *_samples("hits", rule.meaning["hits"]),
            *_samples("misses", rule.meaning["misses"]),
            "",
            rule.text.strip("\n"),
        ]
    )


def _samples(title: str, samples: Iterable[dict[str, Any] | list[dict[str, Any]]]) -> list[str]:
    rows = [sample if isinstance(sample, list) else [sample] for sample in samples]
    shown = [
        "  " + "; ".join(", ".join(f"{key}: {value}" for key, value in row.items()) for row in each) for each in rows
    ]
    return [f"{title}:", *shown] if shown else []


def _count(things: Sized, word: str) -> str:
    return f"{len(things):,} {word}{'' if len(things) == 1 else 's'}"


def _note(text: str) -> None:
    click.echo(visible(f"note: {text}"), err=True)
