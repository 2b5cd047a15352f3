"""The contract logscan.findings/1."""

import json
import math
import random
from dataclasses import replace
from typing import Any

import pytest

from logscan.report.json import findings_json, findings_ndjson
from tests.report.scans import empty, finding, typical

FINDING = [
    "id", "cause", "family", "confidence", "severity", "pattern", "period_s", "state", "scope", "first_seen", "last_seen", "onset", "counts",
    "rate", "alternatives", "rules", "evidence", "playbook", "missing_evidence", "next_expected",
]  # fmt: skip


def test_the_document(golden: Any) -> None:
    golden("report/findings.json", findings_json(typical()))


def test_the_lines(golden: Any) -> None:
    golden("report/findings.ndjson", findings_ndjson(typical()))


def test_keys_stand_in_the_order_of_the_contract() -> None:
    document = json.loads(findings_json(typical()))
    assert list(document) == ["schema", "inputs", "summary", "findings"]
    keys = ["path", "dataset", "bytes", "sha256", "lines", "events", "rejects", "first", "last", "timezone"]
    assert {tuple(source) for source in document["inputs"]} == {tuple(keys), (*keys, "notes")}
    assert list(document["summary"]) == ["lines", "events", "rejects", "auth_failures", "by_cause"]
    assert {tuple(found)[: len(FINDING)] for found in document["findings"]} == {tuple(FINDING)}
    first = document["findings"][0]
    assert list(first["scope"]) == ["level", "values"]
    assert list(first["onset"]) == ["after", "before"]
    assert list(first["counts"]) == ["events", "episodes", "clients", "users", "endpoints"]
    assert list(first["rate"]) == ["before", "during"]
    assert list(first["evidence"][0]) == ["path", "line", "offset", "text"]


def test_the_same_findings_in_another_order_give_the_same_bytes() -> None:
    scan = typical()
    mixed = list(scan.findings)
    random.Random(7).shuffle(mixed)  # noqa: S311
    again = replace(scan, findings=tuple(mixed), by_cause=dict(reversed(list(scan.by_cause.items()))))
    assert findings_json(again) == findings_json(scan)
    assert findings_ndjson(again) == findings_ndjson(scan)


def test_findings_stand_worst_first_then_oldest_and_untimed_last() -> None:
    made = [
        finding(id="c", severity="low"),
        finding(id="b", severity="critical", first_seen=None),
        finding(id="a", severity="critical"),
    ]
    document = json.loads(findings_json(empty(findings=tuple(made))))
    assert [found["id"] for found in document["findings"]] == ["a", "b", "c"]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_json_lacks_is_null(value: float) -> None:
    found = json.loads(findings_json(empty(findings=(finding(period_s=value, rate_before=value),))))["findings"][0]
    assert found["period_s"] is None
    assert found["rate"]["before"] is None


def test_an_interrupted_reading_is_marked_and_a_whole_one_is_not() -> None:
    assert json.loads(findings_json(empty(partial=True)))["partial"] is True
    assert "partial" not in json.loads(findings_json(empty()))


def test_lines_leave_out_what_has_no_value() -> None:
    line = json.loads(findings_ndjson(empty(findings=(finding(period_s=None, playbook=""),))))
    assert "period_s" not in line
    assert "playbook" not in line
    assert line["cause"] == "token_expired"
