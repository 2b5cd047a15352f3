"""Active and hit clients, counted as a plain loop over the visits would."""

from typing import NamedTuple

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.analysis import crowd
from logscan.analysis.crowd import Crowd, coded_visits

EDGES = np.linspace(0, 60, 7)


class Asked(NamedTuple):
    t: int
    client: int
    endpoint: int
    ok: bool


VISITS = st.lists(
    st.builds(Asked, st.integers(0, 70), st.integers(1, 6), st.integers(1, 3), st.booleans()), min_size=1, max_size=60
)
FAILURES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 8)), max_size=20)  # window, client


def made(visits: list[Asked], every: int = 1) -> Crowd:
    kept = [visit._replace(t=visit.t * 1_000_000) for visit in visits if visit.client % every == 0]
    schema = {"t": pl.Int64(), "client": pl.UInt64(), "endpoint": pl.UInt64(), "ok": pl.Boolean()}
    return Crowd(coded_visits(pl.DataFrame(kept, schema=schema, orient="row")), every)


@given(VISITS, st.integers(0, 70), st.integers(0, 70), st.sampled_from([None, 1, 3, 4]))
def test_active_clients(visits: list[Asked], start: int, end: int, route: int | None) -> None:
    there = {each.client for each in visits if start <= each.t < end and route in (None, each.endpoint)}
    assert made(visits).active(start, max(start, end), route) == len(there)


@pytest.mark.parametrize("cells", [1, 7, 10**6])
@given(VISITS, FAILURES, st.sampled_from([None, 1, 4]), st.sampled_from([1, 2]))
def test_hit_clients(
    cells: int, visits: list[Asked], failures: list[tuple[int, int]], route: int | None, every: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crowd, "_CELLS", cells)
        seen = made(visits, every)
        window = np.array([at for at, _ in failures], dtype=np.int64)
        codes = seen.codes(np.array([client for _, client in failures], dtype=np.uint64))
        found = [seen.hits(EDGES, route, window, codes) for _ in range(2)]
    for (active, hit), at in ((each, at) for each in found for at in range(6)):
        inside = [
            each
            for each in visits
            if EDGES[at] <= each.t < EDGES[at + 1] and route in (None, each.endpoint) and each.client % every == 0
        ]
        bad = [client for place, client in failures if place == at and client and client % every == 0]
        assert active[at] == len({each.client for each in inside} | set(bad))
        good = [each.client for each in inside if each.ok]
        assert hit[at] == sum(bad.count(client) > good.count(client) for client in set(bad))


@given(VISITS, FAILURES, st.sampled_from([None, 1, 4]), st.sampled_from([0.2, 0.5, 0.8]))
def test_no_window_reaches_what_is_said_to_be_out_of_reach(
    visits: list[Asked], failures: list[tuple[int, int]], route: int | None, share: float
) -> None:
    seen = made(visits)
    window = np.array([at for at, _ in failures], dtype=np.int64)
    codes = seen.codes(np.array([client for _, client in failures], dtype=np.uint64))
    active, hit = seen.hits(EDGES, route, window, codes)
    reached = bool((hit[active > 0] / active[active > 0] >= share).any())
    assert seen.may_reach(share, EDGES, route, window, codes) or not reached


def test_few_of_many_are_out_of_reach() -> None:
    seen = made([Asked(at, client, 1, ok=True) for at in range(60) for client in range(1, 9)])
    window, codes = np.arange(6), seen.codes(np.full(6, 1, dtype=np.uint64))
    assert not seen.may_reach(0.5, EDGES, None, window, codes)
    assert not seen.may_reach(0.5, EDGES, 1, window, codes)
    assert seen.may_reach(0.1, EDGES, 1, window, codes)


def test_a_client_has_one_number_and_nobody_has_none() -> None:
    codes = made([Asked(0, 4, 1, ok=True), Asked(0, 6, 1, ok=True)], 2).codes(
        np.array([6, 0, 8, 4, 5, 8, 10], np.uint64)
    )
    assert codes[1] == codes[4] == -1
    assert codes[2] == codes[5]
    assert len(set(codes.tolist())) == 5


@given(VISITS)
def test_row_order_does_not_matter(visits: list[Asked]) -> None:
    window, clients = np.array([1, 2, 2]), np.array([1, 2, 3], dtype=np.uint64)
    one, other = made(visits), made(sorted(visits, reverse=True))
    for route in (None, 1):
        expected = one.hits(EDGES, route, window, one.codes(clients))
        assert np.array_equal(other.hits(EDGES, route, window, other.codes(clients)), expected)
