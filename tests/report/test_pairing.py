"""How soon it worked after all."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.model.schemas import SHOWN
from logscan.report.pairing import pairing

WAITS = st.one_of(st.none(), st.floats(0, 60))
COLUMNS = ("within 1 s", "1 to 2 s", "2 to 10 s", "10 to 60 s", "not within 60 s")


def rows(*asked: tuple[int, str | None, float | None]) -> pl.DataFrame:
    return pl.DataFrame([{"finding": f, "client": c, "answer_s": s} for f, c, s in asked], schema=SHOWN)


@pytest.mark.parametrize(
    ("wait", "column"), [(0.0, 0), (0.4, 0), (1.0, 0), (1.001, 1), (2.0, 1), (9.9, 2), (10.1, 3), (60.0, 3), (None, 4)]
)
def test_a_failure_stands_in_the_column_of_its_wait(wait: float | None, column: int) -> None:
    found = pairing(rows((0, "a", wait), (1, "a", 0.1)), ["one", "other"])
    assert found
    assert found.columns == COLUMNS
    assert [k for k, failed in enumerate(found.failed[found.causes.index("one")]) if failed] == [column]


def test_findings_of_one_cause_are_one_row_and_the_most_failing_comes_first() -> None:
    found = pairing(rows((0, "a", 0.1), (1, "b", None), (2, "c", None), (1, None, None)), ["x", "y", "y"])
    assert found
    assert (found.causes, found.failed, found.nobody, found.others) == (
        ("y", "x"),
        ((0, 0, 0, 0, 2), (1, 0, 0, 0, 0)),
        1,
        0,
    )


def test_where_nothing_worked_or_nobody_is_known_there_is_nothing_to_show() -> None:
    assert pairing(rows(), []) is None
    assert pairing(rows((0, "a", None)), ["x"]) is None
    assert pairing(rows((0, None, 1.0)), ["x"]) is None


@given(st.lists(st.tuples(st.integers(0, 19), st.sampled_from(["a", None]), WAITS), max_size=60))
def test_every_failure_is_counted_once(asked: list[tuple[int, str | None, float | None]]) -> None:
    found = pairing(rows(*asked), [f"cause {k}" for k in range(20)])
    if found:
        assert sum(map(sum, found.failed)) + found.nobody + found.others == len(asked)
        assert len(found.causes) <= 12
