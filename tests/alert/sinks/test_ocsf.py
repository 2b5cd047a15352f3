"""OCSF Detection Findings."""

import json
from pathlib import Path

import pytest

from logscan.alert.sinks.ocsf import Ocsf, detection_finding
from logscan.alert.sinks.sink import Delivery, Entry
from tests.alert.documents import told
from tests.alert.made import HOUR, START, finding

REQUIRED = ("activity_id", "category_uid", "class_uid", "finding_info", "metadata", "severity_id", "time", "type_uid")


@pytest.mark.parametrize(("kind", "activity", "status"), [("new", 1, 1), ("changed", 2, 2), ("resolved", 3, 4)])
def test_a_finding_is_of_its_class(kind: str, activity: int, status: int) -> None:
    document = told("resolved") if kind == "resolved" else {**told("new"), "kind": kind}
    found = detection_finding(document, "1.2.3")
    assert all(name in found for name in REQUIRED)
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
