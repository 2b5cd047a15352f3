"""Every rule, playbook and the taxonomy under some folders, read and compiled at once: all or every fault."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from logscan.rules.gate import gate
from logscan.rules.match import match
from logscan.rules.playbook import Playbook
from logscan.rules.rule import Library, Rule

__all__ = ["Library", "Playbook", "Rule", "gate", "load_library", "match"]


def load_library(
    folders: Sequence[Path],
    *,
    event_columns: Mapping[str, pl.DataType],
    series_columns: Mapping[str, pl.DataType],
) -> Library:
    """Read all definitions.

    Errors: Faults, with every fault of every file
    """
    raise NotImplementedError
