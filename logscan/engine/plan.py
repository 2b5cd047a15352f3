"""All that a worker needs to know, made once; picklable, so that a worker may be anywhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from logscan.analysis.classify import by_dataset, needed_columns
from logscan.analysis.redact import Redactor
from logscan.ingest.format import Clock, Format
from logscan.model.schemas import EVENTS
from logscan.rules.load import Library, Rule, gate

# What every line tells: when, who, where, how it went. The rest is read only on lines that may be failures.
CHEAP = frozenset({"@timestamp", "source.address", "url.original", "url.path", "user.name", "server.address"})


@dataclass(frozen=True)
class Period:
    """Events outside [since, until) are read but not counted; events without a time always are."""

    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Plan:
    """What to do with every chunk.

    causes, outcomes  the rules that may speak, by event.dataset, best first
    gates             by event.dataset: a cheap condition without which no cause rule can match
    narrow            columns read on every line
    all_events        every event is kept whole, not only failures
    """

    formats: tuple[Format, ...]
    library: Library
    causes: Mapping[str, Sequence[Rule]]
    outcomes: Mapping[str, Sequence[Rule]]
    gates: Mapping[str, pl.Expr]
    narrow: frozenset[str]
    redactor: Redactor
    period: Period
    all_events: bool


@dataclass(frozen=True)
class Task:
    """How one source is to be read: formats in the order they are tried, and what its clock means."""

    path: str
    formats: tuple[Format, ...]
    clock: Clock


def make_plan(
    formats: Sequence[Format], library: Library, redactor: Redactor, *, period: Period, all_events: bool = False
) -> Plan:
    causes, outcomes = by_dataset(formats, library.causes), by_dataset(formats, library.outcomes)
    gates = {dataset: gate(rules) for dataset, rules in causes.items() if rules}
    read = frozenset(name for condition in gates.values() for name in condition.meta.root_names())
    wanted = CHEAP | read | needed_columns(library.outcomes)
    narrow = frozenset(EVENTS) if all_events else wanted & frozenset(EVENTS)
    return Plan(tuple(formats), library, causes, outcomes, gates, narrow, redactor, period, all_events)
