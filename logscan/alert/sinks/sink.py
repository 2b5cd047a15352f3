"""What every sink is: something that takes documents, and says which of them it took."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

Document = Mapping[str, Any]  # see document.py


class Entry(NamedTuple):
    """One document that a sink has not got yet. tries: how often it was handed over before"""

    notice: str
    document: Document
    tries: int = 0


class Delivery(NamedTuple):
    """What a sink is handed.

    live   what goes on now, for sinks that show a state
    lasts  how long what is said now is to be believed when nothing more is heard
    health how the last evaluation went: evaluated, until (times); lines, events, rejects, failures, faults (counts);
           findings (severity, state, count); outbox (sink, waiting, refused)
    picture the timeline as PNG, None when there is none
    """

    pending: tuple[Entry, ...]
    live: Sequence[Document]
    now: datetime
    lasts: timedelta
    health: Mapping[str, Any] = MappingProxyType({})
    picture: Callable[[], bytes | None] = lambda: None


@dataclass(frozen=True)
class Outcome:
    """What became of a delivery.

    delivered  notices that the sink took
    refused    notices that it will never take, and why
    fault      why the rest waits; empty: nothing does
    wait       the sink asked to be left alone for so long
    Law: no text holds a secret
    """

    delivered: frozenset[str] = frozenset()
    refused: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""
    wait: timedelta | None = None


class Sink(Protocol):
    """shows_state: it wants what goes on at each run, not only what is new; for_people: it gets summaries."""

    @property
    def name(self) -> str: ...
    @property
    def level(self) -> str: ...
    @property
    def shows_state(self) -> bool: ...
    @property
    def for_people(self) -> bool: ...

    def deliver(self, delivery: Delivery) -> Outcome: ...


def to_file(path: Path, delivery: Delivery, write: Callable[[], None]) -> Outcome:
    """What becomes of a delivery that is written in one go: all of it is taken, or all of it waits."""
    try:
        write()
    except OSError as fault:
        return Outcome(fault=f"{path}: {fault.strerror or type(fault).__name__}")
    return Outcome(frozenset(entry.notice for entry in delivery.pending))
