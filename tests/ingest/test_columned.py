import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.ingest.columned import cut, cut_line


@pytest.mark.parametrize(
    ("line", "separator", "want"),
    [
        ("a b c", " ", ["a", "b", "c"]),
        ("a b c ", " ", ["a", "b", "c"]),
        ("a  c", " ", ["a", "", "c"]),
        ("a b", " ", None),
        ("a b c d", " ", None),
        ('a "b x" c', " ", ["a", "b x", "c"]),
        ('a "b" c', " ", ["a", "b", "c"]),
        ('a 5" c', " ", ["a", '5"', "c"]),
        ('a "b x c', " ", None),
        ('a,"b,""x""",c', ",", ["a", 'b,"x"', "c"]),
        ('a,"b"x,c', ",", None),
        ('a,b,"', ",", None),
        ('a,"b,c', ",", None),
        ("a, b,c,", ",", ["a", " b", "c"]),
        ("é\tü\t\U0001f600", "\t", ["é", "ü", "\U0001f600"]),
    ],
    ids=[
        "plain", "mark-at-end", "empty", "few", "many", "quoted", "quoted-word", "inch", "open", "csv", "csv-glued",
        "csv-last-open", "csv-open", "csv-mark-at-end", "tabs",
    ],
)  # fmt: skip
def test_a_line_is_cut_where_its_marks_stand(line: str, separator: str, want: list[str] | None) -> None:
    assert cut_line(line, separator, 3) == want
    hit, texts = cut(pl.Series([line]), separator, 3, [0, 1, 2])
    assert hit.to_list() == [want is not None]
    assert texts.rows() == ([tuple(want)] if want else [])


def test_only_the_wanted_columns_are_there() -> None:
    hit, texts = cut(pl.Series(["a b c", "x"], dtype=pl.String), " ", 3, [2, 0])
    assert hit.to_list() == [True, False]
    assert texts.to_dicts() == [{"2": "c", "0": "a"}]
    assert cut(pl.Series([], dtype=pl.String), " ", 3, [])[0].is_empty()


@given(st.lists(st.text(alphabet='ab", \té\x00'), max_size=8), st.sampled_from(", \t"), st.integers(1, 4))
def test_columns_at_once_are_as_line_by_line(lines: list[str], separator: str, count: int) -> None:
    hit, texts = cut(pl.Series(lines, dtype=pl.String), separator, count, range(count))
    want = [cut_line(line, separator, count) for line in lines]
    assert hit.to_list() == [pieces is not None for pieces in want]
    assert texts.rows() == [tuple(pieces) for pieces in want if pieces is not None]
