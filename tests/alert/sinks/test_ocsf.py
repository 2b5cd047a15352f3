"""OCSF Detection Findings."""

import json
from pathlib import Path

import pytest

from logscan.alert.document import marked_test, summary
from logscan.alert.gate import Quiet, gate
from logscan.alert.incident import Memory
from logscan.alert.sinks.ocsf import Ocsf, detection_finding
from logscan.alert.sinks.sink import Delivery, Entry
from tests.alert.documents import told
from tests.alert.made import HOUR, START, finding, page, seen
from tests.alert.sinks.ocsf_schema import faults


@pytest.mark.parametrize(("kind", "activity", "status"), [("new", 1, 1), ("changed", 2, 2), ("resolved", 3, 4)])
def test_a_finding_is_of_its_class(kind: str, activity: int, status: int) -> None:
    document = told("resolved") if kind == "resolved" else {**told("new"), "kind": kind}
    found = detection_finding(document, "1.2.3")
    assert faults(found) == []
    assert (found["class_uid"], found["category_uid"], found["type_uid"]) == (2004, 2, 200400 + activity)
    assert (found["activity_id"], found["status_id"], found["severity_id"], found["confidence_id"]) == (
        activity,
        status,
        4,
        3,
    )
    assert found["metadata"]["product"] == {"name": "logscan", "vendor_name": "logscan", "version": "1.2.3"}
    assert {"uid", "title"} <= set(found["finding_info"])


def test_times_are_milliseconds_and_the_identity_is_that_of_the_incident() -> None:
    first, last = (detection_finding(told(kind), "1") for kind in ("new", "resolved"))
    assert first["start_time"] == START.timestamp() * 1000
    assert first["finding_info"]["uid"] == last["finding_info"]["uid"]
    assert first["metadata"]["uid"] != last["metadata"]["uid"]


@pytest.mark.parametrize(("severity", "number"), [("informational", 1), ("low", 2), ("medium", 3), ("critical", 5)])
def test_severities_are_those_of_ocsf(severity: str, number: int) -> None:
    assert detection_finding(told("new", finding(severity=severity)), "1")["severity_id"] == number


def test_lines_go_to_a_file(tmp_path: Path) -> None:
    path = tmp_path / "ocsf.ndjson"
    delivery = Delivery((Entry("a", told("new")), Entry("b", told("resolved"))), (), START, HOUR)
    assert Ocsf("ocsf", path, "1").deliver(delivery).delivered == {"a", "b"}
    assert [json.loads(line)["class_uid"] for line in path.read_text("utf-8").splitlines()] == [2004, 2004]
    assert str(tmp_path) in Ocsf("ocsf", tmp_path, "1").deliver(delivery).fault


@pytest.mark.parametrize("severity", ["informational", "low", "medium", "high", "critical"])
def test_every_finding_keeps_to_the_schema(severity: str) -> None:
    for kind in ("new", "resolved"):
        document = told(kind, finding(severity=severity), url="https://logs.example.com/report.html")
        for hit in ([["192.0.2.7", 3]], [["2001:db8::7", 3]], [["db1.example.com", 3]], []):
            document["finding"]["hit"]["clients"] = hit
            assert faults(detection_finding(document, "1.2.3")) == []
        for confidence in ("low", "medium", "high", ""):
            document["finding"]["confidence"] = confidence
            assert faults(detection_finding(document, "1.2.3")) == []


def test_what_tells_of_several_incidents_or_of_none_keeps_to_the_schema_too() -> None:
    (notice,) = gate([finding()], [page(finding().id)], Memory(), seen=seen(START), now=START, quiet=Quiet()).notices
    for document in (marked_test(START), summary([notice] * 3, {notice.incident.id: told("new")}, START)):
        assert faults(detection_finding(document, "1.2.3")) == []


def test_the_schema_refuses_what_ocsf_does_not_know() -> None:
    good = detection_finding(told("new"), "1.2.3")
    for broken in (
        {"activity_id": 4},
        {"type_uid": 2004},
        {"severity": "High-ish"},
        {"time": "2026-03-12T06:00:00Z"},
        {"colour": "red"},
        {"finding_info": {"title": "no uid"}},
        {"observables": [{"name": "src_endpoint.ip", "type_id": 2, "type": "IP Address", "value": "192.0.2.7"}]},
    ):
        assert faults({**good, **broken}), broken
