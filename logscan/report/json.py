"""`scan --format json|ndjson`: the contract logscan.findings/1. The same scan gives the same bytes."""

from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from logscan.model.contrast import Contrast
from logscan.model.finding import Coverage, Facts, Finding, Input, Scan, Spread, Stretch
from logscan.model.severity import severity_rank
from logscan.report.coverage import notices
from logscan.report.escape import json_text

SCHEMA = "logscan.findings/1"
_SHARE_DIGITS, _SECOND_DIGITS = 6, 3


def findings_json(scan: Scan) -> str:
    """One document, findings sorted: worst first, then by first_seen, then by id.

    Units: period_s seconds, rates 0..1, times RFC 3339 UTC
    Law:   `partial` is there, and true, only when reading was interrupted; `trusted_proxies` only when some are named,
           `clocks` only when those of two logs differ, `contrast` of a finding only when enough successes are known,
           `reproduce` only when a request is, `facts` of a finding only when its lines hold some,
           `coverage`, and `log`, `doubt` and `notes` of an input, only where there is something to tell
    """
    parts = Counter(source.log for source in scan.inputs)
    rules = {each.rules[0]: each.counts.events for each in scan.detections}
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "inputs": [_input(source, parts[source.log]) for source in scan.inputs],
        "summary": {
            "lines": scan.lines,
            "events": scan.events,
            "rejects": scan.rejects,
            "auth_failures": scan.auth_failures,
            "by_cause": dict(sorted(scan.by_cause.items(), key=lambda item: (-item[1], item[0]))),
            **({"by_rule": dict(sorted(rules.items(), key=lambda item: (-item[1], item[0])))} if rules else {}),
        },
        "findings": [_finding(found) for found in in_order(scan)],
    }
    told = [_coverage(each) for each in scan.coverage if len(each.parts) > 1 or notices(each)]
    if told:
        document["coverage"] = told
    if scan.clocks:
        document["clocks"] = [
            {"one": each.one, "other": each.other, "ahead_s": each.seconds, "pairs": each.pairs, "by": each.by}
            for each in scan.clocks
        ]
    if scan.trusted:
        document["trusted_proxies"] = list(scan.trusted)
    if scan.partial:
        document["partial"] = True
    return json_text(document, indent=2) + "\n"


def findings_ndjson(scan: Scan) -> str:
    """One finding a line, as in `findings_json`, keys without a value left out."""
    lines = ({k: v for k, v in _finding(found).items() if v is not None} for found in in_order(scan))
    return "".join(json_text(line) + "\n" for line in lines)


def in_order(scan: Scan) -> list[Finding]:
    """Worst first, then by first_seen (unknown last), then by id."""
    last = datetime.max.replace(tzinfo=UTC)
    return sorted(scan.told, key=lambda f: (-severity_rank(f.severity), f.first_seen or last, f.id))


def moment_text(when: datetime | None) -> str | None:
    """RFC 3339, UTC, with Z; fractions only when there are some."""
    return None if when is None else when.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _input(source: Input, parts: int) -> dict[str, Any]:
    told = {"log": source.log if parts > 1 else "", "doubt": source.doubt}
    return {
        "path": source.path,
        "dataset": source.dataset or None,
        "bytes": source.bytes,
        "sha256": source.sha256,
        "lines": source.lines,
        "events": source.events,
        "rejects": source.rejects,
        "first": moment_text(source.first),
        "last": moment_text(source.last),
        "timezone": source.timezone,
        **{key: text for key, text in told.items() if text},
        **({"notes": list(source.notes)} if source.notes else {}),
    }


def _coverage(log: Coverage) -> dict[str, Any]:
    return {
        "log": log.log,
        "parts": list(log.parts),
        "first": moment_text(log.first),
        "last": moment_text(log.last),
        "gaps": {"count": log.gap_count, "longest": [_stretch(each) for each in log.gaps]},
        "set_back": {"count": log.set_back_count, "longest": [_stretch(each) for each in log.set_back]},
        "set_ahead": {"count": log.set_ahead_count, "longest": [_stretch(each) for each in log.set_ahead]},
        "out_of_order": {"count": log.disordered, "longest": [_stretch(each) for each in (log.furthest,) if each]},
        "zones": {
            name: {
                "events": zone.events,
                "first": moment_text(zone.first),
                "last": moment_text(zone.last),
                "read_as": zone.read_as or None,
            }
            for name, zone in log.zones.items()
        },
        "mixed_zones": list(log.mixed),
    }


def _stretch(stretch: Stretch) -> dict[str, Any]:
    """Units: seconds"""
    return {
        "from": moment_text(stretch.start),
        "to": moment_text(stretch.end),
        "seconds": _rounded(stretch.seconds, _SECOND_DIGITS),
        "path": stretch.path,
        "line": stretch.line,
    }


