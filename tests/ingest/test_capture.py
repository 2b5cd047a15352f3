import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.ingest.capture import captures, narrowed

PATTERN = r"^(?<a>[(?<x>\]]+) \((?P<b.c>[0-9]+)\)(?: \[(?<d>[^\]]*)\])?"


def test_names_stand_in_their_order_and_classes_and_escapes_hide_none() -> None:
    assert captures(PATTERN) == ("a", "b.c", "d")
    assert captures(r"\(?<no>[](?<no>]x[^](?<no>]\[(?<yes>y)") == ("yes",)


@given(st.sets(st.sampled_from(["a", "b.c", "d"])), st.sampled_from(["(?<x> (12) [y]", "x (1)", "? (7) []", "no"]))
def test_what_is_kept_holds_the_same_spans(keep: set[str], text: str) -> None:
    frame = pl.DataFrame({"t": [text]})
    whole = frame.select(pl.col("t").str.extract_groups(PATTERN)).unnest("t").row(0, named=True)
    some = narrowed(PATTERN, keep)
    assert set(captures(some)) == keep
    assert frame["t"].str.contains(some).to_list() == frame["t"].str.contains(PATTERN).to_list()
    if keep:
        got = frame.select(pl.col("t").str.extract_groups(some)).unnest("t").row(0, named=True)
        assert got == {name: whole[name] for name in keep}


@pytest.mark.parametrize("pattern", ["", "^a$", r"[\]]\\(?:x)"])
def test_a_pattern_without_names_stays_as_it_is(pattern: str) -> None:
    assert narrowed(pattern, {"a"}) == pattern
