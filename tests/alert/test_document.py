"""What every sink is given."""

import json
from dataclasses import replace

from logscan.alert.document import SCHEMA, described, document, marked_test, summary
from logscan.alert.incident import Notice
from tests.alert.documents import WORDS, told
from tests.alert.made import DAY, START, finding
from tests.alert.test_membership import begun

(INCIDENT,) = begun(finding("a")).values()


def test_a_document_is_plain_json_that_says_what_it_is() -> None:
    found = told("new", url="https://reports.example.com/latest.html")
    assert json.loads(json.dumps(found)) == found
    assert (found["schema"], found["kind"], found["severity"]) == (SCHEMA, "new", "high")
    assert found["incident"]["group"] == {"cause": "token_expired"}
    assert found["finding"]["hit"]["clients"] == [["192.0.2.7", 12]]
    assert found["title"] == "[high] New: Token has expired, client 192.0.2.7"


def test_one_that_is_over_keeps_what_it_was_about() -> None:
    found = told("resolved")
    assert (found["kind"], found["incident"]["over"], found["finding"]["cause"]) == ("resolved", True, "token_expired")
    assert found["incident"]["id"] == told("new")["incident"]["id"]
    assert found["id"] != told("new")["id"]


def test_lists_are_cut() -> None:
    many = {**WORDS, "clients": [[f"192.0.2.{k}", 1] for k in range(99)]}
    assert len(described(finding(), many)["hit"]["clients"]) == 5


def test_numbers_that_json_has_no_word_for_are_left_out() -> None:
    assert described(finding(period_s=float("inf"), rate_before=float("nan")), WORDS)["period_s"] is None
    assert json.dumps(described(finding(rate_before=float("nan")), WORDS), allow_nan=False)


def test_a_summary_names_what_it_stands_for() -> None:
    notice = Notice("x-1", "new", START, INCIDENT)
    known = {INCIDENT.id: document(notice, described(finding(), WORDS))}
    found = summary([notice, notice], known, START)
    assert (found["kind"], len(found["summary"])) == ("summary", 2)
    assert found["summary"][0]["title"] == "[high] New: Token has expired, client 192.0.2.7"
    assert found["title"] == "[high] Summary: 2 more notices"
    assert summary([notice], {}, START)["summary"][0]["title"] == "severe_failures"


def test_a_test_says_that_it_is_one() -> None:
    found = marked_test(START)
    assert found["test"] is True
    assert "Test" in found["title"]
    assert "Nothing is wrong" in found["text"]
    assert marked_test(START + DAY)["id"] != found["id"]


def test_what_is_to_come_says_when() -> None:
    due = replace(INCIDENT, due=START + DAY, within_s=3600.0)
    found = document(Notice("x-1", "expiring", START, due), described(finding(), WORDS))
    assert found["incident"]["due"] == "2026-03-13T06:00:00Z"
    assert found["title"].endswith("2026-03-13 06:00:00 UTC")
