"""SARIF 2.1.0: what the specification demands, and nothing of the log that is not escaped."""

import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from sarif_pydantic import Sarif  # type: ignore[import-untyped]

from logscan.model.finding import Detection, Evidence, Scan
from logscan.report.sarif import findings_sarif
from tests.report.scans import empty, finding, library, typical

DETECTION = Detection("probe", "1f0c4c1e-7e3a-4d59-9d53-6b3a8f0c2a11", "A <b>probe</b>", "high", "Looks for doors.", ("attack.t1595",), ("https://example.com/probe", "note 4711"), ("A test.",))  # fmt: skip


def document(scan: Scan) -> dict[str, Any]:
    text = findings_sarif(scan, library(), "1.2.3")
    Sarif.model_validate_json(text)
    found: dict[str, Any] = json.loads(text)
    return found


def whole() -> Scan:
    found = finding(id="d1", cause="", family="", severity="high", rules=("probe",), playbook="", detection=DETECTION)
    return replace(typical(), detections=(found,))


def test_it_has_what_the_specification_demands() -> None:
    told = document(whole())
    assert told["version"] == "2.1.0"
    assert told["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = told["runs"]
    rules, artifacts = run["tool"]["driver"]["rules"], run["artifacts"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["help"]["text"]
        assert rule["defaultConfiguration"]["level"] in {"none", "note", "warning", "error"}
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"none", "note", "warning", "error"}
        assert (result["kind"] == "fail") == (result["level"] != "none")
        assert result["message"]["text"].endswith(".")
        for place in (*result.get("locations", []), *result.get("relatedLocations", [])):
            physical = place["physicalLocation"]
            assert physical["region"]["startLine"] >= 1
            assert physical["region"]["byteOffset"] >= 0
            artifact = physical["artifactLocation"]
            assert "index" not in artifact or artifacts[artifact["index"]]["location"]["uri"] == artifact["uri"]
        ids = [place["id"] for place in result.get("relatedLocations", [])]
        assert len(set(ids)) == len(ids)
    for artifact in artifacts:
        assert set(artifact["hashes"]) == {"sha-256"}
        assert artifact["roles"] == ["analysisTarget"]


def test_each_finding_is_one_result_with_its_fingerprint() -> None:
    scan = whole()
    results = document(scan)["runs"][0]["results"]
    assert sorted(each["partialFingerprints"]["logscanFinding/v1"] for each in results) == sorted(
        f.id for f in scan.told
    )
    assert sum(each["occurrenceCount"] for each in results) == sum(f.counts.events for f in scan.told)
    byte = {f.id: f.evidence[0].offset for f in scan.told if f.evidence}
    for each in results:
        if "locations" in each:
            region = each["locations"][0]["physicalLocation"]["region"]
            assert region["byteOffset"] == byte[each["partialFingerprints"]["logscanFinding/v1"]]


@pytest.mark.parametrize(
    ("severity", "level"),
    [("critical", "error"), ("high", "error"), ("medium", "warning"), ("low", "note"), ("informational", "none")],
)
def test_severity_becomes_a_level(severity: str, level: str) -> None:
    (result,) = document(empty(findings=(finding(severity=severity),)))["runs"][0]["results"]
    assert result["level"] == level


def test_a_rule_without_a_cause_speaks_for_itself() -> None:
    run = document(whole())["runs"][0]
    (rule,) = (each for each in run["tool"]["driver"]["rules"] if each["id"] == "probe")
    assert rule["helpUri"] == "https://example.com/probe"
    assert rule["guid"] == DETECTION.id
    assert rule["properties"]["tags"] == ["attack.t1595"]
    assert (
        rule["help"]["text"]
        == "Looks for doors.\nMay be harmless: A test.\nSee https://example.com/probe\nSee note 4711"
    )


def test_what_to_do_stands_in_the_help_without_markup() -> None:
    rules = {rule["id"]: rule for rule in document(typical())["runs"][0]["tool"]["driver"]["rules"]}
    marked = rules["token_expired"]["help"]["markdown"]
    assert marked.startswith(rules["token_expired"]["fullDescription"]["text"])
    assert "**Renew tokens in time.**" in marked
    assert "1. Decode the refused token" in marked
    assert not re.search(r"<[a-z]", marked.partition("```")[0])


def test_a_path_is_a_uri_whatever_it_holds() -> None:
    paths = ["/var/log/a b.log", "logs/täglich.log", "-", "x.tar.gz!in/a.log", "http://evil.example.com/x", "c:%41\n"]
    lines = tuple(Evidence(path, at + 1, 0, "text") for at, path in enumerate(paths))
    (result,) = document(empty(findings=(finding(evidence=lines),)))["runs"][0]["results"]
    places = [*result["locations"], *result["relatedLocations"]]
    for path, place in zip(paths, places, strict=True):
        uri = place["physicalLocation"]["artifactLocation"]["uri"]
        split = urlsplit(uri)
        assert split.scheme == ("file" if path.startswith("/") else "")
        assert split.netloc == ""
        assert unquote(split.path) == path
        assert uri.isascii()
        assert uri.isprintable()


def test_text_of_the_log_can_be_seen() -> None:
    lines = (Evidence("a.log", 1, 0, "\x1b[31mred\u202e</script>"),)
    text = findings_sarif(empty(findings=(finding(evidence=lines),)), library(), "1")
    assert "\x1b" not in text
    assert "\u202e" not in text
    region = json.loads(text)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region["snippet"]["text"] == "\x1b[31mred\u202e</script>"


def test_faults_and_an_interruption_are_notifications() -> None:
    invocation = document(empty(partial=True, faults=("x.bin: is binary",)))["runs"][0]["invocations"][0]
    assert invocation["executionSuccessful"] is False
    assert [note["level"] for note in invocation["toolExecutionNotifications"]] == ["error", "warning"]
    assert document(empty())["runs"][0]["invocations"] == [{"executionSuccessful": True}]


def test_the_same_scan_gives_the_same_bytes() -> None:
    assert findings_sarif(whole(), library(), "1") == findings_sarif(whole(), library(), "1")
