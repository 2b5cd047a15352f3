"""Successes as points in time, and what clients did, in the order asked for."""

import numpy as np
import polars as pl

from logscan.analysis.successes import NO_SUCCESS, Clients, as_successes, first_answers


def test_a_bin_is_its_first_and_its_last_success() -> None:
    rows = pl.DataFrame({"first": [5_000_000, 1_000_000], "last": [5_000_000, 3_000_000], "n": [1.0, 4.0]})
    found = as_successes(rows)
    assert found.t.tolist() == [1, 3, 5]
    assert found.weight.tolist() == [3, 1, 1]
    assert (found.within(1, 3), found.within(1, 5.1)) == (3, 5)
    assert as_successes(rows.clear()) is NO_SUCCESS


def test_clients_stand_in_the_order_asked_for() -> None:
    found = pl.DataFrame(
        {"id": [3, 1], "asked": [9, 4], "errors": [1, 0], "ok": [2, 4], "protected_ok": [2, 0], "paths": [5, 1]},
        schema_overrides={"id": pl.UInt64()},
    ).with_columns(first_ok=pl.Series([7.0, None]), last_ok=pl.Series([8.0, None]))
    clients = Clients.of(np.array([1, 2, 3], dtype=np.uint64), found)
    assert clients.asked.tolist() == [4, 0, 9]
    assert clients.paths.tolist() == [1, 0, 5]
    assert np.array_equal(clients.first_ok, [np.nan, np.nan, 7], equal_nan=True)
    assert Clients.unknown(2).asked.tolist() == [0, 0]


def test_an_answer_comes_after_the_failure_and_in_time() -> None:
    schema = {"row": pl.UInt32(), "t": pl.Int64(), "client": pl.UInt64(), "endpoint": pl.UInt64()}
    asked = pl.DataFrame([(0, 10, 1, 1), (1, 20, 1, 1), (2, 10, 2, 1)], schema=schema, orient="row")
    near = pl.DataFrame([(0, 9, 1, 1), (0, 12, 1, 1), (0, 14, 2, 2)], schema=schema, orient="row")
    assert first_answers(asked, near, 5).rows() == [(0, 12)]
