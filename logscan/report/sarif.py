"""`scan --format sarif`: the findings for code scanners and ticket systems. The same scan gives the same bytes.

Source: SARIF 2.1.0, https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from logscan.model.finding import Evidence, Finding, Input, Scan
from logscan.model.taxonomy import Cause, Taxonomy
from logscan.report.escape import json_text
from logscan.report.json import in_order, moment_text
from logscan.report.show import number, visible
from logscan.report.steps import filled_steps
from logscan.rules.load import Library
from logscan.rules.playbook import Playbook, Step

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
_INTERRUPTED = "Reading was interrupted: this covers what was read until then."
_FINGERPRINT = "logscanFinding/v1"


def findings_sarif(scan: Scan, library: Library, version: str) -> str:
    """One SARIF log with one run.

    Out: a rule for each cause and each rule without one that was found, with what to do; a result for each finding, at
         its first line, the others being related locations; every input as an artifact with its SHA-256
    Law: texts of the log are redacted before they come here, and every character can be seen
    """
    found = in_order(scan)
    rules = _rules(found, library)
    places = {source.path: at for at, source in enumerate(scan.inputs)}
    at_rule = {rule["id"]: at for at, rule in enumerate(rules)}
    run = {
        "tool": {"driver": {"name": "logscan", "version": version, "rules": rules}},
        "invocations": [_invocation(scan)],
        "artifacts": [_artifact(source) for source in scan.inputs],
        "results": [_result(each, library.taxonomy, at_rule, places) for each in found],
        "columnKind": "unicodeCodePoints",
        "properties": {
            "lines": scan.lines,
            "events": scan.events,
            "rejects": scan.rejects,
            "authFailures": scan.auth_failures,
            "byCause": dict(sorted(scan.by_cause.items())),
            "rulesDigest": scan.rules_digest,
        },
    }
    return json_text({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rules(found: Sequence[Finding], library: Library) -> list[dict[str, Any]]:
    causes = sorted({each.cause for each in found if not each.detection})
    detected = {each.detection.name: each for each in found if each.detection}
    return [
        *(_cause_rule(library.taxonomy.causes.get(name) or _unheard(name), library.playbooks) for name in causes),
        *(_detection_rule(detected[name]) for name in sorted(detected)),
    ]


def _unheard(name: str) -> Cause:
    return Cause(name, name, name, "", "", benign=False)


def _cause_rule(cause: Cause, playbooks: Mapping[str, Playbook]) -> dict[str, Any]:
    book = playbooks.get(cause.playbook)
    words = cause.definition or cause.title
    return {
        "id": cause.id,
        "shortDescription": {"text": cause.title},
        "fullDescription": {"text": words},
        "help": _help(words, book),
        "defaultConfiguration": {"level": "none" if cause.benign else "warning"},
        "properties": {"tags": [tag for tag in ("authentication", cause.family) if tag]},
    }


def _help(words: str, book: Playbook | None) -> dict[str, str]:
    """What to do, in words and as Markdown; what a finding would fill in stays open."""
    if book is None:
        return {"text": words, "markdown": words}
    steps = filled_steps(book, {})
    plain = [f"{at}. {step.do}{f' {step.why}' if step.why else ''}" for at, step in enumerate(steps, 1)]
    marked = [_step(at, step) for at, step in enumerate(steps, 1)]
    return {
        "text": "\n".join([words, "", f"{book.title}: {book.summary}", *plain]),
        "markdown": "\n".join([words, "", f"**{book.title}.** {_open(book.summary)}", "", *marked]),
    }


def _step(at: int, step: Step) -> str:
    why = f" *{_open(step.why)}*" if step.why else ""
    command = f"\n\n   ```sh\n   {step.command}\n   ```\n" if step.command else ""
    return f"{at}. {_open(step.do)}{why}{command}"


def _open(text: str) -> str:
    """Markdown takes `<client>` for a tag."""
    return re.sub(r"<([a-z_]+)>", r"*\1*", text)


def _detection_rule(found: Finding) -> dict[str, Any]:
    detection = found.detection
    if detection is None:
        return {}
    words = detection.description or detection.title
    doubts = "".join(f"\nMay be harmless: {doubt}" for doubt in detection.falsepositives)
    seen = "".join(f"\nSee {reference}" for reference in detection.references)
    rule: dict[str, Any] = {
        "id": detection.name,
        "shortDescription": {"text": detection.title},
        "fullDescription": {"text": words},
        "help": {"text": words + doubts + seen},
        "defaultConfiguration": {"level": _LEVELS.get(detection.level, "none")},
        "properties": {"tags": list(detection.tags)},
    }
    if detection.id:
        rule["guid"] = detection.id
    uri = next((text for text in detection.references if re.fullmatch(r"https?://[!-~]+", text)), None)
    return rule | ({"helpUri": uri} if uri else {})


def _invocation(scan: Scan) -> dict[str, Any]:
    notes = [{"level": "error", "message": {"text": visible(fault, len(fault))}} for fault in scan.faults]
    if scan.partial:
        notes.append({"level": "warning", "message": {"text": _INTERRUPTED}})
    return {"executionSuccessful": not scan.partial} | ({"toolExecutionNotifications": notes} if notes else {})


def _artifact(source: Input) -> dict[str, Any]:
    told = {
        "dataset": source.dataset or None,
        "lines": source.lines,
        "events": source.events,
        "rejects": source.rejects,
    }
    return {
        "location": {"uri": _uri(source.path)},
        "roles": ["analysisTarget"],
        "hashes": {"sha-256": source.sha256},
        "properties": {key: value for key, value in told.items() if value is not None},
    }


def _uri(path: str) -> str:
    """RFC 3986: absolute paths as file:, others relative; a path never looks like a scheme or a host."""
    text = quote(path.encode("utf-8", "surrogatepass"), safe="/._-~!")
    return f"file://{text}" if text.startswith("/") else text


def _result(
    found: Finding, taxonomy: Taxonomy, at_rule: Mapping[str, int], places: Mapping[str, int]
) -> dict[str, Any]:
    rule = found.detection.name if found.detection else found.cause
    level = _LEVELS.get(found.severity, "none")
    located = [_location(line, places) for line in found.evidence]
    related = [{"id": at, **each} for at, each in enumerate(located[1:], 1)]
    result: dict[str, Any] = {
        "ruleId": rule,
        "ruleIndex": at_rule[rule],
        "kind": "fail" if level != "none" else "informational",
        "level": level,
        "message": {"text": _message(found, taxonomy)},
        "partialFingerprints": {_FINGERPRINT: found.id},
        "occurrenceCount": max(1, found.counts.events),
    }
    if located:
        result["locations"] = located[:1]
    if related:
        result["relatedLocations"] = related
    return result | {"properties": _properties(found)}


def _message(found: Finding, taxonomy: Taxonomy) -> str:
    cause = taxonomy.causes.get(found.cause)
    title = found.detection.title if found.detection else cause.title if cause else found.cause
    values = ", ".join(visible(value) for value in found.scope.values)
    where = f"{found.scope.level} {values}" if values else "everywhere"
    first, last = moment_text(found.first_seen), moment_text(found.last_seen)
    times = f", {first} to {last}" if first != last else f", {first}" if first else ""
    events = f"{number(found.counts.events)} event{'' if found.counts.events == 1 else 's'}"
    return f"{title}: {where}, {events}{times}. Confidence {found.confidence}; {found.state}."


def _location(line: Evidence, places: Mapping[str, int]) -> dict[str, Any]:
    artifact: dict[str, Any] = {"uri": _uri(line.path)}
    if line.path in places:
        artifact["index"] = places[line.path]
    region = {"startLine": max(1, line.line), "byteOffset": line.offset, "snippet": {"text": line.text}}
    return {"physicalLocation": {"artifactLocation": artifact, "region": region}}


def _properties(found: Finding) -> dict[str, Any]:
    told: dict[str, Any] = {
        "severity": found.severity,
        "confidence": found.confidence,
        "family": found.family,
        "pattern": found.pattern,
        "periodSeconds": found.period_s,
        "state": found.state,
        "scope": {"level": found.scope.level, "values": list(found.scope.values)},
        "firstSeen": moment_text(found.first_seen),
        "lastSeen": moment_text(found.last_seen),
        "alternatives": [other.cause for other in found.alternatives],
        "matchedRules": list(found.rules),
        "playbook": found.playbook,
        "missingEvidence": found.missing_evidence,
    }
    return {key: value for key, value in told.items() if value not in (None, "", [])}
