"""What is to come is told before it happens, once for each time."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from logscan.alert.expiry import expected, next_time
from logscan.alert.incident import Incident
from logscan.model.finding import Facts, Finding
from tests.alert.made import DAY, HOUR, MINUTE, START, finding, page


def coming(when: datetime | None, **changes: Any) -> Finding:
    return finding(next_expected=when, period_s=30 * 86400.0, next_within_s=3600.0, **changes)


class Watch:
    def __init__(self) -> None:
        self.known: Mapping[str, Incident] = {}
        self.silent = False

    def at(self, now: datetime, found: Finding, lead: timedelta = DAY) -> list[datetime | None]:
        pages = [page(found.id, tells="expiry")]
        self.known, told = expected([found], pages, self.known, now=now, lead=lead, silenced=lambda _: self.silent)
        assert all(notice.kind == "expiring" for notice in told)
        return [notice.incident.due for notice in told]


def test_told_once_no_earlier_than_the_lead() -> None:
    watch, when = Watch(), START + 3 * DAY
    assert watch.at(START, coming(when)) == []
    assert watch.at(START + 2 * DAY, coming(when)) == [when]
    for hour in range(1, 24):
        assert watch.at(START + 2 * DAY + hour * HOUR, coming(when)) == []


def test_a_time_that_moves_within_its_doubt_is_the_same() -> None:
    watch, when = Watch(), START + 12 * HOUR
    assert watch.at(START, coming(when)) == [when]
    assert watch.at(START + HOUR, coming(when + 50 * MINUTE)) == []
    assert watch.at(START + HOUR, coming(when + 2 * HOUR)) == [when + 2 * HOUR]


def test_the_next_of_a_short_period_is_another() -> None:
    watch = Watch()
    hourly: dict[str, Any] = {"period_s": 3600.0, "next_within_s": 7200.0}
    told = [
        watch.at(START + k * HOUR, finding(next_expected=START + (k + 1) * HOUR, **hourly), lead=2 * HOUR)
        for k in range(4)
    ]
    assert all(len(each) == 1 for each in told)


def test_each_time_has_a_notice_of_its_own_under_one_identity() -> None:
    watch = Watch()
    for month in range(3):
        when = START + (month + 1) * 30 * DAY
        assert watch.at(when - DAY, coming(when)) == [when]
    (incident,) = watch.known.values()
    assert incident.serial == 3


def test_when_it_has_come_it_is_over() -> None:
    watch, when = Watch(), START + 12 * HOUR
    watch.at(START, coming(when))
    watch.at(when, coming(None))
    assert [each.status for each in watch.known.values()] == ["resolved"]


def test_what_is_past_is_not_told() -> None:
    assert Watch().at(START, coming(START - MINUTE)) == []
    assert Watch().at(START, coming(START)) == []


def test_silenced_it_is_told_once_the_silence_ends() -> None:
    watch, when = Watch(), START + 12 * HOUR
    watch.silent = True
    assert watch.at(START, coming(when)) == []
    watch.silent = False
    assert watch.at(START + HOUR, coming(when)) == [when]


@pytest.mark.parametrize(
    ("expected_at", "expires", "next_"), [(2, 1, 1), (1, 2, 1), (None, 1, 1), (-1, 2, 2), (-1, -1, None)]
)
def test_the_nearer_of_what_comes_back_and_what_runs_out(
    expected_at: int | None, expires: int, next_: int | None
) -> None:
    found = finding(
        next_expected=START + expected_at * DAY if expected_at else None, facts=Facts(expires=START + expires * DAY)
    )
    assert next_time(found, START) == (START + next_ * DAY if next_ else None)


def test_only_what_a_rule_asks_for_is_told() -> None:
    assert expected([coming(START + HOUR)], [page("a1")], {}, now=START, lead=DAY, silenced=lambda _: False) == ({}, [])
