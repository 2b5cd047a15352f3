"""What ships with logscan, read once by all tests of a process: reading it takes longer than most of them."""

from functools import cache

from logscan.analysis.series import SERIES
from logscan.model.resources import rules_dir
from logscan.model.schemas import RULE_COLUMNS
from logscan.rules.load import Library, load_library


@cache
def library() -> Library:
    """As the tool reads it."""
    return load_library([rules_dir()], event_columns=RULE_COLUMNS, series_columns=SERIES)
