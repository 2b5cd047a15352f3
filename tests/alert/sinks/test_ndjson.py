"""A file of ECS documents."""

import json
from datetime import datetime
from pathlib import Path

from logscan.alert.sinks.ndjson import Ndjson, ecs
from logscan.alert.sinks.sink import Delivery, Entry
from tests.alert.documents import told
from tests.alert.made import HOUR, START


def test_a_line_is_an_ecs_document(tmp_path: Path) -> None:
    path = tmp_path / "alerts.ndjson"
    entries = tuple(Entry(each["id"], each) for each in (told("new"), told("resolved")))
    outcome = Ndjson("file", path).deliver(Delivery(entries, (), START, HOUR))
    assert outcome.delivered == {each.notice for each in entries}
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [line["event"]["action"] for line in lines] == ["incident-new", "incident-resolved"]
    assert [line["event"]["type"] for line in lines] == [["start"], ["end"]]
    first = lines[0]
    assert first["event"]["kind"] == "alert"
    assert first["@timestamp"] == first["logscan"]["at"] if "at" in first["logscan"] else True
    assert first["rule"] == {"name": "severe_failures", "category": "token_expired", "ruleset": "logscan"}
    assert first["related"]["ip"] == ["192.0.2.7"]


def test_types_are_those_of_ecs() -> None:
    found = ecs(told("new"))
    assert isinstance(found["event"]["severity"], int)
    assert isinstance(found["event"]["category"], list)
    assert None not in found["event"].values()


def test_a_file_that_cannot_be_written_is_told_and_nothing_counts_as_delivered(tmp_path: Path) -> None:
    outcome = Ndjson("file", tmp_path).deliver(Delivery((Entry("a", told("new")),), (), START, HOUR))
    assert outcome.delivered == frozenset()
    assert str(tmp_path) in outcome.fault


def test_what_ecs_types_as_an_address_is_one() -> None:
    document = told("new")
    document["finding"]["hit"]["clients"] = [["192.0.2.7", 3], ["db1.example.com", 2], ["2001:db8::1", 1]]
    assert ecs(document)["related"] == {
        "ip": ["192.0.2.7", "2001:db8::1"],
        "hosts": ["db1.example.com"],
        "user": ["ada"],
    }


def test_the_words_of_events_are_those_that_ecs_allows() -> None:
    """https://www.elastic.co/guide/en/ecs/8.17/ecs-allowed-values-event-category.html"""
    for kind in ("new", "ongoing", "changed", "silent", "resolved", "expiring"):
        event = ecs({**told("new"), "kind": kind})["event"]
        assert (event["kind"], event["category"], event["outcome"]) == ("alert", ["authentication"], "failure")
        assert set(event["type"]) <= {"start", "end", "info"}
        assert datetime.fromisoformat(event["start"]) <= datetime.fromisoformat(event["end"])
