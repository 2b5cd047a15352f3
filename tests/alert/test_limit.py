"""Never more messages than people can read."""

from dataclasses import replace

from logscan.alert.incident import Memory, Notice
from logscan.alert.limit import limited, summary_id
from logscan.alert.membership import assign
from tests.alert.made import HOUR, MINUTE, START, finding, page
from tests.alert.test_membership import members


def notices(count: int, kind: str = "new") -> tuple[list[Notice], Memory]:
    found = [finding(f"f{k}") for k in range(count)]
    made = assign(members(*found), [page(each.id, rule=f"r{each.id}") for each in found], {})
    told = [Notice(f"{each.id}-1", kind, START, each) for each in sorted(made.values(), key=lambda one: one.rule)]
    return told, Memory(incidents=made)


def test_few_are_told_one_by_one() -> None:
    told, memory = notices(3)
    alone, after, summary = limited(told, memory, now=START, rate=3, within=HOUR)
    assert [each.held for each in alone] == [False] * 3
    assert (len(after.sent), after.held, summary) == (3, {}, ())


def test_too_many_are_the_first_of_them_and_a_summary() -> None:
    told, memory = notices(5)
    alone, after, summary = limited(told, memory, now=START, rate=3, within=HOUR)
    assert [each.held for each in alone] == [False, False, True, True, True]
    assert {each.incident.id for each in summary} == {each.incident.id for each in told[2:]}
    assert (len(after.sent), after.held) == (3, {})


def test_without_room_they_wait_and_are_told_once_there_is() -> None:
    told, memory = notices(2)
    full = replace(memory, sent=(START,) * 3)
    alone, waiting, summary = limited(told, full, now=START + MINUTE, rate=3, within=HOUR)
    assert all(each.held for each in alone)
    assert (summary, len(waiting.held)) == ((), 2)
    _, after, later = limited([], waiting, now=START + HOUR, rate=3, within=HOUR)
    assert {each.incident.id for each in later} == set(memory.incidents)
    assert (after.held, len(after.sent)) == ({}, 1)


def test_what_begins_and_ends_while_it_waits_is_told_as_begun_and_over() -> None:
    told, memory = notices(1)
    full = replace(memory, sent=(START,))
    _, waiting, _ = limited(told, full, now=START + MINUTE, rate=1, within=HOUR)
    _, still, _ = limited([replace(told[0], kind="resolved")], waiting, now=START + 2 * MINUTE, rate=1, within=HOUR)
    assert list(still.held.values()) == ["new"]


def test_what_is_forgotten_while_it_waits_is_in_no_summary() -> None:
    _, after, summary = limited([], Memory(held={"gone": "new"}), now=START, rate=1, within=HOUR)
    assert (summary, after.held) == ((), {})


def test_the_same_summary_has_the_same_id() -> None:
    told, _ = notices(3)
    assert summary_id(told) == summary_id(list(told))
    assert summary_id(told) != summary_id(told[1:])
