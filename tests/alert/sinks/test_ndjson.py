"""A file of ECS documents."""

import json
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
