"""What a run says of itself while it works: one line an event, as logfmt or JSON, for journald and collectors."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TextIO

from logscan.report.show import visible

LEVELS = ("debug", "info", "warning", "error")
FORMATS = ("logfmt", "json")
_BARE = re.compile(r"[^\s\"=\\]+")
_LENGTH = 2_000  # characters of one value

Value = str | int | float | bool | None


class Journal:
    """Writes lines to a stream, usually stderr.

    In:  clock stands in for the clock; level: the lowest that is written
    Law: one event is one line whatever its values hold; nothing is written that a terminal would act on
    """

    def __init__(
        self, stream: TextIO | None, clock: Callable[[], datetime], *, form: str = "logfmt", level: str = "info"
    ) -> None:
        self._stream, self._clock = stream, clock
        self._line = _logfmt if form == "logfmt" else _json
        self._least = LEVELS.index(level)

    def say(self, level: str, message: str, **fields: Value) -> None:
        """message: always the same words for the same event; what differs stands in fields."""
        if self._stream is None or LEVELS.index(level) < self._least:
            return
        time = self._clock().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        try:
            self._stream.write(self._line(time, level, visible(message, _LENGTH), fields) + "\n")
            self._stream.flush()
        except (OSError, ValueError):
            self._stream = None  # stderr is closed or full: there is nobody left to tell, and the work goes on


def _logfmt(time: str, level: str, message: str, fields: dict[str, Value]) -> str:
    pairs = {"time": time, "level": level, "msg": message, **fields}
    return " ".join(f"{name}={_quoted(_text(value))}" for name, value in pairs.items() if value is not None)


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return (
        visible(value, _LENGTH)
        if isinstance(value, str)
        else f"{value:.6g}"
        if isinstance(value, float)
        else str(value)
    )


def _quoted(text: str) -> str:
    return text if _BARE.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def _json(time: str, level: str, message: str, fields: dict[str, Value]) -> str:
    told = {name: visible(value, _LENGTH) if isinstance(value, str) else value for name, value in fields.items()}
    line = {"@timestamp": time, "log.level": level, "message": message, "event.dataset": "logscan.run", **told}
    return json.dumps({name: value for name, value in line.items() if value is not None})
