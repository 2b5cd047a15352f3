"""A file of OCSF Detection Findings, one a line."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from logscan.alert.document import is_address
from logscan.alert.incident import moment
from logscan.alert.sinks.lines import append
from logscan.alert.sinks.sink import Delivery, Document, Outcome, to_file
from logscan.model.severity import severity_rank

_VERSION = "1.4.0"
_CLASS, _CATEGORY = 2004, 2
_CREATE, _UPDATE, _CLOSE = 1, 2, 3
_STATUS = {_CREATE: (1, "New"), _UPDATE: (2, "In Progress"), _CLOSE: (4, "Resolved")}
_ACTIVITY = {_CREATE: "Create", _UPDATE: "Update", _CLOSE: "Close"}
_SEVERITIES = ("Informational", "Low", "Medium", "High", "Critical")
_CONFIDENCES = {"low": (1, "Low"), "medium": (2, "Medium"), "high": (3, "High")}
_HOST, _IP, _USER, _OTHER = 1, 2, 4, 99  # kinds of observables


@dataclass(frozen=True)
class Ocsf:
    """version: of logscan."""

    name: str
    path: Path
    version: str
    level: str = "informational"
    for_people: bool = False
    shows_state: bool = False

    def deliver(self, delivery: Delivery) -> Outcome:
        made = (detection_finding(each.document, self.version) for each in delivery.pending)
        return to_file(self.path, delivery, lambda: append(self.path, made))


def detection_finding(document: Document, version: str) -> dict[str, Any]:
    """Units: milliseconds since the epoch. Source: OCSF 1.4, class detection_finding (2004), category findings."""
    incident, finding = document["incident"], document["finding"]
    activity = _CLOSE if incident["over"] else _CREATE if document["kind"] == "new" else _UPDATE
    status, status_name = _STATUS[activity]
    severity = severity_rank(document["severity"]) + 1
    found: dict[str, Any] = {
        "activity_id": activity,
        "activity_name": _ACTIVITY[activity],
        "category_uid": _CATEGORY,
        "category_name": "Findings",
        "class_uid": _CLASS,
        "class_name": "Detection Finding",
        "type_uid": _CLASS * 100 + activity,
        "type_name": f"Detection Finding: {_ACTIVITY[activity]}",
        "time": _ms(document["at"]),
        "start_time": _ms(incident["started"]),
        "end_time": _ms(incident["last_seen"]),
        "severity_id": severity,
        "severity": _SEVERITIES[severity - 1],
        "status_id": status,
        "status": status_name,
        "is_alert": True,
        "message": document["text"],
        "metadata": {
            "uid": document["id"],
            "version": _VERSION,
            "product": {"name": "logscan", "vendor_name": "logscan", "version": version},
        },
        "finding_info": {
            "uid": incident["id"],
            "title": document["title"],
            "desc": document["text"],
            "created_time": _ms(incident["started"]),
            "modified_time": _ms(document["at"]),
            "first_seen_time": _ms(finding.get("first_seen") or incident["started"]),
            "last_seen_time": _ms(incident["last_seen"]),
            "types": [each for each in (finding.get("cause"), finding.get("pattern")) if each],
            "analytic": {"name": incident["rule"], "type_id": 1, "type": "Rule"},
            "src_url": document.get("url"),
        },
        "count": finding.get("counts", {}).get("events"),
        "evidences": [*({"data": dict(each)} for each in finding.get("evidence", [])), *_hit(finding)],
        "observables": _observables(finding),
        "remediation": _remediation(finding),
        "unmapped": {"kind": document["kind"], "reasons": document["reasons"], "pattern": finding.get("pattern")},
    }
    if finding.get("confidence") in _CONFIDENCES:
        found["confidence_id"], found["confidence"] = _CONFIDENCES[finding["confidence"]]
    found["finding_info"] = {name: value for name, value in found["finding_info"].items() if value}
    return {name: value for name, value in found.items() if value not in (None, [], {})}


def _hit(finding: Document) -> list[dict[str, Any]]:
    """Who and what is hit: artifacts that the observables point to."""
    hit = finding.get("hit", {})
    clients = [text for text, _ in hit.get("clients", [])]
    return [
        *({"src_endpoint": {"ip" if is_address(text) else "hostname": text}} for text in clients),
        *({"user": {"name": text}} for text, _ in hit.get("users", [])),
        *({"url": {"path": text}} for text, _ in hit.get("endpoints", [])),
    ]


def _observables(finding: Document) -> list[dict[str, Any]]:
    """Law: the name of each is where its value stands in the finding"""
    kinds = {
        ("src_endpoint", "ip"): {"type_id": _IP, "type": "IP Address"},
        ("src_endpoint", "hostname"): {"type_id": _HOST, "type": "Hostname"},
        ("user", "name"): {"type_id": _USER, "type": "User Name"},
        ("url", "path"): {"type_id": _OTHER, "type": "URL Path"},
    }
    return [
        {"name": f"evidences[].{what}.{part}", **kinds[what, part], "value": text}
        for each in _hit(finding)
        for what, held in each.items()
        for part, text in held.items()
    ]


def _remediation(finding: Document) -> dict[str, Any]:
    playbook = finding.get("playbook") or {}
    steps = [step["do"] for step in playbook.get("steps", [])]
    return {"desc": " ".join([playbook["title"] + ":", *steps])} if steps else {}


def _ms(stamp: str) -> int:
    when: datetime = moment(stamp)
    return round(when.timestamp() * 1000)
