"""A notice as people read it: title, one sentence, and a whole message."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from logscan.model.resources import reports_dir

if TYPE_CHECKING:
    import jinja2

_FILE = "message.j2"


def title(document: Mapping[str, Any]) -> str:
    return _one_line("title", document)


def headline(document: Mapping[str, Any]) -> str:
    """What fails, and where: for what shows it as long as it goes on, and not when it was told."""
    return _one_line("headline", document)


def text(document: Mapping[str, Any]) -> str:
    return _one_line("sentence", document)


def body(document: Mapping[str, Any]) -> str:
    """All that the one who is woken needs: what, since when, who is hit, why it is said, what to do."""
    lines = str(getattr(_words(), "body")(document)).splitlines()  # noqa: B009 - a macro
    found: list[str] = []
    for line in map(str.rstrip, lines):
        if line or (found and found[-1]):
            found.append(line)
    return "\n".join(found).strip() + "\n"


def _one_line(macro: str, document: Mapping[str, Any]) -> str:
    return " ".join(str(getattr(_words(), macro)(document)).split())


@cache
def _words() -> Any:
    return _environment().get_template(_FILE).module


def _environment() -> "jinja2.Environment":
    import jinja2  # noqa: PLC0415 - start-up time

    # Plain text: no markup to escape. What is hostile was made visible before it came into the document.
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(reports_dir() / "alert"),
        autoescape=False,  # noqa: S701
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"when": _when, "span": _span, "until": _until, "n": lambda value: f"{value:,}"}
    return environment


def _when(stamp: str) -> str:
    return datetime.fromisoformat(stamp).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _until(start: str, end: str) -> str:
    return _span((datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds())


def _span(seconds: float) -> str:
    """Units: seconds; in the largest unit of which there are two."""
    for name, unit in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * unit:
            return f"{seconds / unit:.3g} {name}"
    return f"{seconds:.3g} seconds"
