"""What `logscan alert` shows and changes."""

from collections.abc import Iterator
from pathlib import Path
from sqlite3 import Connection

import pytest

from logscan.alert.sinks.ndjson import Ndjson
from logscan.batch.config import load_config
from logscan.batch.notice import notify
from logscan.batch.state import NAME, open_state
from logscan.batch.trial import find, listed, quieten, standing, try_sinks
from logscan.model.errors import SettingsError
from tests.alert.made import DAY, HOUR, MINUTE, START, finding
from tests.batch.alerting import Kept, alerting, answer


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Connection]:
    found = open_state(tmp_path / "data" / NAME)
    two = [
        finding("a", last_seen=START + 5 * MINUTE),
        finding("b", cause="api_key_invalid", family="x", severity="critical"),
    ]
    notify(found, answer(START + 5 * MINUTE, *two), alerting(Kept("chat", fault="down")), START + 5 * MINUTE)
    yield found
    found.close()


def test_incidents_are_listed_with_what_they_are(state: Connection) -> None:
    rows = listed(state, every=False)
    assert [row["severity"] for row in rows] in (["high", "critical"], ["critical", "high"])
    assert {row["title"] for row in rows} == {"Token has expired", "API key not accepted"}
    assert all(row["told"] == "2026-03-12T06:05:00Z" for row in rows)


def test_what_is_over_is_listed_when_asked_for(state: Connection) -> None:
    notify(state, answer(START + DAY), alerting(Kept("chat")), START + DAY)
    assert listed(state, every=False) == []
    assert [row["status"] for row in listed(state, every=True)] == ["resolved", "resolved"]


def test_what_sinks_have_not_got_is_told(state: Connection) -> None:
    assert standing(state) == ["sink chat: 2 waiting: down"]


def test_an_incident_is_found_by_the_beginning_of_its_id(state: Connection) -> None:
    one, other = (row["incident"] for row in listed(state, every=False))
    assert find(state, one[:8]).id == one
    assert find(state, other).id == other
    for name in ("", "zzz"):
        with pytest.raises(SettingsError, match="there is no incident"):
            find(state, name)


def test_a_silence_stands_in_place_of_the_one_before_and_ends(state: Connection) -> None:
    name = listed(state, every=False)[0]["incident"]
    for hours in (1, 2):
        quieten(state, find(state, name), until=START + hours * HOUR, now=START, reason="a move")
    assert standing(state)[0] == f"{name} is silent until 2026-03-12T08:00:00Z: a move"
    assert len(standing(state)) == 2
    quieten(state, find(state, name), until=START, now=START, reason="")
    assert len(standing(state)) == 1


def test_a_test_goes_through_each_sink_and_is_not_remembered(tmp_path: Path, state: Connection) -> None:
    path = tmp_path / "logscan.toml"
    path.write_text('[[sources]]\npaths = ["x.log"]\n', "utf-8")
    kept, down = Kept("one", shows_state=True), Kept("two", fault="it is down")
    file = Ndjson("file", tmp_path / "out.ndjson")
    before = state.total_changes
    assert try_sinks(load_config(path, {}), [kept, down, file], START) == {"one": "", "two": "it is down", "file": ""}
    assert [each["test"] for each in kept.got] == [True]
    assert len(kept.live) == 2
    assert '"test": true' in (tmp_path / "out.ndjson").read_text("utf-8")
    assert state.total_changes == before
