"""A telling line explains one refusal near to it, the only way that there is."""

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.analysis.pairing import PAIRS, pair

TEXTS = ("log", "cause", "client", "user", "service", "method")
SCHEMA = {
    "row": pl.UInt32(),
    "t": pl.Int64(),
    "status": pl.UInt16(),
    "target": pl.UInt64(),
    "grain": pl.Int64(),
    "own": pl.List(pl.UInt64()),
    "piece": pl.String(),
    **dict.fromkeys(TEXTS, pl.String()),
}
WITHIN = 2_000_000


def frame(*rows: tuple[int, float | None, dict[str, Any]]) -> pl.DataFrame:
    plain = {"client": "192.0.2.1", "target": 7, "grain": 1000}
    return pl.DataFrame(
        [plain | {"row": row, "t": None if at is None else round(at * 1e6)} | more for row, at, more in rows],
        schema=SCHEMA,
    )


def bare(*rows: tuple[int, float | None]) -> pl.DataFrame:
    return frame(*((row, at, {"log": "access", "status": 401, "cause": "unclassified"}) for row, at in rows))


def told(*rows: tuple[int, float, str] | tuple[int, float, str, dict[str, Any]]) -> pl.DataFrame:
    return frame(
        *((row[0], row[1], {"log": "app", "cause": row[2], **(row[3] if len(row) > 3 else {})}) for row in rows)
    )


def pairs(one: pl.DataFrame, other: pl.DataFrame, *, crowd: bool = False) -> list[tuple[int, int]]:
    got = pair(one, other, ["client", "target"], WITHIN, crowd=crowd)
    assert got.pairs.schema == PAIRS
    return got.pairs.rows()


def test_each_reason_explains_one_refusal() -> None:
    assert pairs(bare((1, 10.0), (2, 10.5)), told((7, 10.1, "x"))) == [(1, 7)]
    assert pairs(bare((1, 10.0), (2, 10.5)), told((7, 10.1, "x"), (8, 10.6, "x"))) == [(1, 7), (2, 8)]


def test_what_is_nearest_is_paired_first() -> None:
    assert pairs(bare((1, 10.0), (2, 11.5)), told((7, 11.51, "x"))) == [(2, 7)]


def test_a_burst_within_one_second_is_paired_whole() -> None:
    one, other = bare(*((k, 10.0) for k in range(100))), told(*((k + 100, 10.0, "x") for k in range(100)))
    assert len(pairs(one, other)) == 100


def test_two_reasons_in_reach_are_none() -> None:
    got = pair(bare((1, 10.0)), told((7, 10.01, "x"), (8, 11.9, "y")), ["client", "target"], WITHIN, crowd=False)
    assert (got.pairs.rows(), got.doubted) == ([], {1: ("x", "y")})


@pytest.mark.parametrize(
    "more",
    [{"status": 403}, {"method": "POST"}, {"service": "other"}, {"user": "eve"}, {"log": "access", "status": 401}],
)
def test_a_line_that_contradicts_is_no_reason(more: dict[str, Any]) -> None:
    one = bare((1, 10.0)).with_columns(method=pl.lit("GET"), service=pl.lit("web"), user=pl.lit("ada"))
    assert pairs(one, told((7, 10.1, "x", more))) == []
    assert pairs(one, told((7, 10.1, "x"))) == [(1, 7)]


def test_in_a_crowd_there_must_be_a_reason_for_each() -> None:
    one = bare((1, 10.0), (2, 11.0))
    assert pairs(one, told((7, 10.1, "x")), crowd=True) == []
    assert pairs(one, told((7, 10.1, "x"), (8, 11.1, "x")), crowd=True) == [(1, 7), (2, 8)]


def test_no_time_no_pair() -> None:
    assert pairs(bare((1, None)), told((7, 10.0, "x"))) == []


LINES = st.lists(st.tuples(st.integers(0, 80), st.sampled_from("xy")), max_size=12)


@given(LINES, LINES, st.randoms(use_true_random=False))
def test_pairs_are_near_and_single_whatever_the_order(here: Any, there: Any, order: Any) -> None:
    one = bare(*((k, at / 4) for k, (at, _) in enumerate(here)))
    other = told(*((k + 50, at / 4, cause) for k, (at, cause) in enumerate(there)))
    got = pairs(one, other)
    assert len({row for row, _ in got}) == len({row for _, row in got}) == len(got)
    for row, of in got:
        at = here[row][0]
        assert abs(at - there[of - 50][0]) <= 8
        assert {cause for when, cause in there if abs(at - when) <= 8} == {there[of - 50][1]}
    seed = order.randint(0, 99)
    assert (
        pairs(one.sample(fraction=1, shuffle=True, seed=seed), other.sample(fraction=1, shuffle=True, seed=seed)) == got
    )


@pytest.mark.parametrize(
    ("here", "there", "paired"),
    [
        ({"own": [1, 2]}, {"own": [3]}, False),
        ({"own": [1, 2]}, {"own": [2, 3]}, True),
        ({"own": [1]}, {}, True),
        ({"piece": "job 4711"}, {"piece": "job 4712"}, False),
        ({"piece": "job 4711"}, {"piece": "job 4711"}, True),
        ({"piece": "job 4711"}, {"piece": "conn 9"}, True),
        ({"own": [1], "log": "other"}, {"own": [3]}, True),
    ],
    ids=str,
)
def test_lines_of_one_log_that_name_different_requests_are_no_pair(
    here: dict[str, Any], there: dict[str, Any], paired: bool
) -> None:
    one = frame((1, 10.0, {"log": "app", "cause": "unclassified", **here}))
    assert bool(pairs(one, told((7, 10.1, "x", there)))) is paired
