import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from logscan.ingest.continuation import (
    MAX_BYTES,
    MAX_LINES,
    continued,
    first_lines,
    with_continuations,
    with_tails,
)
from tests.ingest.frames import lines_of

NUMBERS = pl.Series(range(1, 2001), dtype=pl.UInt64)


def events_at(*numbers: int, dataset: str = "app") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "logscan.line": numbers,
            "event.dataset": [dataset] * len(numbers),
            "event.original": [f"e{n}" for n in numbers],
            "message": [None] * len(numbers),
        },
        schema={
            "logscan.line": pl.UInt64(),
            "event.dataset": pl.String(),
            "event.original": pl.String(),
            "message": pl.String(),
        },
    )


def test_lines_join_the_nearest_event_before_them_if_its_format_allows() -> None:
    left = lines_of(["a", "b", "c", "d"]).with_columns(pl.Series("logscan.line", [1, 3, 4, 6], dtype=pl.UInt64))
    own = pl.concat([events_at(2), events_at(5, dataset="access")])
    found = continued(left, own, NUMBERS, {"app"})
    assert found.continuations.select("logscan.line", "owner").rows() == [(3, 2), (4, 2)]
    assert found.rest["logscan.line"].to_list() == [1, 6]


def test_a_line_that_is_missing_parts_them() -> None:
    left = lines_of(["a", "b"]).with_columns(pl.Series("logscan.line", [2, 4], dtype=pl.UInt64))
    found = continued(left, events_at(1), pl.Series([1, 2, 4], dtype=pl.UInt64), {"app"})
    assert found.continuations["logscan.line"].to_list() == [2]
    assert found.rest["logscan.line"].to_list() == [4]


def test_a_runaway_is_bounded_by_lines_and_by_bytes() -> None:
    found = continued(lines_of(["x"] * (MAX_LINES + 3), first=2), events_at(1), NUMBERS, {"app"})
    assert (found.continuations.height, found.rest.height) == (MAX_LINES, 3)
    found = continued(lines_of(["x" * (MAX_BYTES // 2 - 1)] * 3, first=2), events_at(1), NUMBERS, {"app"})
    assert (found.continuations.height, found.rest.height) == (2, 1)


def test_the_text_is_put_behind_the_event_s_where_it_is_wanted() -> None:
    own = events_at(1, 4)
    found = continued(lines_of(["x", "y"], first=2), own, NUMBERS, {"app"})
    got = with_continuations(own, found.continuations, {"event.original", "message"})
    assert got["event.original"].to_list() == ["e1\nx\ny", "e4"]
    assert got["message"].to_list() == ["x\ny", None]
    assert with_continuations(own, found.continuations, {"user.name"}).equals(own)


@given(st.sets(st.integers(1, 30)), st.sets(st.integers(1, 30)))
def test_no_line_is_lost_or_doubled(event_lines: set[int], other: set[int]) -> None:
    rest = sorted(other - event_lines)
    left = lines_of(["t"] * len(rest)).with_columns(pl.Series("logscan.line", rest, dtype=pl.UInt64))
    found = continued(left, events_at(*sorted(event_lines)), NUMBERS, {"app"})
    assert sorted([*found.continuations["logscan.line"], *found.rest["logscan.line"]]) == rest


def test_a_message_of_several_lines_is_read_by_its_first() -> None:
    lines = lines_of(["INFO one\r\n two\nthree", "alone", '{"a":\n1}'])
    first, tails = first_lines(lines)
    assert first["event.original"].to_list() == ["INFO one", "alone", '{"a":\n1}']
    assert tails.select("logscan.line", "event.original").rows() == [(1, " two\nthree")]
    own = events_at(1, 2)
    assert with_tails(own, tails, {"message", "event.original"}).equals(
        own.with_columns(pl.Series("message", [" two\nthree", None]))
    )
    assert with_tails(own, tails, {"user.name"}).equals(own)
