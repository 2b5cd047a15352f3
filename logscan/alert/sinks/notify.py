"""Mail, chat and pagers by Apprise: one good message for each incident, with the timeline where a channel takes it."""

import logging
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from logscan.alert.message import body
from logscan.alert.sinks.http import without
from logscan.alert.sinks.sink import Delivery, Document, Outcome

_KINDS = {"resolved": "success", "ongoing": "warning", "silent": "warning", "expiring": "warning", "summary": "warning"}
_PICTURED = {"new", "changed", "ongoing", "expiring", "test"}
_SHORTEST = 4  # characters of a part of an address that may be a secret
_SHOWN = 300
_FIRST_WAIT_S = 0.5


@dataclass(frozen=True)
class Notify:
    """url: of Apprise; all of it may be secret. Units: timeout_s of each step of an exchange"""

    name: str
    url: str = field(repr=False)
    level: str = "high"
    attach: bool = True
    timeout_s: float = 10.0
    retries: int = 3
    sleep: Callable[[float], None] = time.sleep
    for_people: bool = True
    shows_state: bool = False

    def deliver(self, delivery: Delivery) -> Outcome:
        delivered: set[str] = set()
        if not delivery.pending:
            return Outcome()
        server = channel(self.url)
        if server is None:
            return Outcome(fault="Apprise does not know this address")
        server.socket_connect_timeout = server.socket_read_timeout = self.timeout_s
        for entry in delivery.pending:
            fault = self._tried(server, entry.document, delivery)
            if fault:
                return Outcome(frozenset(delivered), fault=fault)
            delivered.add(entry.notice)
        return Outcome(frozenset(delivered))

    def _tried(self, server: Any, document: Document, delivery: Delivery) -> str:
        fault = ""
        for attempt in range(self.retries + 1):
            fault = self._once(server, document, delivery)
            if not fault:
                break
            if attempt < self.retries:
                self.sleep(_FIRST_WAIT_S * 2**attempt)
        return fault

    def _once(self, server: Any, document: Document, delivery: Delivery) -> str:
        """What went wrong; empty: it was delivered."""
        picture = None
        if self.attach and server.attachment_support and document["kind"] in _PICTURED:
            picture = delivery.picture()
        kind = _KINDS.get(document["kind"], "failure")
        with tempfile.TemporaryDirectory(prefix="logscan-") as folder, _Heard() as heard:
            more = {}
            if picture:
                path = Path(folder) / "timeline.png"
                path.write_bytes(picture)
                more["attach"] = _attachment(path)
            try:
                done = server.notify(
                    title=document["title"], body=body(document), notify_type=kind, body_format="text", **more
                )
            except (OSError, ValueError, TypeError) as broken:
                heard.told.append(f"{type(broken).__name__}: {broken}")
                done = False
        if done:
            return ""
        words = without(" ".join(" ".join(heard.told).split()), secrets_in(self.url))[:_SHOWN]
        return f"{server.service_name} did not take it" + (f": {words}" if words else "")


def channel(url: str) -> Any:
    """The channel of an address; None when there is none."""
    with _Heard(), warnings.catch_warnings():  # what it says of an address would stand on the terminal
        warnings.simplefilter("ignore", DeprecationWarning)  # channels use a module that Python 3.13 has no more
        return _apprise().Apprise.instantiate(url, suppress_exceptions=True) or None


def _apprise() -> Any:
    import apprise  # noqa: PLC0415 - an extra, and slow to import

    return apprise


def secrets_in(url: str) -> Sequence[str]:
    """All parts of an address that may be a key, as they are written and as they are meant."""
    try:
        parts = urlsplit(url)
        pieces = [parts.username, parts.password, *parts.path.split("/"), *parts.query.replace("&", "=").split("=")]
    except ValueError:
        pieces = []
    found = {url, *(piece for piece in pieces if piece and len(piece) >= _SHORTEST)}
    return sorted(found | {unquote(piece) for piece in found})


def _attachment(path: Path) -> Any:
    return _apprise().AppriseAttachment(str(path))


class _Heard(logging.Handler):
    """What Apprise says of a failure: it returns no more than that there was one."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.told.append(record.getMessage())

    def __enter__(self) -> Self:
        logger = logging.getLogger("apprise")
        self.before = logger.propagate
        logger.propagate = False
        logger.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logger = logging.getLogger("apprise")
        logger.removeHandler(self)
        logger.propagate = self.before
