"""Asking another machine: every wait has an end, and no fault tells a secret."""

from datetime import timedelta
from time import monotonic

import pytest

from logscan.alert.sinks.http import Answer, Poster, host, without
from tests.alert.made import START
from tests.alert.receiver import Receiver, receiving


def post(receiver: Receiver, retries: int = 2, timeout_s: float = 0.3) -> tuple[Answer, list[float]]:
    waits: list[float] = []
    poster = Poster(timeout_s, retries, (receiver.url, "s3cret-path"), waits.append)
    return poster.post(receiver.url, b"{}", {"content-type": "application/json"}, START), waits


def test_what_is_taken_is_asked_once() -> None:
    with receiving(204) as receiver:
        assert post(receiver) == (Answer(ok=True), [])
        assert len(receiver.asked) == 1


def test_a_fault_that_passes_is_asked_again() -> None:
    with receiving(500, 503, 200) as receiver:
        assert post(receiver) == (Answer(ok=True), [0.5, 1.0])


@pytest.mark.parametrize("fault", ["close", "hang", "drip", "endless", 500, 502, 408])
def test_a_receiver_that_stays_broken_is_left_in_bounded_time(fault: object) -> None:
    with receiving(fault) as receiver:
        begun = monotonic()
        answer, waits = post(receiver, retries=1)
        assert monotonic() - begun < 3
    assert not answer.ok
    assert not answer.refused
    assert answer.fault.startswith("http://127.0.0.1")
    assert "s3cret" not in answer.fault
    assert "\x1b" not in answer.fault
    assert len(answer.fault) < 400
    assert waits == [0.5]


@pytest.mark.parametrize("status", [400, 413, 422])
def test_what_is_refused_is_not_asked_again(status: int) -> None:
    with receiving(status) as receiver:
        answer, waits = post(receiver)
        assert (answer.refused, waits, len(receiver.asked)) == (True, [], 1)
        assert f"answers {status}" in answer.fault
        assert "s3cret" not in answer.fault


@pytest.mark.parametrize("status", [301, 401, 403, 404, 410])
def test_a_wrong_address_or_key_waits_for_somebody_to_mend_it(status: int) -> None:
    with receiving((status, {"location": "http://192.0.2.1/"})) as receiver:
        answer, waits = post(receiver)
        assert (answer.ok, answer.refused, waits, len(receiver.asked)) == (False, False, [], 1)


def test_who_asks_for_a_moment_gets_it() -> None:
    with receiving((429, {"retry-after": "2"}), 200) as receiver:
        assert post(receiver) == (Answer(ok=True), [2.0])


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        ("90", timedelta(seconds=90)),
        ("Thu, 12 Mar 2026 06:10:00 GMT", timedelta(minutes=10)),
        ("99999999999999999999", timedelta(days=1)),
        ("Thu, 12 Mar 2099 06:10:00 GMT", timedelta(days=1)),
    ],
)
def test_who_asks_for_longer_is_left_to_a_later_run(asked: str, wait: timedelta) -> None:
    with receiving((429, {"retry-after": asked})) as receiver:
        answer, waits = post(receiver)
        assert (answer.wait, waits, len(receiver.asked)) == (wait, [], 1)


@pytest.mark.parametrize("asked", ["soon", "-5", "", "٣", "Thu, 99 Mar 2026 06:10:00 GMT"])
def test_a_wait_that_is_none_is_as_none(asked: str) -> None:
    with receiving((503, {"retry-after": asked.encode().decode("latin-1")})) as receiver:
        answer, waits = post(receiver)
        assert (answer.wait, waits) == (None, [0.5, 1.0])


def test_nobody_there() -> None:
    answer = Poster(0.3, 0).post("http://127.0.0.1:9/s3cret-path", b"", {}, START)
    assert answer.fault.startswith("http://127.0.0.1:9: ")
    assert "s3cret" not in answer.fault


def test_what_may_be_shown_of_an_address() -> None:
    assert host("https://ada:pw@hooks.example.com:8443/T0/B0/key?x=1") == "https://hooks.example.com:8443"
    assert host("http://[2001:db8::1]/x") == "http://[2001:db8::1]"
    assert host("http://[broken") == "(no address)"


def test_no_secret_is_left_in_a_text_not_even_one_within_another() -> None:
    assert without("key=abcdef abc", ("abc", "abcdef", "")) == "key=*** ***"
