"""Files that make a machine run logscan on schedule: settings, a hardened systemd service and timer, a cron line."""

import json
import re
import shlex
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from logscan.model.errors import SettingsError, Where
from logscan.model.resources import reports_dir

_STATE = PurePosixPath("/var/lib")
_HOMES = ("/home", "/root", "/run/user")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,100}")
_STATES = re.compile(r"[A-Za-z0-9/._-]+")
_PLAIN = re.compile(r"[A-Za-z0-9/._=:@%+-]+")


class Setup(NamedTuple):
    """config, data, reports: absolute. sources: globs, absolute. program: the words that start logscan."""

    config: Path
    data: Path
    reports: Path
    sources: tuple[str, ...]
    program: tuple[str, ...]


def setup_files(setup: Setup) -> dict[Path, str]:
    """Path -> text of each file, all beside the settings and named like them.

    Law: a pure function of its argument; no path can add a line, a setting or a command, whatever stands in it
    Errors: SettingsError when a path cannot stand in such files
    """
    _refuse(setup)
    import jinja2  # noqa: PLC0415 - start-up time

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(reports_dir() / "setup"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - none of these is HTML; each value has the quotes of its own file
    )
    environment.filters |= {
        "toml": _toml,
        "command": _command,
        "word": _word,
        "whole": _whole,
        "cron": _cron,
        "shell": shlex.quote,
    }
    config, folder = setup.config, setup.config.parent
    name = config.stem
    states = [_state_of(path) for path in (setup.data, setup.reports)]
    dynamic = all(_STATES.fullmatch(state) for state in states)
    values = {
        "name": name,
        "user": "logscan",
        "config": str(config),
        "program": setup.program,
        "environment": str(folder / f"{name}.env"),
        "dynamic": dynamic,
        "states": states,
        "home": any(_under_home(path) for path in (config, setup.data, setup.reports, Path(setup.program[0]))),
    }
    own: dict[str, object] = {"data": _beside(setup.data, folder), "reports": _beside(setup.reports, folder)}
    own |= {"sources": [_beside(Path(glob), folder) for glob in setup.sources]}
    placed = {"data": str(setup.data), "reports": str(setup.reports)}
    made = {}
    for suffix in ("toml", "service", "timer", "cron"):
        template = environment.get_template(f"logscan.{suffix}.j2")
        made[folder / f"{name}.{suffix}"] = template.render(values | (own if suffix == "toml" else placed))
    return made


def _beside(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder)) if path.is_relative_to(folder) and path != folder else str(path)


def _state_of(path: Path) -> str:
    """The name for StateDirectory=; nothing when the path is not in the folder of those."""
    place = PurePosixPath(path)
    return str(place.relative_to(_STATE)) if place.is_relative_to(_STATE) and place != _STATE else ""


def _under_home(path: Path) -> bool:
    return any(PurePosixPath(path).is_relative_to(home) for home in _HOMES)


def _refuse(setup: Setup) -> None:
    for text in map(str, (setup.config, setup.data, setup.reports, *setup.sources, *setup.program)):
        if not text.isprintable():
            hint = "choose another place"
            raise SettingsError("holds a character that cannot be written into settings", where=Where(text), hint=hint)
    if not _NAME.fullmatch(setup.config.stem):
        hint = "use letters, digits, `.`, `_` and `-`: the units of systemd are named like the file"
        raise SettingsError("is no name for a service", where=Where(str(setup.config)), hint=hint)


def _toml(text: str) -> str:
    """A basic string. Source: https://toml.io/en/v1.0.0#string"""
    return json.dumps(text, ensure_ascii=False)


def _command(words: Sequence[str]) -> str:
    """Source: systemd.service(5), COMMAND LINES: `$` begins a variable there"""
    return " ".join(_word(word).replace("$", "$$") for word in words)


def _word(text: str) -> str:
    """One word of a list. Source: systemd.syntax(7), QUOTING; systemd.unit(5), SPECIFIERS"""
    quoted = _whole(text).replace("\\", "\\\\").replace('"', '\\"')
    return quoted if _PLAIN.fullmatch(text) else f'"{quoted}"'


def _whole(text: str) -> str:
    """A value that takes all of its line."""
    return text.replace("%", "%%")


def _cron(words: Sequence[str]) -> str:
    """A command for crontab(5), where a bare % ends it."""
    return shlex.join(words).replace("%", "\\%")
