"""What time it is for the commands that read logs."""

import os
import re
from datetime import UTC, datetime

import click

_VARIABLE = "SOURCE_DATE_EPOCH"
_WHOLE = re.compile(r"[0-9]+")


def clock() -> datetime:
    """Now, or what SOURCE_DATE_EPOCH says, so that a page can be made again byte by byte.

    Units:  the variable holds whole seconds since 1970 UTC
    Errors: click.UsageError when it holds anything else
    Source: https://reproducible-builds.org/specs/source-date-epoch/
    """
    told = os.environ.get(_VARIABLE, "")
    if not told:
        return datetime.now(UTC)
    wrong = click.UsageError(f"{_VARIABLE} is {told[:40]!r}: give whole seconds since 1970, or unset it.")
    if not _WHOLE.fullmatch(told):
        raise wrong
    try:
        return datetime.fromtimestamp(int(told), UTC)
    except (ValueError, OverflowError, OSError) as fault:
        raise wrong from fault
