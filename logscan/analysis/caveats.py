"""What weakens a claim: said beside it, in the words of rules/judgement.yml."""

import math
from collections.abc import Mapping, Sequence
from string import Formatter
from typing import Any

from logscan.analysis.judgement import Entry


def caveats_of(row: Mapping[str, Any], entries: Sequence[Entry]) -> tuple[str, ...]:
    """The texts whose conditions hold, in their order, with the measures that they name.

    Law: a missing value never holds; a text whose measure is missing is left out
    """
    return tuple(
        filled for entry in entries if entry.holds(row) and (filled := _filled(entry.verdict, row)) is not None
    )


def _filled(text: str, row: Mapping[str, Any]) -> str | None:
    names = [name for _, name, _, _ in Formatter().parse(text) if name]
    if any(row.get(name) is None for name in names):
        return None
    return text.format_map({name: _plain(row[name]) for name in names})


def _plain(value: Any) -> str:
    """Three significant digits; a whole number as it is."""
    if not isinstance(value, int | float):
        return str(value)
    if float(value).is_integer() or abs(value) >= 1000:
        return f"{value:.0f}"
    return f"{value:.{max(0, 2 - math.floor(math.log10(abs(value))))}f}" if value else "0"
