"""What is not told for a while."""

from typing import Any

import pytest

from logscan.alert.silence import Silence, of_state, silences
from tests.alert.made import HOUR, MINUTE, START, finding
from tests.alert.test_membership import begun

(INCIDENT,) = begun(finding("a", scope="client:192.0.2.7")).values()
(TWO,) = begun(finding("a", scope="client:192.0.2.7"), finding("b", scope="client:198.51.100.1")).values()


@pytest.mark.parametrize(
    ("asked", "holds"),
    [
        ({}, True),
        ({"incident": INCIDENT.id}, True),
        ({"incident": "0"}, False),
        ({"cause": "token_*"}, True),
        ({"cause": "api_*"}, False),
        ({"rule": "severe_failures", "cause": "token_expired"}, True),
        ({"rule": "severe_failures", "cause": "other"}, False),
        ({"scope": "192.0.2.*"}, True),
        ({"scope": "192.0.3.*"}, False),
    ],
)
def test_all_that_is_given_must_hold(asked: dict[str, Any], holds: bool) -> None:
    assert Silence(**asked).holds(INCIDENT, START) is holds


def test_an_incident_that_also_hits_others_is_not_silenced_by_a_scope() -> None:
    assert not Silence(scope="192.0.2.*").holds(TWO, START)


def test_it_holds_for_its_time_alone() -> None:
    silence = Silence(since=START, until=START + HOUR)
    times = (START - MINUTE, START, START + 59 * MINUTE, START + HOUR)
    assert [silence.holds(INCIDENT, when) for when in times] == [False, True, True, False]


def test_any_of_several_is_enough() -> None:
    assert silences([Silence(cause="x"), Silence(cause="token_expired")], START)(INCIDENT)
    assert not silences([], START)(INCIDENT)


def test_as_the_command_keeps_it() -> None:
    told = {"incident": "ab", "until": "2026-03-12T07:00:00Z", "reason": "known", "id": 3}
    assert of_state(told) == Silence(incident="ab", until=START + HOUR, reason="known")
    assert of_state({"incident": "ab", "until": ""}).until is None