def _finding(found: Finding) -> dict[str, Any]:
    return {
        "id": found.id,
        "cause": found.cause or None,
        "family": found.family or None,
        "confidence": found.confidence,
        "severity": found.severity,
        "pattern": found.pattern,
        "period_s": _rounded(found.period_s, _SECOND_DIGITS),
        "state": found.state,
        "scope": {"level": found.scope.level, "values": list(found.scope.values)},
        "first_seen": moment_text(found.first_seen),
        "last_seen": moment_text(found.last_seen),
        "onset": {"after": moment_text(found.onset_after), "before": moment_text(found.onset_before)},
        "counts": {
            "events": found.counts.events,
            "episodes": found.counts.episodes,
            "clients": found.counts.clients,
            "users": found.counts.users,
            "endpoints": found.counts.endpoints,
        },
        "rate": {
            "before": _rounded(found.rate_before, _SHARE_DIGITS),
            "during": _rounded(found.rate_during, _SHARE_DIGITS),
        },
        "alternatives": [{"cause": other.cause, "confidence": other.confidence} for other in found.alternatives],
        "rules": list(found.rules),
        "evidence": [
            {"path": line.path, "line": line.line, "offset": line.offset, "text": line.text} for line in found.evidence
        ],
        "playbook": found.playbook or None,
        "missing_evidence": found.missing_evidence or None,
        "next_expected": moment_text(found.next_expected),
        **({"next_within_s": _rounded(found.next_within_s, _SECOND_DIGITS)} if found.next_within_s else {}),
        **({"caveats": list(found.caveats)} if found.caveats else {}),
        **({"facts": _facts(found.facts)} if found.facts else {}),
        **({"after_mark": _after_mark(found)} if found.after_mark else {}),
        **({"contrast": _contrast(found.contrast)} if found.contrast else {}),
        **({"reproduce": found.reproduce} if found.reproduce else {}),
        **({"detection": asdict(found.detection)} if found.detection else {}),
    }


def _after_mark(found: Finding) -> dict[str, Any]:
    when, label = found.after_mark or (None, "")
    seconds = (found.onset_before - when).total_seconds() if when and found.onset_before else None
    return {"time": moment_text(when), "label": label, "seconds": _rounded(seconds, _SECOND_DIGITS)}


def _contrast(contrast: Contrast) -> dict[str, Any]:
    return {
        "failing": contrast.failing,
        "succeeding": contrast.let_in,
        "succeeding_total": contrast.total,
        "routes": "same" if contrast.same_routes else "any",
        "when": "during" if contrast.during else "whole",
        "tested": contrast.tested,
        "fields": [
            {
                "field": trait.field,
                "value": trait.value,
                "failing": {"with": trait.failing[0], "of": trait.failing[1]},
                "succeeding": {"with": trait.let_in[0], "of": trait.let_in[1]},
                "odds_ratio": _figures(trait.odds),
                "low": _figures(trait.low),
                "high": _figures(trait.high),
                "q": _figures(trait.q),
                "tied": [{"field": field, "value": value} for field, value in trait.tied],
            }
            for trait in contrast.traits
        ],
    }


def _figures(value: float) -> float:
    """Three of them: the last ones of a logarithm depend on the machine."""
    return float(f"{value:.3g}")


def _facts(facts: Facts) -> dict[str, Any]:
    """Units: seconds. Law: what the lines do not tell is left out"""
    told: dict[str, Any] = {
        "expired_s": _spread(facts.expired_s),
        "still_valid": facts.valid or None,
        "skew_s": _spread(facts.skew_s),
        "lifetime_s": _rounded(facts.lifetime_s, _SECOND_DIGITS),
        "expires": moment_text(facts.expires),
        "claims": {name: [[text, count] for text, count in values] for name, values in facts.claims.items()} or None,
        "joined": dict(facts.joined) or None,
        "several_reasons": facts.doubted or None,
        "assumed_times": facts.assumed or None,
    }
    return {name: value for name, value in told.items() if value is not None}


def _spread(spread: Spread | None) -> dict[str, Any] | None:
    if spread is None:
        return None
    sizes = {"low": spread.low, "median": spread.median, "high": spread.high}
    return {"events": spread.count, **{name: _rounded(size, _SECOND_DIGITS) for name, size in sizes.items()}}


def _rounded(value: float | None, digits: int) -> float | None:
    """The last digits of a mean depend on the order of adding up; a number that is none has no JSON."""
    if value is None or value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 (NaN)
        return None
    return round(float(value), digits)
