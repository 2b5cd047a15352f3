"""What the gate remembers survives the process."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from sqlite3 import Connection

import pytest

from logscan.alert.incident import RESOLVED, Memory
from logscan.batch.memory import (
    add_silence,
    change_incident,
    end_silences,
    live_documents,
    read_documents,
    read_memory,
    read_silences,
    write_memory,
)
from logscan.batch.state import open_state, transaction
from tests.alert.made import HOUR, START, finding
from tests.alert.test_membership import begun
from tests.alert.test_message import TOLD

(INCIDENT,) = begun(finding("a")).values()
TOLD_OF = replace(INCIDENT, told=TOLD)
MEMORY = Memory({INCIDENT.id: TOLD_OF}, (START,), (START, START + HOUR), {INCIDENT.id: "new"})


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Connection]:
    found = open_state(tmp_path / "state.db")
    yield found
    found.close()


def write(state: Connection, memory: Memory, documents: dict[str, dict[str, str]] | None = None) -> None:
    with transaction(state):
        write_memory(state, memory, documents or {})


def test_nothing_is_an_empty_memory(state: Connection) -> None:
    assert read_memory(state) == Memory()


def test_what_is_written_is_read(state: Connection) -> None:
    write(state, MEMORY)
    assert read_memory(state) == MEMORY


def test_what_the_memory_lacks_is_gone(state: Connection) -> None:
    write(state, MEMORY, {INCIDENT.id: {"id": "x"}})
    write(state, Memory())
    assert read_memory(state) == Memory()
    assert read_documents(state) == {}


def test_what_did_not_change_is_not_written(state: Connection) -> None:
    write(state, MEMORY)
    before = state.total_changes
    write(state, MEMORY)
    assert state.total_changes - before == 4


def test_the_last_document_stays_until_there_is_a_newer_one(state: Connection) -> None:
    write(state, MEMORY, {INCIDENT.id: {"id": "1"}})
    write(state, MEMORY)
    assert read_documents(state) == {INCIDENT.id: {"id": "1"}}
    assert live_documents(state) == [{"id": "1"}]


def test_only_what_goes_on_and_was_told_is_live(state: Connection) -> None:
    for incident in (replace(TOLD_OF, status=RESOLVED), INCIDENT):
        write(state, replace(MEMORY, incidents={incident.id: incident}), {incident.id: {"id": "1"}})
        assert live_documents(state) == []


def test_one_incident_can_be_changed(state: Connection) -> None:
    write(state, MEMORY)
    with transaction(state):
        change_incident(state, replace(TOLD_OF, acked="ada"))
    assert read_memory(state).incidents[INCIDENT.id].acked == "ada"


def test_silences_end(state: Connection) -> None:
    with transaction(state):
        first = add_silence(state, {"incident": "a", "until": "2026-03-12T07:00:00Z", "reason": ""})
        second = add_silence(state, {"incident": "b", "until": "", "reason": ""})
        end_silences(state, START + HOUR - timedelta(seconds=1))
    assert [each["id"] for each in read_silences(state)] == [first, second]
    with transaction(state):
        end_silences(state, START + HOUR)
    assert [each["incident"] for each in read_silences(state)] == ["b"]
