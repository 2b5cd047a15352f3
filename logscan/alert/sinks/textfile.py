"""Metrics for node_exporter's textfile collector: how runs go, and what goes on."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

from logscan.alert.incident import moment
from logscan.alert.sinks.sink import Delivery, Document, Outcome, to_file
from logscan.model.severity import severity_rank

_MODE = 0o644  # node_exporter is somebody else, and a service's mask may shut it out
_SHOWN = 200  # incidents with a series of their own, worst first
_READ = {
    "lines": "Lines in the time that the last evaluation looked at.",
    "events": "Events in the time that the last evaluation looked at.",
    "rejects": "Lines that could not be read in the time that the last evaluation looked at.",
    "failures": "Authentication failures in the time that the last evaluation looked at.",
    "faults": "Inputs that could not be read.",
}
_TIMES = {
    "evaluated": ("logscan_last_evaluation_timestamp_seconds", "When findings were last evaluated."),
    "until": ("logscan_last_event_timestamp_seconds", "Time of the newest event that was read."),
}


@dataclass(frozen=True)
class Textfile:
    name: str
    path: Path
    level: str = "informational"
    shows_state: bool = True
    for_people: bool = False

    def deliver(self, delivery: Delivery) -> Outcome:
        """Law: the file is replaced whole, or left as it is; it has no time stamps"""

        def write() -> None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_to_textfile(str(self.path), metrics(delivery, self.name))
            self.path.chmod(_MODE)

        return to_file(self.path, delivery, write)


def metrics(delivery: Delivery, own: str = "") -> CollectorRegistry:
    """In: own: the sink that takes what is pending with this, so that it waits no more.

    Source: the naming rules of Prometheus: base units, gauges without `_total`, times as seconds since the epoch."""
    registry = CollectorRegistry(auto_describe=False)
    health = delivery.health
    run = Gauge("logscan_last_run_timestamp_seconds", "When logscan last ran to its end.", registry=registry)
    run.set(delivery.now.timestamp())
    for key, (name, words) in _TIMES.items():
        if health.get(key):
            Gauge(name, words, registry=registry).set(moment(health[key]).timestamp())
    for key, words in _READ.items():
        if key in health:
            Gauge(f"logscan_window_{key}", words, registry=registry).set(health[key])
    found = Gauge("logscan_findings", "Findings of the last evaluation.", ["severity", "state"], registry=registry)
    for severity, state, count in health.get("findings", ()):
        found.labels(severity, state).set(count)
    _outbox(registry, delivery, own)
    _incidents(registry, delivery.live)
    return registry


def _outbox(registry: CollectorRegistry, delivery: Delivery, own: str) -> None:
    waiting = Gauge("logscan_outbox_waiting", "Notices that a sink has not got yet.", ["sink"], registry=registry)
    refused = Gauge("logscan_outbox_refused", "Notices that a sink will not take.", ["sink"], registry=registry)
    for sink, count, no in delivery.health.get("outbox", ()):
        waiting.labels(sink).set(count - len(delivery.pending) * (sink == own))
        refused.labels(sink).set(no)


def _incidents(registry: CollectorRegistry, documents: Sequence[Document]) -> None:
    number = Gauge("logscan_incidents", "Incidents that go on.", ["severity", "status"], registry=registry)
    for (severity, status), count in sorted(
        Counter((d["severity"], d["incident"]["status"]) for d in documents).items()
    ):
        number.labels(severity, status).set(count)
    names = ["incident", "rule", "cause", "severity"]
    one = Gauge("logscan_incident_active", "One for each incident that goes on.", names, registry=registry)
    last = Gauge(
        "logscan_incident_last_seen_timestamp_seconds", "When it was last seen.", ["incident"], registry=registry
    )
    due = Gauge("logscan_expected_timestamp_seconds", "When it is expected.", ["incident", "cause"], registry=registry)
    worst = sorted(documents, key=lambda each: (-severity_rank(each["severity"]), each["incident"]["id"]))
    for document in worst[:_SHOWN]:
        incident, cause = document["incident"], document["finding"].get("cause") or ""
        if incident["due"]:
            due.labels(incident["id"], cause).set(moment(incident["due"]).timestamp())
            continue
        one.labels(incident["id"], incident["rule"], cause, document["severity"]).set(1)
        last.labels(incident["id"]).set(moment(incident["last_seen"]).timestamp())
