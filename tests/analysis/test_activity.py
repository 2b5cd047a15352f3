"""Questions to the visits, answered as a plain loop over them would."""

import random
from collections import Counter
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.analysis.activity import Activity, activity_of
from logscan.analysis.successes import as_successes
from logscan.analysis.visits import principal, site
from tests.analysis.simulate import START, Request, bad, observe

CLIENTS, ROUTES = ("192.0.2.1", "192.0.2.2", None), ("/a", "/b", None)
REQUESTS = st.lists(
    st.builds(
        Request,
        at=st.integers(0, 60).map(float),
        client=st.sampled_from(CLIENTS),
        endpoint=st.sampled_from(ROUTES),
        outcome=st.sampled_from(["ok", "auth_failure", "error", "other"]),
        site=st.sampled_from(["one.example.com", None]),
    ),
    min_size=1,
    max_size=30,
)
FIRST = START.timestamp()


def number(text: str | None) -> int:
    return int(pl.DataFrame({"x": [text]}, schema={"x": pl.String()}).select(principal("x")).item())


def site_number(text: str | None) -> int:
    return int(pl.DataFrame({"x": [text]}, schema={"x": pl.String()}).select(site("x")).item())


def activity(requests: list[Request], *, rows: int = 1000) -> Activity:
    return activity_of(observe(requests).visits, [number("/a"), 0], rows=rows, first=FIRST, last=FIRST + 60)


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


@given(REQUESTS, st.sampled_from([3, 1000]))
def test_all_successes(requests: list[Request], rows: int) -> None:
    everybody = activity(requests, rows=rows).at_all(nobody=False)
    assert everybody.within(FIRST + 10, FIRST + 20) == sum(10 <= (each.at or 0) < 20 for each in ok(requests))
    nobody = activity(requests, rows=rows).at_all(nobody=True)
    assert nobody.weight.sum() == sum(each.outcome == "ok" and each.client is None for each in requests)
    route = activity(requests, rows=rows).on_route(number("/a"))
    assert route.weight.sum() == sum(each.outcome == "ok" and each.endpoint == "/a" for each in requests)


@given(REQUESTS, st.sampled_from([3, 1000]))
def test_without_some_clients_the_others_are_the_crowd(requests: list[Request], rows: int) -> None:
    gone = np.array([number("192.0.2.1")], dtype=np.uint64)
    questions = [(FIRST, FIRST + 30, None), (FIRST, FIRST + 61, number("/a"))]
    left = activity(requests, rows=rows).without(gone)
    others = activity([replace(each, client=None if each.client == CLIENTS[0] else each.client) for each in requests])
    assert left.active(questions) == others.active(questions)
    whole = activity(requests).without(gone).crowd
    assert [whole.active(*question) for question in questions] == others.active(questions)
    edges, none = np.array([FIRST, FIRST + 30, FIRST + 61]), np.zeros(0, dtype=np.int64)
    assert whole.hits(edges, None, none, none)[0].tolist() == others.crowd.hits(edges, None, none, none)[0].tolist()


@given(REQUESTS, st.sampled_from([3, 1000]))
def test_what_clients_did(requests: list[Request], rows: int) -> None:
    names = ("192.0.2.2", "192.0.2.1", "203.0.113.9")
    found = activity(requests, rows=rows).clients(np.array([number(name) for name in names], dtype=np.uint64))
    for at, name in enumerate(names):
        theirs = [each for each in requests if each.client == name]
        let_in = [FIRST + each.at for each in ok(theirs) if each.at is not None]
        assert found.asked[at] == len(theirs)
        assert found.errors[at] == sum(each.outcome in ("error", "other") for each in theirs)
        assert found.ok[at] == sum(each.outcome == "ok" for each in theirs)
        assert found.protected_ok[at] == len(ok(theirs))
        assert found.paths[at] == len({each.endpoint for each in theirs})
        assert np.array_equal([found.first_ok[at]], [min(let_in, default=np.nan)], equal_nan=True)
        assert np.array_equal([found.last_ok[at]], [max(let_in, default=np.nan)], equal_nan=True)


@given(REQUESTS, st.sampled_from([3, 1000]))
def test_the_share_of_a_route(requests: list[Request], rows: int) -> None:
    named = [each.endpoint for each in requests if each.endpoint]
    expected = named.count("/a") / len(named) if named else 0.0
    assert activity(requests, rows=rows).share(number("/a")) == pytest.approx(expected)


