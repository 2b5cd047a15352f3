"""All that a worker needs to know, made once; picklable, so that a worker may be anywhere."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from logscan.analysis.classify import ByDataset, filled, needed_columns
from logscan.analysis.course import Steps
from logscan.analysis.fielded import ByFields
from logscan.analysis.redact import Redactor
from logscan.analysis.restarts import Restart
from logscan.analysis.stated import Stated
from logscan.analysis.traits import Traits
from logscan.ingest.address import Networks
from logscan.ingest.format import Format
from logscan.ingest.lines import numbered
from logscan.ingest.parse import parse
from logscan.ingest.when import Clock
from logscan.model.schemas import EVENTS
from logscan.rules.load import Library, Rule, gate

# What every line tells: when, who, where, how it went. The rest is read only on lines that may be failures.
CHEAP = frozenset({"@timestamp", "event.timezone", "source.address", "url.original", "url.path", "user.name"})
# Worth reading on every line only where the source has them: they stand at the end of a line, behind all the rest.
SELDOM = frozenset({"server.address", "url.domain"})


@dataclass(frozen=True)
class Period:
    """Events outside [since, until) are read but not counted; events without a time always are."""

    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Plan:
    """What to do with every chunk.

    causes, outcomes  the rules that may speak, by event.dataset, best first
    detections        the same of rules that name no cause
    fills             the columns that events may have, by event.dataset
    all_events        every event is kept whole, not only failures
    steps             what is remembered of the course of the times
    stated            how messages write times
    traits, sample    what requests are compared by, and how many successes are kept for it
    restarts          how programs say that they start, stop or are configured anew, in the formats that are `programs`
    trusted           proxies whose forwarded lists tell the client
    """

    formats: tuple[Format, ...]
    library: Library
    causes: Mapping[str, Sequence[Rule]]
    outcomes: Mapping[str, Sequence[Rule]]
    detections: Mapping[str, Sequence[Rule]]
    fills: Mapping[str, frozenset[str]]
    fielded: ByFields
    redactor: Redactor
    period: Period
    all_events: bool
    steps: Steps
    stated: Stated
    traits: Traits
    sample: int
    restarts: tuple[Restart, ...]
    programs: frozenset[str]
    trusted: Networks = ()


@dataclass(frozen=True)
class Task:
    """How one source is to be read.

    formats  in the order in which they are tried
    gates    by event.dataset: a cheap condition without which no cause rule can match; of a dataset that is not named,
             every event is looked at whole
    narrow   columns read on every line
    """

    path: str
    formats: tuple[Format, ...]
    clock: Clock
    gates: Mapping[str, pl.Expr]
    narrow: frozenset[str]


def make_plan(
    formats: Sequence[Format],
    library: Library,
    redactor: Redactor,
    *,
    period: Period,
    steps: Steps,
    stated: Stated,
    traits: Traits,
    sample: int,
    restarts: tuple[Restart, ...],
    all_events: bool = False,
    trusted: Networks = (),
) -> Plan:
    causes, outcomes = ByDataset(formats, library.causes), ByDataset(formats, library.outcomes)
    detections = ByDataset(formats, library.detections)
    fills = {form.id: filled(form, formats) for form in formats}
    by_fields = ByFields(formats, causes, detections)
    by_format = (causes, outcomes, detections, fills, by_fields)
    programs = frozenset(name for name, columns in fills.items() if "message" in columns)
    return Plan(
        *(tuple(formats), library, *by_format, redactor, period),
        all_events=all_events,
        steps=steps,
        stated=stated,
        traits=traits,
        sample=sample,
        restarts=restarts,
        programs=programs,
        trusted=trusted,
    )


class Tasks:
    """Makes the tasks of one run; what sources share is worked out once."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._gates: dict[tuple[str, ...], pl.Expr] = {}

    def make(
        self,
        path: str,
        formats: tuple[Format, ...],
        seen: Iterable[str],
        clock: Clock,
        sample: Sequence[str],
        *,
        seldom: frozenset[str] | None = None,
    ) -> Task:
        """In: seen: the formats that a sample of the source's lines showed; the others are read without a gate;
        seldom: the columns of SELDOM that the source has, when that is known; else the sample tells
        """
        gates = {form.id: self._gate(form) for form in formats if form.id in set(seen)}
        if self._plan.all_events:
            return Task(path, formats, clock, gates, frozenset(EVENTS))
        read = frozenset(name for condition in gates.values() for name in condition.meta.root_names())
        if seldom is None:
            found = parse(numbered(sample), formats, SELDOM, clock).events
            seldom = frozenset(name for name in SELDOM if found[name].null_count() < found.height)
        wanted = CHEAP | seldom | read | needed_columns(self._plan.library.outcomes)
        return Task(path, formats, clock, gates, wanted & frozenset(EVENTS))

    def _gate(self, form: Format) -> pl.Expr:
        rules, columns = (
            [*self._plan.causes[form.id], *self._plan.detections[form.id]],
            filled(form, self._plan.formats),
        )
        same = (*(rule.name for rule in rules), "", *sorted(columns))
        if same not in self._gates:
            self._gates[same] = gate(rules, columns)
        return self._gates[same]
