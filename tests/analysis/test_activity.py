"""Questions to the visits, answered as a plain loop over them would."""

import random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.analysis.activity import Activity, as_successes
from logscan.analysis.visits import principal
from logscan.model.schemas import VISITS
from tests.analysis.simulate import START, Request, bad, observe

CLIENTS, ROUTES = ("192.0.2.1", "192.0.2.2", None), ("/a", "/b", None)
REQUESTS = st.lists(
    st.builds(
        Request,
        at=st.integers(0, 60).map(float),
        client=st.sampled_from(CLIENTS),
        endpoint=st.sampled_from(ROUTES),
        outcome=st.sampled_from(["ok", "auth_failure", "error", "other"]),
    ),
    min_size=1,
    max_size=30,
)
FIRST = START.timestamp()


def number(text: str | None) -> int:
    return int(pl.DataFrame({"x": [text]}, schema={"x": pl.String()}).select(principal("x")).item())


def activity(requests: list[Request], *, rows: int = 1000) -> Activity:
    return Activity(observe(requests).visits, [number("/a"), 0], rows=rows, first=FIRST, last=FIRST + 60)


def ok(requests: list[Request]) -> list[Request]:
    """Successes on protected routes."""
    return [each for each in requests if each.outcome == "ok" and each.endpoint in ("/a", None)]


@given(REQUESTS, st.sampled_from([3, 1000]))
def test_successes_of_a_client_are_counted_however_they_are_binned(requests: list[Request], rows: int) -> None:
    found = as_successes(activity(requests, rows=rows).successes_of("client", [number("192.0.2.1")]))
    theirs = [each for each in ok(requests) if each.client == "192.0.2.1"]
    assert found.weight.sum() == len(theirs)
    assert sorted(found.t) == list(found.t)
    if theirs:
        times = [each.at or 0.0 for each in theirs]
        assert (found.t[0] - FIRST, found.t[-1] - FIRST) == (min(times), max(times))


@given(REQUESTS)
def test_all_successes(requests: list[Request]) -> None:
    everybody = as_successes(activity(requests).successes_at_all(nobody=False))
    assert everybody.within(FIRST + 10, FIRST + 20) == sum(10 <= (each.at or 0) < 20 for each in ok(requests))
    nobody = as_successes(activity(requests).successes_at_all(nobody=True))
    assert nobody.weight.sum() == sum(each.outcome == "ok" and each.client is None for each in requests)


@given(REQUESTS)
def test_what_clients_did(requests: list[Request]) -> None:
    rows = activity(requests).clients(pl.Series([number("192.0.2.1")], dtype=pl.UInt64()).to_numpy())
    theirs = [each for each in requests if each.client == "192.0.2.1"]
    assert rows.height == bool(theirs)
    for row in rows.iter_rows(named=True):
        assert row["asked"] == len(theirs)
        assert row["errors"] == sum(each.outcome == "error" for each in theirs)
        assert row["protected_ok"] == sum(each.client == "192.0.2.1" for each in ok(requests))
        assert row["paths"] == len({each.endpoint for each in theirs})


@given(REQUESTS, st.sampled_from([3, 1000]))
def test_active_clients(requests: list[Request], rows: int) -> None:
    asked = [each for each in requests if each.client and each.outcome in ("ok", "auth_failure")]
    inside = [each for each in asked if 10 <= (each.at or 0) < 40]
    found = activity(requests, rows=rows).active(
        [(FIRST + 10, FIRST + 40, None), (FIRST + 10, FIRST + 40, number("/a"))]
    )
    assert found[0] == len({each.client for each in inside if each.endpoint in ("/a", None)})
    assert found[1] == len({each.client for each in inside if each.endpoint == "/a"})


@given(REQUESTS)
def test_an_answer_is_the_next_success_in_time(requests: list[Request]) -> None:
    failed = [each for each in requests if each.outcome == "auth_failure"]
    frame = pl.DataFrame(
        {
            "row": list(range(len(failed))),
            "t": [round((FIRST + (each.at or 0)) * 1e6) for each in failed],
            "client_id": [number(each.client) for each in failed],
            "endpoint_id": [number(each.endpoint) for each in failed],
        },
        schema={"row": pl.UInt32(), "t": pl.Int64(), "client_id": pl.UInt64(), "endpoint_id": pl.UInt64()},
    )
    found = dict(activity(requests).answers(frame, 2).iter_rows())
    for row, one in enumerate(failed):
        same = [
            each.at or 0
            for each in requests
            if each.outcome == "ok" and each.client and (each.client, each.endpoint) == (one.client, one.endpoint)
        ]
        near = [at for at in same if 0 <= at - (one.at or 0) <= 2]
        assert found.get(row) == (round((FIRST + min(near)) * 1e6) if near else None)


def test_a_sample_keeps_whole_clients() -> None:
    requests = [Request(float(n % 60), f"192.0.2.{n % 50}", "/a") for n in range(500)]
    seen = activity(requests, rows=100)
    kept = observe(requests).visits.filter(seen.sampled("client")).collect()
    assert 0 < kept.height < 500
    assert set(kept.group_by("client").len()["len"]) == {10}


@pytest.mark.parametrize("shuffle", [1, 2])
def test_row_order_does_not_matter(shuffle: int) -> None:
    random_ = random.Random(3)  # noqa: S311
    requests = [Request(float(random_.randrange(60)), "192.0.2.1", "/a") for _ in range(40)] + [bad(Request(3.0))]
    one = Activity(observe(requests, shuffle=shuffle).visits, [number("/a")], rows=1000, first=FIRST, last=FIRST + 60)
    expected = activity(requests).successes_at_all(nobody=False).sort("first")
    assert one.successes_at_all(nobody=False).sort("first").equals(expected)
    assert observe(requests).visits.collect_schema() == VISITS


@given(REQUESTS)
def test_successes_where_a_client_failed(requests: list[Request]) -> None:
    failed = {(each.client, each.endpoint) for each in requests if each.outcome == "auth_failure" and each.client}
    pairs = [(number(client), number(endpoint)) for client, endpoint in failed]
    schema = {"client_id": pl.UInt64(), "endpoint_id": pl.UInt64()}
    found = activity(requests).successes_on(pl.DataFrame(pairs, schema=schema, orient="row"))
    theirs = [each.client for each in requests if each.outcome == "ok" and (each.client, each.endpoint) in failed]
    assert dict(found.iter_rows()) == {number(client): theirs.count(client) for client in set(theirs)}
