"""A file of ECS documents, one a line, for a collector."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from logscan.alert.document import is_address
from logscan.alert.sinks.lines import append
from logscan.alert.sinks.sink import Delivery, Document, Outcome, to_file
from logscan.model.severity import severity_rank

_ECS = "8.17.0"
_ACTIONS = {"new": "start", "resolved": "end"}


@dataclass(frozen=True)
class Ndjson:
    name: str
    path: Path
    level: str = "informational"
    for_people: bool = False
    shows_state: bool = False

    def deliver(self, delivery: Delivery) -> Outcome:
        return to_file(
            self.path, delivery, lambda: append(self.path, (ecs(each.document) for each in delivery.pending))
        )


def ecs(document: Document) -> dict[str, Any]:
    """Source: Elastic Common Schema 8: event, rule, message, error, related; ours under `logscan`."""
    incident, finding = document["incident"], document["finding"]
    hit = finding.get("hit", {})
    found = {
        "@timestamp": document["at"],
        "ecs": {"version": _ECS},
        "event": {
            "id": document["id"],
            "kind": "alert",
            "category": ["authentication"],
            "type": [_ACTIONS.get(document["kind"], "info")],
            "action": f"incident-{document['kind']}",
            "outcome": "failure",
            "reason": document["text"],
            "severity": severity_rank(document["severity"]),
            "start": incident["started"],
            "end": incident["last_seen"],
            "dataset": "logscan.alert",
            "module": "logscan",
            "provider": "logscan",
            "url": document.get("url"),
        },
        "log": {"level": document["severity"]},
        "message": document["title"],
        "rule": {"name": incident["rule"], "category": finding.get("cause"), "ruleset": "logscan"},
        "related": {
            "ip": [name for name, _ in hit.get("clients", []) if is_address(name)],
            "hosts": [name for name, _ in hit.get("clients", []) if not is_address(name)],
            "user": [name for name, _ in hit.get("users", [])],
        },
        "logscan": {key: value for key, value in document.items() if key not in ("schema", "at", "title", "text")},
    }
    return {key: _present(value) if key != "logscan" else value for key, value in found.items()}


def _present(value: Any) -> Any:
    return {name: each for name, each in value.items() if each not in (None, [])} if isinstance(value, dict) else value
