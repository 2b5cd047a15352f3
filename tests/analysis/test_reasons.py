"""A bare refusal and the line that says why are one event."""

from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from logscan.analysis.failures import LISTED, read_failures
from logscan.analysis.judgement import load_judgement
from logscan.analysis.reasons import with_reasons
from logscan.model.resources import rules_dir
from tests.analysis.simulate import START, Request, bad, findings, observe
from tests.analysis.two_services import World, logs


def told(at: float | None, **rest: Any) -> Request:
    known = {"cause": "token_expired", "confidence": "high", "dataset": "app", "path": "app.log", "rules": ("text",)}
    return bad(Request(at, **(known | rest)))


def joined(*requests: Request) -> pl.DataFrame:
    judgement = load_judgement([rules_dir()])
    return with_reasons(read_failures(observe(requests).classified.lazy(), judgement), judgement.measures).failures


def test_the_reason_is_carried_over_and_counted_once() -> None:
    found = joined(bad(Request(10.0)), told(10.4))
    assert found.select("cause", "confidence", "path", "reason_path").rows() == [
        ("token_expired", "high", "access.log", "app.log")
    ]
    assert found["reason_line"].to_list() == [2]


@pytest.mark.parametrize(
    "other",
    [
        told(20.0),
        told(10.4, client="192.0.2.99"),
        told(10.4, endpoint="/elsewhere"),
        told(10.4, user="eve"),
    ],
)
def test_another_request_is_no_reason(other: Request) -> None:
    found = joined(bad(Request(10.0, user="ada")), other)
    assert sorted(found["cause"]) == ["token_expired", "unclassified"]


def test_a_request_id_needs_no_time() -> None:
    found = joined(bad(Request(10.0, request="r1-00a17f9c")), told(90.0, client=None, request="r1-00a17f9c"))
    assert found["cause"].to_list() == ["token_expired"]


def test_lines_of_one_program_without_addresses_are_neighbours() -> None:
    near: dict[str, Any] = {"client": None, "path": "worker.log", "dataset": "python"}
    found = joined(bad(Request(10.0, **near)), told(10.003, endpoint=None, **near))
    assert found["cause"].to_list() == ["token_expired"]


@pytest.mark.parametrize(
    ("one", "other", "cause"),
    [
        ("worker.log.1", "worker.log", "token_expired"),
        ("a/u_ex260312.log", "a/u_ex260313.log", "token_expired"),
        ("a/worker-2026-03-12.1.log.gz", "a/worker.log", "token_expired"),
        ("a/worker.log.12.gz", "a/worker.log.11.gz", "token_expired"),
        ("worker-20260312.log", "worker-20260313.log.zst", "token_expired"),
        ("2026-03-12/worker.log", "2026-03-13/worker.log", "token_expired"),
        ("web1/worker.log", "web2/worker.log", "unclassified"),
        ("worker.log", "mailer.log", "unclassified"),
    ],
)
def test_neighbours_may_stand_in_two_files_of_one_log_that_was_rotated(one: str, other: str, cause: str) -> None:
    near: dict[str, Any] = {"client": None, "dataset": "python"}
    found = joined(bad(Request(10.0, path=one, **near)), told(10.003, endpoint=None, path=other, **near))
    assert found["cause"][0] == cause


def test_a_line_without_a_time_has_that_of_the_one_that_tells_and_says_so() -> None:
    found = joined(bad(Request(None, path="uvicorn.log")), told(10.0))
    at = round((START.timestamp() + 10) * 1e6)
    assert found.select("cause", "path", "t", "assumed").rows() == [("token_expired", "uvicorn.log", at, "told")]


def test_what_only_the_other_line_knows_is_kept() -> None:
    found = joined(bad(Request(10.0)), told(10.1, user="ada", credential="jwt:11223344"))
    assert found.select("user", "credential").rows() == [("ada", "jwt:11223344")]


def test_the_finding_shows_both_lines() -> None:
    (found,) = findings([bad(Request(10.0)), told(10.4)])
    assert (found.cause, found.counts.events) == ("token_expired", 1)
    assert {each.path for each in found.evidence} == {"access.log", "app.log"}


