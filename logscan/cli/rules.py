"""`logscan rules`: what the rules are, and whether they are right."""

import json
from collections.abc import Iterable, Sequence, Sized
from pathlib import Path
from typing import Any

import click

from logscan.analysis.series import SERIES
from logscan.cli.exits import ErrorGroup, visible
from logscan.ingest.format import load_formats
from logscan.model.errors import Faults, RuleError, Where
from logscan.model.resources import rules_dir
from logscan.model.schemas import RULE_COLUMNS
from logscan.rules.check import Checked, check
from logscan.rules.load import Library, Rule, load_library
from logscan.rules.shape import suggest

_HEADS = ("name", "names", "platform", "confidence", "priority", "level", "title")
_DIRS = click.argument("dirs", nargs=-1, type=click.Path(), metavar="[DIR]...")
_SOURCE = ("product", "category", "service")


@click.group("rules", cls=ErrorGroup)
def rules_group() -> None:
    """List, show, check and test rules.

    Example: logscan rules test my-rules/
    """


@rules_group.command("list")
@_DIRS
@click.option(
    "--format", "style", type=click.Choice(["table", "json"]), default="table", show_default=True, help="How."
)
def list_command(dirs: tuple[str, ...], style: str) -> None:
    """List what each rule names, where, and how surely.

    Example: logscan rules list --format json
    """
    rows = [_row(rule) for rule in _load(dirs).rules]
    if style == "json":
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        _table([_HEADS, *([str(row[head]) for head in _HEADS] for row in rows)])


@rules_group.command("show")
@click.argument("name")
@click.option(
    "--rules", "dirs", multiple=True, type=click.Path(), help="A folder of rules in place of the shipped ones."
)
def show_command(name: str, dirs: tuple[str, ...]) -> None:
    """Show one rule: its file, meaning and hits.

    Example: logscan rules show nginx_password_mismatch
    """
    click.echo(visible(_shown(_find(_load(dirs), name))))


@rules_group.command("lint")
@_DIRS
@click.option("-v", "--verbose", is_flag=True, help="Also say which hits another rule, with a higher priority, names.")
def lint_command(dirs: tuple[str, ...], *, verbose: bool) -> None:
    """Check all definitions and print every fault.

    Example: logscan rules lint my-rules/
    """
    library = _load(dirs)
    for rule in library.rules:
        if rule.unknown:
            _note(f"{rule.path}: no column holds {', '.join(rule.unknown)}: that part never matches")
    for note in _check(library, dirs).notes if verbose else ():
        _note(note)
    click.echo(f"{_count(library.rules, 'rule')}, {_count(library.playbooks, 'playbook')}: no fault")


@rules_group.command("test")
@_DIRS
def test_command(dirs: tuple[str, ...]) -> None:
    """Run the hits and misses of every rule.

    Example: logscan rules test my-rules/causes/
    """
    library = _load(dirs)
    checked = _check(library, dirs)
    if checked.faults:
        raise Faults(checked.faults)
    click.echo(f"{_count(library.rules, 'rule')}, {checked.samples} hits and misses: all as expected")


def _load(dirs: Sequence[str]) -> Library:
    folders = [Path(folder) for folder in dirs] or [rules_dir()]
    return load_library(folders, event_columns=RULE_COLUMNS, series_columns=SERIES)


def _check(library: Library, dirs: Sequence[str]) -> Checked:
    folders = dict.fromkeys(folder.resolve() for folder in (rules_dir(), *map(Path, dirs)))
    formats = load_formats([folder / "formats" for folder in folders if (folder / "formats").is_dir()])
    return check(library, formats, event_columns=RULE_COLUMNS, series_columns=SERIES)


def _row(rule: Rule) -> dict[str, Any]:
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


def _find(library: Library, name: str) -> Rule:
    names = {rule.name: rule for rule in library.rules}
    if name in names:
        return names[name]
    raise RuleError(
        f"there is no rule `{name}`", where=Where("NAME"), hint=suggest(name, names) or "see: logscan rules list"
    )


def _shown(rule: Rule) -> str:
    facts = {**_row(rule), "playbook": rule.meaning.get("playbook"), "status": rule.status}
    facts["alternatives"] = ", ".join(rule.meaning.get("alternatives") or ())
    width = max(map(len, facts)) + 2
    lines = [f"{key}:".ljust(width) + str(value) for key, value in facts.items() if value not in ("", None)]
    return "\n".join(
        [*lines, *_samples("hits", rule.meaning["hits"]), *_samples("misses", rule.meaning["misses"]), "", rule.text]
    )


def _samples(title: str, samples: Iterable[dict[str, Any]]) -> list[str]:
    shown = ["  " + ", ".join(f"{key}: {value}" for key, value in sample.items()) for sample in samples]
    return [f"{title}:", *shown] if shown else []


def _count(things: Sized, word: str) -> str:
    return f"{len(things):,} {word}{'' if len(things) == 1 else 's'}"


def _note(text: str) -> None:
    click.echo(visible(f"note: {text}"), err=True)
