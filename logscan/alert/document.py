"""What every sink is given of a notice: schema logscan.alert/1, plain values that JSON can hold."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from ipaddress import ip_address
from typing import Any

from logscan.alert.incident import NEW, RESOLVED, Incident, Member, Notice, moment_text
from logscan.alert.limit import summary_id
from logscan.alert.message import text, title
from logscan.model.finding import Counts, Finding

SCHEMA = "logscan.alert/1"
_HIT, _EVIDENCE, _FINDINGS = 5, 3, 50  # of lists in a document
_SHARE_DIGITS, _SECOND_DIGITS = 6, 3

Document = dict[str, Any]


def document(notice: Notice, known: Mapping[str, Any], *, url: str = "") -> Document:
    """In: known: `described` of its worst finding, of now or of before; url: where the report is"""
    incident = notice.incident
    found: Document = {
        "schema": SCHEMA,
        "id": notice.id,
        "kind": notice.kind,
        "at": moment_text(notice.at),
        "title": "",
        "text": "",
        "severity": incident.told.severity if incident.told else incident.severity,
        "severity_before": notice.before or None,
        "reasons": list(notice.reasons),
        "incident": about(incident),
        "finding": dict(known),
        "url": url or None,
    }
    return _worded(found)


def as_begun(told: Mapping[str, Any]) -> Document:
    """A notice that it is worse, for those who were not told that it began: it was not worth it for them."""
    return _worded({**told, "kind": NEW, "reasons": [], "severity_before": None})


def summary(
    summed: Sequence[Notice], documents: Mapping[str, Mapping[str, Any]], now: datetime, *, url: str = ""
) -> Document:
    """One document for many notices. In: documents: of their incidents"""
    first = summed[0].incident
    listed = []
    for each in summed:
        known = documents.get(each.incident.id, {"finding": {}})
        named = known["finding"].get("title") or each.incident.rule
        listed.append(
            {
                "kind": each.kind,
                "incident": each.incident.id,
                "severity": each.incident.severity,
                "title": title({**known, "kind": each.kind}) if known["finding"] else named,
            }
        )
    found = {
        "schema": SCHEMA,
        "id": summary_id(summed),
        "kind": "summary",
        "at": moment_text(now),
        "title": "",
        "text": "",
        "severity": first.severity,
        "severity_before": None,
        "reasons": [],
        "incident": about(first),
        "finding": {},
        "summary": listed,
        "url": url or None,
    }
    return _worded(found)


def marked_test(now: datetime, *, url: str = "") -> Document:
    """A notice that says of itself that it is a test."""
    member = Member("test", "low", "all", (), "open", now, now)
    incident = Incident("logscan-test", "logscan_test", (("cause", "test"),), 0.0, "", "active", {"test": member}, now)
    stamp = moment_text(now).replace(":", "").replace("-", "")
    none: dict[str, Any] = dict.fromkeys(("cause", "confidence", "pattern", "missing_evidence"), "")
    none |= {
        "title": "logscan reaches this sink",
        "said": dict.fromkeys(("scope", "recurs", "state", "began", "basis"), ""),
    }
    none |= {"counts": _counts(Counts(0, 0, 0, 0, 0)), "hit": {name: [] for name in ("clients", "users", "endpoints")}}
    none |= {"playbook": {"id": "", "title": "", "steps": []}, "evidence": [], "caveats": [], "scope": {"values": []}}
    found = document(Notice(f"logscan-test-{stamp}", "test", now, incident), none, url=url)
    return found | {"test": True}


def about(incident: Incident) -> dict[str, Any]:
    return {
        "id": incident.id,
        "rule": incident.rule,
        "group": {name: _seen(text) for name, text in incident.values},
        "status": incident.status,
        "started": moment_text(incident.started),
        "last_seen": moment_text(incident.last_seen),
        "due": moment_text(incident.due) if incident.due else None,
        "within_s": round(incident.within_s, _SECOND_DIGITS) if incident.due else None,
        "over": incident.status == RESOLVED,
        "flapping": incident.flapping,
        "acknowledged": incident.acked or None,
        "scopes": incident.scopes,
        "findings": sorted(incident.here)[:_FINDINGS],
    }


def described(finding: Finding, words: Mapping[str, Any]) -> dict[str, Any]:
    """A finding for people and machines. In: words: title, scope, recurs ... as `batch/words.py` makes them"""
    return {
        "id": finding.id,
        "cause": finding.cause or None,
        "family": finding.family or None,
        "rule": finding.detection.name if finding.detection else None,
        "confidence": finding.confidence,
        "severity": finding.severity,
        "pattern": finding.pattern or None,
        "period_s": _rounded(finding.period_s, _SECOND_DIGITS),
        "state": finding.state,
        "scope": {"level": finding.scope.level, "values": words["values"]},
        "first_seen": moment_text(finding.first_seen) if finding.first_seen else None,
        "last_seen": moment_text(finding.last_seen) if finding.last_seen else None,
        "counts": _counts(finding.counts),
        "rate": {
            "before": _rounded(finding.rate_before, _SHARE_DIGITS),
            "during": _rounded(finding.rate_during, _SHARE_DIGITS),
        },
        "hit": {name: words[name][:_HIT] for name in ("clients", "users", "endpoints")},
        "evidence": words["evidence"][:_EVIDENCE],
        "next_expected": moment_text(finding.next_expected) if finding.next_expected else None,
        "next_within_s": _rounded(finding.next_within_s, _SECOND_DIGITS),
        **{name: words[name] for name in ("title", "said", "playbook", "missing_evidence", "caveats", "tags")},
    }


def _worded(found: Document) -> Document:
    return found | {"title": title(found), "text": text(found)}


def _counts(counts: Counts) -> dict[str, int]:
    return {name: getattr(counts, name) for name in ("events", "episodes", "clients", "users", "endpoints")}


def _rounded(value: float | None, digits: int) -> float | None:
    return round(float(value), digits) if value is not None and abs(value) < float("inf") else None


def _seen(text: str) -> str:
    """With everything written out that a terminal or a page would act on."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def is_address(client: str) -> bool:
    """Whether a client is named by its address, not by a host name."""
    try:
        ip_address(client)
    except ValueError:
        return False
    return True
