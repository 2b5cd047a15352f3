"""Visits in memory; what both ways of asking must answer is tested with activity."""

from unittest import mock

import numpy as np

from logscan.analysis import held
from logscan.analysis.held import Held
from tests.analysis.simulate import START, Request, bad, observe
from tests.analysis.test_activity import number

FIRST = START.timestamp()


def made(requests: list[Request]) -> Held:
    return Held(observe(requests).visits.collect(), [number("/a")], first=FIRST, last=FIRST + 60)


def test_visits_without_a_time_count_but_lie_nowhere_in_time() -> None:
    found = made([Request(None, "192.0.2.1", "/a"), Request(5.0, "192.0.2.1", "/a"), bad(Request(None, "192.0.2.1"))])
    assert found.t.size == 1
    clients = found.clients(np.array([number("192.0.2.1")], dtype=np.uint64))
    assert (clients.asked[0], clients.protected_ok[0], clients.first_ok[0]) == (3, 2, FIRST + 5)
    assert found.at_all(nobody=False).t.tolist() == [FIRST + 5]


def test_different_routes_are_counted_alike_however_many_pairs_there_are() -> None:
    requests = [Request(float(n % 60), f"192.0.2.{n % 7}", f"/p{n % 11}") for n in range(200)]
    ids = np.array([number(f"192.0.2.{n}") for n in range(7)], dtype=np.uint64)
    with mock.patch.object(held, "_TABLE", 1):
        few = made(requests).clients(ids).paths
    assert few.tolist() == made(requests).clients(ids).paths.tolist() == [11] * 7


def test_nothing_is_known_of_a_route_that_nobody_asked_for() -> None:
    found = made([Request(1.0, "192.0.2.1", "/a")])
    assert found.share(number("/zz")) == 0
    assert found.on_route(number("/zz")).t.size == 0
