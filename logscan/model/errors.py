"""Every error logscan shows to a person.

* LogscanError
  - SourceError      an input cannot be found or read (the other inputs go on)
    - AccessError    it is there, but the system does not let it be read
    - RotatedError   it was renamed, removed or written anew between a look at it and its reading
  - FormatError      a format definition is invalid
  - RuleError        a rule, playbook, taxonomy or other definition is invalid
  - SettingsError    an option or setting is invalid
  - StateError       what logscan keeps cannot be read or written
  - Faults           several of the above at once; what loading a folder raises
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Where:
    """A place in a file: shown as `path:line key`; line is 1-based, 0 when unknown."""

    path: str
    line: int = 0
    key: str = ""

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place} {self.key}" if self.key else place


class LogscanError(Exception):
    """What went wrong, where, and what to do next."""

    def __init__(self, what: str, *, where: Where, hint: str = "") -> None:
        super().__init__(what)
        self.what, self.where, self.hint = what, where, hint

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" + (f"\n  hint: {self.hint}" if self.hint else "")


class SourceError(LogscanError):
    pass


class AccessError(SourceError):
    pass


class RotatedError(SourceError):
    pass


class FormatError(LogscanError):
    pass


class RuleError(LogscanError):
    pass


class SettingsError(LogscanError):
    pass


class StateError(LogscanError):
    pass


class Faults(Exception):
    """All faults found while loading, in the order of their places."""

    def __init__(self, errors: Sequence[LogscanError]) -> None:
        super().__init__(f"{len(errors)} faults")
        self.errors = sorted(errors, key=lambda e: (e.where.path, e.where.line, e.where.key))

    def __str__(self) -> str:
        return "\n".join(map(str, self.errors))
