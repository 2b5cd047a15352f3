"""What is still to be delivered is delivered, at least once and in order."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from sqlite3 import Connection

import pytest

from logscan.alert.sinks.sink import Delivery, Outcome
from logscan.batch import outbox
from logscan.batch.state import open_state, transaction
from tests.alert.made import DAY, HOUR, MINUTE, START


@dataclass
class Fake:
    """Takes what `answer` says; keeps what it was handed."""

    name: str = "one"
    level: str = "low"
    shows_state: bool = False
    for_people: bool = False
    handed: list[list[str]] = field(default_factory=list)
    answer: Outcome | None = None

    def deliver(self, delivery: Delivery) -> Outcome:
        self.handed.append([entry.notice for entry in delivery.pending])
        return self.answer or Outcome(frozenset(entry.notice for entry in delivery.pending))


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Connection]:
    found = open_state(tmp_path / "state.db")
    yield found
    found.close()


def put(state: Connection, *names: str, sink: str = "one") -> None:
    with transaction(state):
        for at, name in enumerate(names):
            outbox.put(state, sink, {"id": name}, START + at * timedelta(seconds=1))


def drain(state: Connection, *sinks: Fake, now: datetime = START + MINUTE) -> dict[str, Outcome]:
    return outbox.drain(state, sinks, lambda _: Delivery((), (), now, HOUR), now)


def test_what_is_delivered_leaves_and_is_not_handed_over_again(state: Connection) -> None:
    put(state, "b", "a")
    sink = Fake()
    drain(state, sink)
    drain(state, sink)
    assert sink.handed == [["b", "a"]]
    assert outbox.left(state) == []


def test_the_same_notice_stands_there_once(state: Connection) -> None:
    put(state, "a")
    put(state, "a")
    assert outbox.left(state)[0].waiting == 1


def test_what_was_not_taken_waits_longer_each_time(state: Connection) -> None:
    put(state, "a")
    sink = Fake(answer=Outcome(fault="it is down"))
    times = []
    for minute in range(300):
        count = len(sink.handed)
        drain(state, sink, now=START + minute * MINUTE)
        times += [minute] if len(sink.handed) > count else []
    assert times[:5] == [0, 1, 3, 7, 15]
    assert max(high - low for low, high in pairwise(times)) <= 60
    assert outbox.left(state)[0].fault == "it is down"


def test_who_asks_to_be_left_alone_is(state: Connection) -> None:
    put(state, "a")
    sink = Fake(answer=Outcome(fault="slow down", wait=timedelta(minutes=30)))
    drain(state, sink, now=START)
    drain(state, sink, now=START + 29 * MINUTE)
    assert len(sink.handed) == 1
    drain(state, sink, now=START + 30 * MINUTE)
    assert len(sink.handed) == 2


def test_what_is_refused_is_kept_in_sight_and_not_tried_again(state: Connection) -> None:
    put(state, "a", "b")
    sink = Fake(answer=Outcome(frozenset({"b"}), {"a": "no such field"}))
    drain(state, sink)
    drain(state, sink, now=START + DAY)
    assert sink.handed == [["a", "b"]]
    (left,) = outbox.left(state)
    assert (left.waiting, left.refused, left.fault, left.oldest) == (0, 1, "no such field", None)


def test_one_sink_that_is_down_holds_no_other_up(state: Connection) -> None:
    put(state, "a")
    put(state, "a", sink="two")
    down, up = Fake(answer=Outcome(fault="down")), Fake("two")
    drain(state, down, up)
    assert up.handed == [["a"]]
    assert [each.sink for each in outbox.left(state)] == ["one"]


def test_a_sink_that_shows_a_state_is_asked_even_with_nothing_new(state: Connection) -> None:
    sink = Fake(shows_state=True)
    drain(state, sink)
    assert sink.handed == [[]]


def test_what_nobody_took_for_long_and_what_is_for_nobody_is_dropped(state: Connection) -> None:
    put(state, "a")
    put(state, "a", sink="gone")
    with transaction(state):
        outbox.forget(state, ["one"], START + DAY)
    assert [each.sink for each in outbox.left(state)] == ["one"]
    with transaction(state):
        outbox.forget(state, ["one"], START + 15 * DAY)
    assert outbox.left(state) == []
