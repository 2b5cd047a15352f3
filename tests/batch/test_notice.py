"""One call after each evaluation: remembered and put out in one step, delivered at least once, always as the same."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from sqlite3 import Connection
from typing import Any

import pytest

from logscan.alert.silence import Silence
from logscan.batch import notice, outbox
from logscan.batch.memory import add_silence, read_memory
from logscan.batch.notice import coverage, lasts, notify
from logscan.batch.state import open_state, transaction
from logscan.model.finding import Finding
from tests.alert.made import DAY, HOUR, MINUTE, START, finding
from tests.batch.alerting import Kept, alerting, answer


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Connection]:
    found = open_state(tmp_path / "state.db")
    yield found
    found.close()


def going(minutes: float, **changes: Any) -> Finding:
    return finding(last_seen=START + minutes * MINUTE, **changes)


def at(minutes: float) -> datetime:
    return START + minutes * MINUTE


def test_told_when_it_begins_and_when_it_is_over(state: Connection) -> None:
    sink = Kept()
    told = notify(state, answer(at(5), going(5)), alerting(sink), at(5))
    assert (told.kinds, told.active, told.faults) == ({"new": 1}, 1, ())
    assert notify(state, answer(at(10), going(10)), alerting(sink), at(10)).kinds == {}
    assert notify(state, answer(at(60), going(11, state="resolved")), alerting(sink), at(60)).active == 0
    assert sink.kinds == ["new", "resolved"]
    assert len({each["incident"]["id"] for each in sink.got}) == 1
    assert sink.got[0]["title"] == "[high] New: Token has expired, client 192.0.2.7"


def test_a_finding_that_is_gone_is_told_by_what_was_known_of_it(state: Connection) -> None:
    sink = Kept()
    notify(state, answer(at(5), going(5)), alerting(sink), at(5))
    notify(state, answer(at(60)), alerting(sink), at(60))
    assert sink.kinds == ["new", "resolved"]
    assert sink.got[1]["finding"]["title"] == "Token has expired"


def test_with_nothing_new_read_what_waits_is_delivered(state: Connection) -> None:
    sink = Kept(fault="down")
    told = notify(state, answer(at(5), going(5)), alerting(sink), at(5))
    assert told.faults == ("kept: down",)
    assert [each.waiting for each in told.left] == [1]
    sink.fault = ""
    told = notify(state, None, alerting(sink), at(10))
    assert (sink.kinds, told.kinds, told.left) == (["new"], {}, ())


def test_sinks_get_what_is_loud_enough_for_them(state: Connection) -> None:
    loud, quiet = Kept("loud", level="critical"), Kept("quiet", level="low")
    notify(state, answer(at(5), going(5)), alerting(loud, quiet), at(5))
    notify(state, answer(at(10), going(10, severity="critical")), alerting(loud, quiet), at(10))
    assert (loud.kinds, quiet.kinds) == (["new"], ["new", "changed"])


def test_a_sink_that_shows_a_state_is_given_what_goes_on(state: Connection) -> None:
    sink = Kept(shows_state=True)
    notify(state, answer(at(5), going(5)), alerting(sink), at(5))
    later = notify(state, answer(at(10), going(10, endpoints=(("/new", 3),))), alerting(sink), at(10))
    assert (later.kinds, len(sink.live)) == ({}, 1)
    assert sink.live[0]["incident"]["last_seen"] == "2026-03-12T06:10:00Z"
    assert sink.live[0]["finding"]["hit"]["endpoints"] == [["/new", 3]]
    notify(state, answer(at(60)), alerting(sink), at(60))
    assert sink.live == []


def test_people_get_a_summary_of_what_is_too_much_and_machines_all_of_it(state: Connection) -> None:
    many = [finding(f"f{k}", cause=f"cause_{k}", family=f"family_{k}", last_seen=at(5)) for k in range(6)]
    person, machine = Kept("person", for_people=True), Kept("machine")
    notify(state, answer(at(5), *many), alerting(person, machine, rate=3), at(5))
    assert person.kinds == ["new", "new", "summary"]
    assert machine.kinds == ["new"] * 6
    assert len(person.got[2]["summary"]) == 4


def test_silences_of_settings_and_of_the_command_hold(state: Connection) -> None:
    sink = Kept()
    known = replace(alerting(sink), silences=(Silence(cause="token_*"),))
    told = notify(state, answer(at(5), going(5)), known, at(5))
    assert (told.kinds, told.silenced) == ({}, 1)
    (incident,) = read_memory(state).incidents
    with transaction(state):
        add_silence(state, {"incident": incident, "until": "2026-03-12T07:00:00Z", "reason": "known"})
    assert notify(state, answer(at(10), going(10)), alerting(sink), at(10)).kinds == {}
    assert notify(state, answer(at(60), going(60)), alerting(sink), at(60)).kinds == {"new": 1}


def test_what_is_to_come_is_told(state: Connection) -> None:
    sink = Kept()
    monthly: dict[str, Any] = {"pattern": "long_cycle", "period_s": 30 * 86400.0, "severity": "medium"}
    coming = finding(next_expected=START + 20 * HOUR, last_seen=at(5), **monthly)
    told = notify(state, answer(at(5), coming), alerting(sink), at(5))
    assert told.kinds["expiring"] == 1
    notify(state, answer(at(10), coming), alerting(sink), at(10))
    assert sink.kinds.count("expiring") == 1


def test_traffic_is_what_succeeded() -> None:
    found = coverage(answer(at(60)).scan)
    assert (found.until, found.traffic, found.whole) == (at(60), at(60), True)
    assert not coverage(answer(at(60), partial=True).scan).whole
    assert not coverage(answer(at(60)).scan, whole=False).whole


def test_what_is_said_is_believed_for_some_runs() -> None:
    assert lasts([]) == lasts([START]) > DAY
    assert lasts([START, START + MINUTE]) == 15 * MINUTE
    assert lasts([START, START + DAY]) == 3 * DAY


class CrashError(BaseException):
    """Stands for kill -9: nothing below may catch it."""


STEPS: tuple[tuple[Any, str], ...] = (
    (notice, "correlate"),
    (notice, "read_memory"),
    (notice, "gate"),
    (notice, "_documents"),
    (notice, "write_memory"),
    (outbox, "put"),
    (outbox, "forget"),
    (notice, "live_documents"),
    (outbox, "drain"),
    (outbox, "_due"),
    (outbox, "_note"),
    (Kept, "deliver"),
)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("place", "name"), STEPS, ids=[name for _, name in STEPS])
def test_killed_between_any_two_steps_nothing_is_lost_or_renamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: Any, name: str, when: str
) -> None:
    sink = Kept()
    calls = [(5, [going(5)]), (10, [going(10, severity="critical")]), (60, [going(11, state="resolved")])]
    for minutes, found in calls:
        whole: Callable[..., Any] = getattr(place, name)

        def crash(*args: Any, whole: Callable[..., Any] = whole, **more: Any) -> Any:
            if when == "after":
                whole(*args, **more)
            raise CrashError

        state = open_state(tmp_path / "state.db")
        with monkeypatch.context() as here:
            here.setattr(place, name, crash)
            with pytest.raises(CrashError):
                notify(state, answer(at(minutes), *found), alerting(sink), at(minutes))
        state.close()
        state = open_state(tmp_path / "state.db")
        notify(state, answer(at(minutes), *found), alerting(sink), at(minutes))
        assert outbox.left(state) == []
        state.close()
    ids = [each["id"] for each in sink.got]
    assert [each.rpartition("-")[2] for each in dict.fromkeys(ids)] == ["1", "2", "3"]
    assert list(dict.fromkeys(sink.kinds)) == ["new", "changed", "resolved"]
    assert len({each["incident"]["id"] for each in sink.got}) == 1


def test_two_weeks_of_runs_leave_a_small_state(tmp_path: Path) -> None:
    state = open_state(tmp_path / "state.db")
    sink = Kept()
    sizes = []
    for run in range(14 * 8):
        now = START + run * 3 * HOUR
        begun = START + (run // 4) * 12 * HOUR
        state_ = "open" if run % 4 < 2 else "resolved"
        here = finding(f"f{run // 4}", first_seen=begun, last_seen=min(now, begun + 4 * HOUR), state=state_)
        notify(state, answer(now, here), alerting(sink, keep=2 * DAY), now)
        sizes.append(state.execute("SELECT count(*), sum(length(document)) FROM incidents").fetchone())
    assert max(count for count, _ in sizes[20:]) <= 6
    assert sink.kinds.count("new") == sink.kinds.count("resolved") == 28
    assert len({each["id"] for each in sink.got}) == len(sink.got)
    state.close()