def test_a_text_that_names_a_cause_keeps_it() -> None:
    found = joined(told(10.0), told(10.1, cause="api_key_invalid", path="b.log"))
    assert sorted(found["cause"]) == ["api_key_invalid", "token_expired"]


JUDGEMENT = load_judgement([rules_dir()])


def measured(world: World) -> tuple[float, float, int]:
    """Precision and recall of the reasons, and how many were joined."""
    case = logs(world)
    failures = with_reasons(
        read_failures(observe(case.requests).classified.lazy(), JUDGEMENT), JUDGEMENT.measures
    ).failures
    rows = failures.filter(pl.col("path").cast(pl.String()).str.ends_with("access.log")).select(
        "path", "t", "cause", "joined"
    )
    start = START.timestamp()
    got = {
        (int(path.startswith("billing")), round(t / 1e6 - start, 6)): (cause, by) for path, t, cause, by in rows.rows()
    }
    named = [(got[number, round(at, 6)], cause) for (number, at), (cause, _) in case.truth.items()]
    joined = [(found[0] == cause) for found, cause in named if found[1]]
    told = sum(told for _, told in case.truth.values())
    return (sum(joined) / len(joined) if joined else 1.0), sum(joined) / told, len(joined)


@pytest.mark.parametrize(
    ("world", "precision", "recall"),
    [
        (World(), 0.999, 0.99),
        (World(rate=1, span=1200), 0.99, 0.93),
        (World(rate=1, span=1200, skew=3600.5), 0.99, 0.93),
        (World(skew=3.2), 0.999, 0.99),
        (World(skew=-312), 0.999, 0.98),
        (World(rate=5, span=150, ids=0.5, skew=-7200), 0.98, 0.9),
        (World(ids=1.0), 0.999, 0.99),
        (World(told=0.3), 0.98, 0.98),
        (World(nat=0.8), 0.99, 0.92),
        (World(nameless=1.0), 0.99, 0.6),
        (World(nameless=1.0, rate=1, told=0.5), 0.99, 0.0),
        (World(nameless=1.0, named=False), 1.0, 0.0),
        (World(named=False), 0.99, 0.99),
    ],
)
def test_reasons_are_right_and_most_are_found(world: World, precision: float, recall: float) -> None:
    right, found, _ = measured(world)
    assert right >= precision
    assert found >= recall


def strangers(kind: str, at: float, number: int) -> Request:
    """A line of another service that tells a cause at nearly the same time, in a way that is easily mistaken."""
    others: dict[str, dict[str, Any]] = {
        "another client": {"client": f"203.0.113.{number % 200}", "service": "billing"},
        "another path": {"endpoint": f"/other/{number}", "service": "billing"},
        "another service, same client and path": {"service": "billing"},
        "nobody's": {"client": None, "endpoint": None, "service": "billing", "host": "app9"},
        "nobody's, nowhere": {"client": None, "endpoint": None, "service": None},
        "client only": {"endpoint": None, "service": "billing"},
        "client only, nowhere": {"endpoint": None, "service": None},
        "another status": {"service": "orders", "status": 403},
        "another user": {"service": "orders", "user": "eve"},
        "same path, no client": {"client": None, "service": "billing"},
        "same path, nowhere": {"client": None, "service": None},
    }
    known: dict[str, Any] = {
        "cause": "token_expired",
        "confidence": "high",
        "path": "b/app.log",
        "dataset": "app",
        "status": None,
    }
    return bad(Request(at, **(known | others[kind])))


KINDS = ("another client", "another path", "another service, same client and path", "nobody's", "nobody's, nowhere",
         "client only", "client only, nowhere", "another status", "another user", "same path, no client", "same path, nowhere")  # fmt: skip


