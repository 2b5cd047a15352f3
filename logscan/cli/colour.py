"""Colours for a person at a terminal, and nowhere else."""

import os
import re
import sys

import click

_HUES = {"critical": "magenta", "high": "red", "medium": "yellow", "low": "blue", "informational": "bright_black"}
_WORDS = "|".join(_HUES)
_TITLE = re.compile(rf"^(\d+\. )?({_WORDS})( +)(.*)$", re.IGNORECASE | re.MULTILINE)
_HEAD = re.compile(r"\A.+$|^   what to do: .*$", re.MULTILINE)


def coloured(text: str, form: str, out: str) -> str:
    """Findings as `scan` prints them, with colours when somebody looks on.

    In:  form: table | text, the others stay as they are; out: where it goes, `-` is stdout
    Law: nothing but bold and the colour of a severity is added, and nothing at all to a file, a pipe, a dumb terminal
         or where NO_COLOR is set
    """
    if form not in ("table", "text") or out != "-" or not _looked_at():
        return text
    painted = _TITLE.sub(_title, text)
    return _HEAD.sub(lambda found: click.style(found[0], bold=True), painted) if form == "text" else painted


def _title(found: re.Match[str]) -> str:
    number, severity, gap, rest = found.groups(default="")
    return f"{number}{click.style(severity, fg=_HUES[severity.lower()], bold=True)}{gap}{click.style(rest, bold=True)}"


def _looked_at() -> bool:
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM", "dumb") == "dumb"
    return not plain and sys.stdout is not None and sys.stdout.isatty()
