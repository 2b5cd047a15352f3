"""What people are told of a finding in an alert: the sentences of the report, with nothing in them that hides."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from logscan.model.finding import Finding, Scan
from logscan.report.brief import Told, said
from logscan.report.context import build_page
from logscan.report.show import visible
from logscan.rules.load import Library

_TEXT, _NAME, _STEPS = 300, 160, 4  # characters of a line and of a name; steps of a playbook


def words_of(scan: Scan, library: Library, wanted: Collection[str]) -> Mapping[str, dict[str, Any]]:
    """By the id of each wanted finding.

    Law: every character is printable: what stands in a log can neither hide nor act in any channel
    """
    asked = tuple(each for each in scan.findings if each.id in wanted)
    page = build_page(replace(scan, findings=asked, timeline=()), library)  # no more than the cards is drawn
    found = {told.card.finding.id: _of_cause(told) for told in said((*page.cards, *page.benign))}
    return found | {each.id: _of_rule(each) for each in scan.detections if each.id in wanted}


def _of_cause(told: Told) -> dict[str, Any]:
    card = told.card
    steps = [{"do": visible(step.do), "command": visible(step.command)} for step in card.steps[:_STEPS]]
    names = ("scope", "recurs", "state", "began", "basis")
    return {
        **_of_any(card.finding),
        "title": visible(card.cause.title, _NAME),
        "said": {name: visible(getattr(told, name), _TEXT) for name in names},
        "playbook": {"id": card.finding.playbook, "title": card.playbook, "steps": steps},
        "tags": [],
    }


def _of_rule(finding: Finding) -> dict[str, Any]:
    rule = finding.detection
    scope = f"{finding.scope.level} {', '.join(finding.scope.values[:3])}".strip()
    said_of = {"scope": visible(scope, _TEXT), "recurs": "", "state": "", "began": "", "basis": ""}
    return {
        **_of_any(finding),
        "title": visible(rule.title if rule else "", _NAME),
        "said": said_of,
        "playbook": {"id": "", "title": "", "steps": []},
        "tags": list(rule.tags) if rule else [],
    }


def _of_any(finding: Finding) -> dict[str, Any]:
    lists = {"clients": finding.clients, "users": finding.users, "endpoints": finding.endpoints}
    return {
        "values": [visible(each, _NAME) for each in finding.scope.values],
        **{name: [[visible(text, _NAME), count] for text, count in found] for name, found in lists.items()},
        "evidence": [
            {"path": visible(line.path, _TEXT), "line": line.line, "text": visible(line.text, _TEXT)}
            for line in finding.evidence
        ],
        "missing_evidence": visible(finding.missing_evidence),
        "caveats": [visible(each) for each in finding.caveats],
    }
