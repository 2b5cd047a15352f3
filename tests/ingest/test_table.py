import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.ingest.limits import load_limits
from logscan.ingest.table import TableSplitter, head_of

KNOWN = load_limits().table_names
HEAD = "Date,Host,Content\n"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Date,Host,Content\n1,2,3\n", ("table.time", "host.name", "table.message")),
        ('\ufeff"@timestamp","message"\r\n"1","a, b"\r\n', ("table.time", "table.message")),
        ("time;user;what\n1;2;3\n", ("table.time", "user.name", "what")),
        ("time\tClient IP\n1\t2\n", ("table.time", "source.address")),
        ("TimeGenerated [UTC],Level\n1,2\n", ("table.time", "log.level")),
        ("time,timestamp,level\n1,2,3\n", ("table.time", "timestamp", "log.level")),
        ("Date,Host,Content\n1,2\n", None),
        ("Date,Host,Content\n", None),
        ("Date,Host,Host,Content\n1,2,3,4\n", None),
        ("Date,one,two\n1,2,3\n", None),
        ("2026-03-12,level,message\n1,2,3\n", None),
        ("time level message\n1 2 3\n", None),
        (
            "action start srcaddr bytes\nREJECT 1773296724 192.0.2.7 0\n",
            ("action", "table.time", "source.address", "bytes"),
        ),
        ("start srcaddr\n192.0.2.7 1773296724\n", None),
        ("The start srcaddr\nof 1773296724 192.0.2.7\n", None),
        ('level=info, message="x"\nlevel=info, message="y"\n', None),
        ("#Fields: date,time\n1,2\n", None),
    ],
)
def test_a_table_is_told_by_the_names_of_its_columns(text: str, names: tuple[str, ...] | None) -> None:
    found = head_of(text.encode().decode("latin-1"), KNOWN)
    assert (found.shared.names if found else None) == names


def rows_of(text: str, cuts: list[int], most: int = 1000) -> tuple[list[tuple[str, int]], int, int]:
    head = head_of(HEAD + "1,2,3\n", KNOWN)
    assert head is not None
    splitter, rows, held = TableSplitter(head, most), [], ""
    places = [0, *sorted(cut for cut in cuts if len(HEAD) <= cut < len(text)), len(text)]
    for number, (low, high) in enumerate(itertools.pairwise(places), 2):
        held += text[low:high]
        found, done = splitter.feed(held, ended=number == len(places))
        rows += [(held[row.start : row.end], row.line) for row in found]
        held = held[done:]
    assert not held
    return rows, splitter.lines.continuations, splitter.lines.blank


def test_a_row_may_have_several_lines_and_a_broken_one_has_its_own() -> None:
    text = HEAD + '1,2,"a\n""b"", c"\r\n\n4,5 "x",6\n7,8,"cut\n9,10,11\n'
    rows, continuations, blank = rows_of(text, [])
    assert rows == [('1,2,"a\n""b"", c"', 2), ('4,5 "x",6', 5), ('7,8,"cut', 6), ("9,10,11", 7)]
    assert (continuations, blank) == (1, 2)


def test_a_head_that_comes_again_is_no_row() -> None:
    rows, continuations, blank = rows_of(HEAD + "1,2,3\n" + HEAD + "4,5,6\n", [])
    assert rows == [("1,2,3", 2), ("4,5,6", 4)]
    assert (continuations, blank) == (0, 2)


@given(st.lists(st.sampled_from(["a", ",", '"', '""', "\n", "\r\n", "é"]), max_size=30), st.lists(st.integers(0, 60)))
def test_every_line_is_accounted_for_wherever_the_text_is_cut(parts: list[str], cuts: list[int]) -> None:
    text = HEAD + "".join(parts)
    rows, continuations, blank = rows_of(text, cuts)
    assert (rows, continuations, blank) == rows_of(text, [])
    lines = text.count("\n") + (not text.endswith("\n"))
    assert len(rows) + continuations + blank == lines
    assert "".join(row for row, _ in rows).replace("\r", "").replace("\n", "") == "".join(parts).replace(
        "\r", ""
    ).replace("\n", "")
