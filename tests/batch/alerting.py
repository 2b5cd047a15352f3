"""Scans that an alert is made of, without reading a log."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache

from logscan.alert.gate import Quiet
from logscan.alert.sinks.sink import Delivery, Document, Outcome
from logscan.batch.notice import Alerting
from logscan.engine.scan import Answer
from logscan.model.finding import Finding, Input
from logscan.model.resources import rules_dir
from logscan.model.schemas import SHOWN
from logscan.rules.alerts import AlertRules, load_alerts
from tests.alert.made import START
from tests.report.scans import library, typical


@cache
def shipped() -> AlertRules:
    return load_alerts([rules_dir()])


def answer(until: datetime, *findings: Finding, **changes: object) -> Answer:
    """A scan of a log that goes to `until`, with traffic to its end."""
    read = Input("api.log", "combined", 1, "", 9, 9, 0, START - timedelta(days=1), until, "UTC")
    scan = replace(
        typical(),
        inputs=(read,),
        findings=findings,
        detections=(),
        by_cause={},
        groups=(),
        timeline=((until, "ok", 5),),
        faults=(),
        coverage=(),
        clocks=(),
        **changes,  # type: ignore[arg-type]
    )
    return Answer(scan, library(), SHOWN.to_frame())


def alerting(*sinks: object, **quiet: object) -> Alerting:
    return Alerting(shipped, tuple(sinks), Quiet(**quiet))  # type: ignore[arg-type]


@dataclass
class Kept:
    """A sink that keeps what it was told, as one outside would: `got` is what came, `live` what went on at last."""

    name: str = "kept"
    level: str = "informational"
    shows_state: bool = False
    for_people: bool = False
    got: list[Document] = field(default_factory=list)
    live: Sequence[Document] = ()
    fault: str = ""

    def deliver(self, delivery: Delivery) -> Outcome:
        if self.fault:
            return Outcome(fault=self.fault)
        self.got += [entry.document for entry in delivery.pending]
        self.live = delivery.live
        return Outcome(frozenset(entry.notice for entry in delivery.pending))

    @property
    def kinds(self) -> list[str]:
        return [str(each["kind"]) for each in self.got]
