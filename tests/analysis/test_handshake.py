"""What is answered at once is no failure; what runs out is."""

import random
from dataclasses import replace

import pytest

from tests.analysis.simulate import HOUR, Request, bad, crowd, findings, steady

END = 6 * HOUR
CROWD = crowd(6, END, 120)


def causes(requests: list[Request]) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in findings([*CROWD, *requests]):
        found[each.cause] = found.get(each.cause, 0) + each.counts.events
    return found


def answered(requests: list[Request], after: float = 0.1, times: int = 1) -> list[Request]:
    return [
        one
        for each in requests
        for one in (
            *(bad(replace(each, at=(each.at or 0) + 0.01 * n)) for n in range(times)),
            replace(each, at=(each.at or 0) + after),
        )
    ]


@pytest.mark.parametrize("times", [1, 2])
def test_each_request_is_challenged(times: int) -> None:
    assert set(causes(answered(steady("192.0.2.50", END, 300), times=times))) == {"challenge_handshake"}


def test_each_connection_is_challenged() -> None:
    requests = steady("192.0.2.50", END, 20)
    opened = random.Random(5).sample(requests, 25)  # noqa: S311
    assert set(causes([*requests, *answered(opened)])) == {"challenge_handshake"}


def test_many_clients_with_one_challenge_each() -> None:
    requests = [
        each
        for n in range(30)
        for asked in [steady(f"203.0.113.{n}", 100.0 * n + 40, 10, start=100.0 * n)]
        for each in [*answered(asked[:1]), *asked[1:]]
    ]
    assert set(causes(requests)) == {"challenge_handshake"}


def test_a_slow_answer_is_a_person_who_types() -> None:
    assert set(causes(answered(steady("192.0.2.50", END, 1000), after=9))) == {"unclassified"}


def test_fails_that_are_seldom_answered_are_failures() -> None:
    requests = steady("192.0.2.50", END, 60)
    assert "challenge_handshake" not in causes(
        [*answered(requests[::10]), *map(bad, requests[1::10]), *map(bad, requests[2::10])]
    )


def test_an_expiry_that_is_renewed_at_once_is_no_handshake() -> None:
    requests = [
        *steady("192.0.2.50", END, 60),
        *answered([Request(1000 + 1800.0 * n, "192.0.2.50") for n in range(11)]),
    ]
    assert set(causes(requests)) == {"token_expired"}


def test_one_refusal_among_many_successes_is_not_explained_away() -> None:
    assert set(causes([*steady("192.0.2.50", END, 60), *answered([Request(5000, "192.0.2.50")])])) == {"unclassified"}


def test_text_is_left_alone() -> None:
    told = [
        replace(each, cause="token_expired", confidence="high") for each in answered(steady("192.0.2.50", END, 300))
    ]
    assert set(causes(told)) == {"token_expired"}
