"""The marks file: moments that somebody noted, one a line, TIME = LABEL."""

from datetime import UTC, datetime
from pathlib import Path

from logscan.model.errors import Faults, SettingsError, Where


def load_marks(path: Path | None) -> tuple[tuple[datetime, str], ...]:
    """In:     lines such as `2026-03-12T14:00Z = deploy`; a time without a zone is UTC; `#` begins a comment
    Out:    by time; none when no file is named, or it is not there yet
    Errors: Faults with every line that is none
    """
    if path is None:
        return ()
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as fault:
        what = f"cannot be read: {fault}"
        raise Faults([SettingsError(what, where=Where(str(path)), hint="check that it is a text file")]) from fault
    found, faults = set(), list[SettingsError]()
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        time, _, label = (part.strip() for part in line.partition("="))
        try:
            when = datetime.fromisoformat(time)
        except ValueError:
            label = ""
        if not label:
            hint = "write TIME = LABEL, such as 2026-03-12T14:00Z = deploy"
            faults.append(SettingsError("is no mark", where=Where(str(path), number), hint=hint))
            continue
        found.add((when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC), label))
    if faults:
        raise Faults(faults)
    return tuple(sorted(found))
