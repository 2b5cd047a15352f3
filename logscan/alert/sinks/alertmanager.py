"""Alertmanager, API v2: labels are the identity, and what is not refreshed ends by itself."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from logscan.alert.incident import CHANGED, NEW, ONGOING, moment, moment_text
from logscan.alert.message import body, headline
from logscan.alert.sinks.http import Answer, Poster
from logscan.alert.sinks.sink import Delivery, Document, Outcome

LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_PATH = "/api/v2/alerts"
_AT_ONCE = 64  # alerts in one request
_LEAST = timedelta(minutes=5)  # how long what is over at once is shown, and a test
_LASTING = (NEW, CHANGED, ONGOING)  # told once, shown for hours: `New` would not be true for long
_LONG = 4_000  # characters of one annotation

Alert = dict[str, Any]


@dataclass(frozen=True)
class Alertmanager:
    """url: without the path of the API; labels: added to every alert; lasts: None: as long as runs make it."""

    name: str
    url: str = field(repr=False)
    level: str = "low"
    token: str = field(default="", repr=False)
    labels: Mapping[str, str] = field(default_factory=dict)
    lasts: timedelta | None = None
    poster: Poster = field(default_factory=Poster)
    shows_state: bool = True
    for_people: bool = False

    def deliver(self, delivery: Delivery) -> Outcome:
        """Send what is new and, again, all that goes on.

        Law: one alert that is refused holds up no other; an alert of one incident and severity has the same labels
             each time
        """
        ends = delivery.now + (self.lasts or delivery.lasts)
        alerts = [alert for each in _newest(delivery) for alert in self._alerts(each, delivery.now, ends)]
        refused: dict[str, str] = {}
        for at in range(0, len(alerts), _AT_ONCE):
            part = alerts[at : at + _AT_ONCE]
            answer = self._post(part, delivery.now)
            if answer.refused:
                answer = self._one_by_one(part, delivery.now, refused)
            if not answer.ok:
                return Outcome(fault=answer.fault, wait=answer.wait)
        names = {entry.notice: str(entry.document["incident"]["id"]) for entry in delivery.pending}
        wrong = {notice: refused[incident] for notice, incident in names.items() if incident in refused}
        return Outcome(frozenset(names.keys() - wrong.keys()), wrong)

    def _one_by_one(self, alerts: Sequence[Alert], now: datetime, refused: dict[str, str]) -> Answer:
        # The whole request is answered 400 when one alert is bad, though the good ones of it are stored.
        for alert in alerts:
            answer = self._post([alert], now)
            if answer.refused:
                refused[alert["labels"]["incident"]] = answer.fault
            elif not answer.ok:
                return answer
        return Answer(ok=True)

    def _post(self, alerts: Sequence[Alert], now: datetime) -> Answer:
        headers = {"content-type": "application/json", "user-agent": "logscan"}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        data = json.dumps(alerts).encode()
        return self.poster.post(self.url.rstrip("/") + _PATH, data, headers, now)

    def _alerts(self, document: Document, now: datetime, ends: datetime) -> Iterator[Alert]:
        incident, kind, severity = document["incident"], document["kind"], document["severity"]
        if kind == "resolved":
            ends = now
        elif kind in ("new", "test") and (incident["over"] or document.get("test")):
            ends = now + _LEAST
        elif incident["due"]:
            ends = max(moment(incident["due"]), now)
        before = document.get("severity_before")
        if before and before != severity:
            # Routes go by severity, and labels are the identity: what was worse so far ends, and the new one begins.
            yield self._alert(document, before, now)
        yield self._alert(document, severity, ends)

    def _alert(self, document: Document, severity: str, ends: datetime) -> Alert:
        incident = document["incident"]
        starts = document["at"] if incident["due"] or document.get("test") else incident["started"]
        labels = {
            **self.labels,
            **{_label(name): text for name, text in incident["group"].items()},
            "alertname": incident["rule"],
            "incident": incident["id"],
            "job": "logscan",
            "severity": severity,
        }
        alert: Alert = {
            "labels": {name: text for name, text in labels.items() if text},
            "annotations": {name: text[:_LONG] for name, text in _annotations(document).items() if text},
            "startsAt": min(starts, moment_text(ends)),
            "endsAt": moment_text(ends),
        }
        return alert | ({"generatorURL": document["url"]} if document.get("url") else {})


def _newest(delivery: Delivery) -> list[Document]:
    """Of each incident the last that is known: of what goes on as it is now, else what is pending, the last of it."""
    going = {document["incident"]["id"]: document for document in delivery.live}
    found = {key: {**document, "severity_before": None} for key, document in going.items()}
    for entry in delivery.pending:
        key = entry.document["incident"]["id"]
        if key not in going:
            found[key] = dict(entry.document)
        elif entry.document.get("severity_before"):
            found[key]["severity_before"] = entry.document["severity_before"]
    return list(found.values())


def _annotations(document: Document) -> dict[str, str]:
    finding = document["finding"]
    playbook = finding.get("playbook") or {}
    steps = [f"{at}. {step['do']}" for at, step in enumerate(playbook.get("steps", []), 1)]
    return {
        "summary": headline(document) if document["kind"] in _LASTING else document["title"],
        "description": body(document),
        "confidence": finding.get("confidence") or "",
        "scope": ", ".join(finding.get("scope", {}).get("values", [])),
        "status": document["incident"]["status"],
        "runbook": "\n".join(steps),
        "report_url": document.get("url") or "",
    }


def _label(name: str) -> str:
    """A label name that every version takes."""
    found = re.sub(r"[^a-zA-Z0-9_]", "_", name)
    return found if LABEL.fullmatch(found) else f"_{found}"