@given(REQUESTS, st.sampled_from([3, 1000]))
def test_active_clients(requests: list[Request], rows: int) -> None:
    asked = [each for each in requests if each.client and each.outcome in ("ok", "auth_failure")]
    inside = [each for each in asked if 10 <= (each.at or 0) < 40]
    found = activity(requests, rows=rows).active(
        [(FIRST + 10, FIRST + 40, None), (FIRST + 10, FIRST + 40, number("/a"))]
    )
    assert found[0] == len({each.client for each in inside if each.endpoint in ("/a", None)})
    assert found[1] == len({each.client for each in inside if each.endpoint == "/a"})


@given(REQUESTS, st.sampled_from([3, 1000]))
def test_an_answer_is_the_next_success_in_time(requests: list[Request], rows: int) -> None:
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
    found = dict(activity(requests, rows=rows).answered(frame, 2).answers.iter_rows())
    for row, one in enumerate(failed):
        same = [
            each.at or 0
            for each in requests
            if each.outcome == "ok" and each.client and (each.client, each.endpoint) == (one.client, one.endpoint)
        ]
        near = [at for at in same if 0 <= at - (one.at or 0) <= 2]
        assert found.get(row) == (round((FIRST + min(near)) * 1e6) if near else None)


@pytest.mark.parametrize("shuffle", [1, 2])
@pytest.mark.parametrize("rows", [3, 1000])
def test_row_order_does_not_matter(shuffle: int, rows: int) -> None:
    random_ = random.Random(3)  # noqa: S311
    requests = [Request(float(random_.randrange(60)), "192.0.2.1", "/a") for _ in range(40)] + [bad(Request(3.0))]
    visits = observe(requests, shuffle=shuffle).visits
    one = activity_of(visits, [number("/a")], rows=rows, first=FIRST, last=FIRST + 60).at_all(nobody=False)
    other = activity(requests, rows=rows).at_all(nobody=False)
    assert np.array_equal(one.t, other.t)
    assert np.array_equal(one.weight, other.weight)


@given(REQUESTS, st.sampled_from([3, 1000]))
def test_successes_where_a_client_failed(requests: list[Request], rows: int) -> None:
    failed = {(each.client, each.endpoint) for each in requests if each.outcome == "auth_failure" and each.client}
    pairs = [(at, 0, number(client), number(endpoint)) for at, (client, endpoint) in enumerate(failed)]
    schema = {"row": pl.UInt32(), "t": pl.Int64(), "client_id": pl.UInt64(), "endpoint_id": pl.UInt64()}
    found = activity(requests, rows=rows).answered(pl.DataFrame(pairs, schema=schema, orient="row"), 2).successes
    theirs = [each.client for each in requests if each.outcome == "ok" and (each.client, each.endpoint) in failed]
    assert dict(found.iter_rows()) == {number(client): theirs.count(client) for client in set(theirs)}


@given(REQUESTS, st.sampled_from(["client", "user"]), st.sampled_from([3, 1000]))
def test_where_somebody_succeeded(requests: list[Request], key: str, rows: int) -> None:
    who = "192.0.2.1" if key == "client" else "ada"
    requests = [replace(each, user="ada" if each.client == "192.0.2.2" else each.user) for each in requests]
    found = activity(requests, rows=rows).let_in(key, [number(who)])
    theirs = Counter(
        (number(who), number(each.client), number(each.endpoint), site_number(each.site))
        for each in requests
        if getattr(each, key) == who and each.outcome == "ok" and each.at is not None
    )
    assert {tuple(row[:4]): row[4] for row in found.iter_rows()} == theirs
    assert found.columns == ["id", "client", "endpoint", "site", "n"]


@given(REQUESTS, st.sampled_from([3, 1000]))
def test_failures_and_what_was_answered_with_certain_statuses(requests: list[Request], rows: int) -> None:
    requests = [
        replace(each, status=302 if each.outcome == "ok" and each.endpoint else each.status) for each in requests
    ]
    found = activity(requests, rows=rows).turned_away([number("192.0.2.1")], [302])
    theirs = [
        each
        for each in requests
        if each.client == "192.0.2.1" and (each.outcome == "auth_failure" or each.status == 302)
    ]
    assert sorted(found["t"].to_list()) == sorted(round((FIRST + (each.at or 0)) * 1e6) for each in theirs)
    assert found["t"].is_sorted()
    assert (found["outcome"] == 1).sum() == sum(each.outcome == "ok" for each in theirs)


@given(REQUESTS, st.sampled_from([3, 1000]))
def test_the_share_of_successes_that_name_a_user(requests: list[Request], rows: int) -> None:
    let_in = [each for each in requests if each.outcome == "ok" and each.endpoint == "/a"]
    expected = sum(each.user is not None for each in let_in) / len(let_in) if let_in else None
    assert activity(requests, rows=rows).named_share(number("/a")) == pytest.approx(expected)