@example([0], [("client only", 0)] * 5 + [("client only, nowhere", 0)], 0)
@example([*range(0, 400, 40)], [("client only, nowhere", at) for at in range(0, 400, 40)], 1)
@given(
    st.lists(st.integers(0, 400), min_size=1, max_size=12, unique=True),
    st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 400)), max_size=25),
    st.integers(0, 99),
)
def test_lines_of_another_service_never_give_a_reason(own: list[int], others: list[tuple[str, int]], seed: int) -> None:
    mine = [bad(Request(at / 8, service="orders", user="ada", host="web1", path="a/access.log")) for at in own]
    near = [strangers(kind, at / 8, number) for number, (kind, at) in enumerate(others)]
    seen = observe([*mine, *near], shuffle=seed)
    found = with_reasons(read_failures(seen.classified.lazy(), JUDGEMENT), JUDGEMENT.measures).failures
    rows = found.filter(pl.col("path") == "a/access.log")
    assert rows["joined"].null_count() == len(own)
    assert set(rows["cause"]) == {"unclassified"}
    assert found.height == len(own) + len(near)


@pytest.mark.parametrize("world", [World(span=900, rate=1, nat=0.5, ids=0.2), World(span=900, skew=40, nameless=0.3)])
def test_neither_row_order_nor_rotation_changes_a_reason(world: World) -> None:
    requests = logs(world).requests
    keys = ("t", "cause", "joined", "doubted", "reason_line")

    def told_of(requests: list[Request], shuffle: int | None = None) -> list[tuple[Any, ...]]:
        classified = observe(requests, shuffle=shuffle).classified.lazy()
        return with_reasons(read_failures(classified, JUDGEMENT), JUDGEMENT.measures).failures.select(keys).rows()

    first = told_of(requests)
    assert told_of(requests, shuffle=3) == first
    rotated = [replace(each, path=each.path + ".1") if (each.at or 0) < 400 else each for each in requests]
    assert sorted(told_of(rotated), key=str) == sorted(first, key=str)


def test_two_reasons_near_are_kept_as_alternatives_and_said() -> None:
    found = joined(bad(Request(10.0)), told(10.1, status=None), told(10.9, status=None, cause="api_key_invalid"))
    row = found.filter(pl.col("path") == "access.log").row(0, named=True)
    assert (row["cause"], row["joined"], row["doubted"]) == ("unclassified", None, True)
    assert row["alternatives"].split(LISTED) == ["api_key_invalid", "token_expired"]


def test_what_ties_lines_only_by_program_is_never_sure() -> None:
    near: dict[str, Any] = {"service": "orders", "status": None}
    found = joined(bad(Request(10.0, service="orders")), told(10.1, client=None, endpoint=None, **near))
    assert found.select("cause", "confidence", "joined").rows() == [("token_expired", "medium", "program")]


def test_two_requests_in_one_log_are_two() -> None:
    one = bad(Request(10.0))
    found = joined(one, bad(Request(10.5, cause="token_expired", confidence="high")))
    assert found["cause"].to_list() == ["unclassified", "token_expired"]


def test_a_pod_ties_the_lines_of_its_containers() -> None:
    pod = "/var/log/pods/shop_orders-7d9_00aa/{}/0.log"
    other = "/var/log/pods/shop_billing-1c2_00bb/{}/0.log"
    for path, cause in ((pod, "token_expired"), (other, "unclassified")):
        bare = bad(Request(10.0, path=pod.format("nginx")))
        found = joined(bare, told(10.1, client=None, endpoint=None, status=None, path=path.format("app")))
        assert found["cause"][0] == cause


def test_a_log_that_knows_the_client_only_is_joined_when_it_nearly_always_meets_a_refusal() -> None:
    times = [11.0, 95.0, 170.0, 300.0, 471.0, 640.0, 888.0, 1302.0]
    bare = [bad(Request(at, client=f"192.0.2.{k % 3}")) for k, at in enumerate(times)]
    near = [told(at + 0.4, client=f"192.0.2.{k % 3}", endpoint=None, status=None) for k, at in enumerate(times)]
    found = joined(*bare, *near)
    assert found.select("path", "cause", "confidence", "joined").unique().rows() == [
        ("access.log", "token_expired", "medium", "client")
    ]
    assert joined(*bare, near[0]).filter(pl.col("joined").is_not_null()).is_empty()
