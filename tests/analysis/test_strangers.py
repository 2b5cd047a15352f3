"""An attack while everybody is refused is told beside it, and who is merely hit is taken for no attacker."""

import random
from dataclasses import replace

import pytest

from logscan.model.finding import Finding
from tests.analysis.simulate import HOUR, Request, bad, crowd, failing, findings, steady

_CROWD = crowd(12, 6 * HOUR, 150)
_OUTAGE = failing(_CROWD, 3 * HOUR, 4 * HOUR)
_BEGINS = 3.2 * HOUR


def _try(at: float, client: str, user: str | None, agent: str = "bot/1", endpoint: str = "/login") -> Request:
    return bad(Request(at, client, endpoint, user=user, method="POST", agent=agent))


def _attack(kind: str) -> list[Request]:
    dice, one = random.Random(kind), "203.0.113.7"  # noqa: S311
    every = [_BEGINS + 3 * nth + dice.random() for nth in range(150)]
    chance = sorted(_BEGINS + 600 * dice.random() for _ in range(150))
    return {
        "spraying": [_try(at, one, f"u{nth}") for nth, at in enumerate(every)],
        "spraying at the crowd's route": [_try(at, one, f"u{nth}", endpoint="/api/orders") for nth, at in enumerate(every)],
        "stuffing": [_try(at, f"203.0.{nth % 8}.7", f"u{nth}", f"a{nth % 5}") for nth, at in enumerate(every)],
        "many sources": [_try(at, f"203.{nth % 75}.1.7", f"u{nth}", f"a{nth % 5}") for nth, at in enumerate(every)],
        "one name": [_try(at, one, "admin") for at in chance],
        "one name from everywhere": [_try(at, f"203.{nth % 40}.1.7", "admin", f"a{nth % 5}") for nth, at in enumerate(chance)],
        "no names": [_try(at, one, None) for at in chance],
        "before and after it": [_try(2.8 * HOUR + 6 * nth + dice.random(), one, f"u{nth}") for nth in range(900)],
    }[kind]  # fmt: skip


def _told(requests: list[Request]) -> dict[str, Finding]:
    found = findings(requests)
    assert len({each.cause for each in found}) == len(found), found
    return {each.cause: each for each in found}


@pytest.mark.parametrize(
    "kind",
    [
        *("spraying", "spraying at the crowd's route", "stuffing", "many sources", "one name", "no names"),
        *("one name from everywhere", "before and after it"),
    ],
)
def test_an_attack_in_an_outage_is_a_finding_of_its_own(kind: str) -> None:
    attack = _attack(kind)
    told = _told([*_OUTAGE, *attack])
    assert set(told) == {"server_auth_config", "credential_attack"}
    assert told["credential_attack"].counts.events == len(attack)
    assert told["server_auth_config"].counts.events == sum(each.outcome == "auth_failure" for each in _OUTAGE)
    assert told["server_auth_config"].pattern == "sustained_closed"


def test_known_people_tried_by_a_stranger_are_attacked_all_the_same() -> None:
    people = [each for nth in range(60) for each in steady(f"192.0.2.{nth}", 3 * HOUR, 1200, user=f"u{nth}")]
    attack = [replace(each, user=f"u{nth % 60}") for nth, each in enumerate(_attack("spraying"))]
    told = _told([*_OUTAGE, *people, *attack])
    assert told["credential_attack"].counts.events == len(attack)


@pytest.mark.parametrize(
    "hit",
    [
        pytest.param([_try(_BEGINS + 4 * nth, "203.0.113.9", "zoe") for nth in range(8)], id="a new person"),
        pytest.param(
            [
                *steady("192.0.2.44", 3 * HOUR, 60, user="zoe"),
                *(_try(_BEGINS + 5 * nth + nth % 3, "203.0.113.9", "zoe") for nth in range(60)),
            ],
            id="somebody at a new address",
        ),
        pytest.param(
            [
                bad(replace(each, user=f"n{nth % 30}")) if 3 * HOUR <= (each.at or 0) < 4 * HOUR else each
                for nth, each in enumerate(steady("192.0.2.200", 6 * HOUR, 5))
            ],
            id="many people behind one address",
        ),
        pytest.param(
            [
                *(_try(_BEGINS + 20.0 * nth, "203.0.113.9", "svc", endpoint="/api/orders") for nth in range(120)),
                *steady("203.0.113.9", 6 * HOUR, 20, start=4.1 * HOUR),
            ],
            id="a job that was started in it",
        ),
    ],
)
def test_who_is_merely_hit_is_no_attacker(hit: list[Request]) -> None:
    assert "credential_attack" not in {each.cause for each in findings([*_OUTAGE, *hit])}
