"""No log byte becomes a terminal escape, a formula or a hidden character."""

import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.report.escape import cell, csv_cells, json_text, markdown_fence, markdown_text, shortened, width

HOSTILE = st.one_of(
    st.text(),
    st.sampled_from(
        ["\x1b[2J", "\x1b]0;x\x07", "\u202eabc", "\x9b31m", "\ufeff", "\u200b", "漢字" * 9, "e\u0301", "\ud800"]
    ),
)


@given(
    st.recursive(HOSTILE, lambda inner: st.lists(inner) | st.dictionaries(HOSTILE, inner)), st.sampled_from([None, 2])
)
def test_json_says_the_same_in_characters_that_can_be_seen(value: object, indent: int | None) -> None:
    text = json_text(value, indent=indent)
    assert json.loads(text) == value
    assert all(char.isprintable() or char == "\n" for char in text)
    text.encode("utf-8")


def test_readable_letters_stay_readable_in_json() -> None:
    assert json_text("Zoë 漢字") == '"Zoë 漢字"'


@pytest.mark.parametrize(
    "formula",
    ["=1+1", "+1", "-1+1", "@SUM(1)", " =1", "\t=1", "\r=1", "＝1", "|cmd", "%0a=1", "-2+3+cmd|' /C calc'!A0"],
)
def test_a_formula_is_neutralised(formula: str) -> None:
    got = pl.DataFrame({"x": [formula]}).select(csv_cells("x"))["x"][0]
    assert got.startswith("'")


@pytest.mark.parametrize("plain", ["-", "GET /a=b", "ada", "1-2", "", "Mozilla/5.0 (+http://x)"])
def test_plain_text_is_left_alone(plain: str) -> None:
    assert pl.DataFrame({"x": [plain, None]}).select(csv_cells("x"))["x"].to_list() == [plain, None]


@given(st.text())
def test_a_csv_cell_is_one_line_that_can_be_seen(text: str) -> None:
    got = pl.DataFrame({"x": [text]}, schema={"x": pl.String()}).select(csv_cells("x"))["x"][0]
    assert not set(got) & {chr(code) for code in (*range(32), *range(127, 160), 0x200B, 0x202E, 0xFEFF)}


@given(HOSTILE, st.integers(2, 40), st.booleans())
def test_a_cell_is_exactly_as_wide_as_asked(text: str, columns: int, right: bool) -> None:
    got = cell(text, columns, right=right)
    assert width(got) == columns
    assert got.isprintable()
    assert width(shortened(text, columns)) <= columns


@pytest.mark.parametrize("text", ["a", "`", "``` x", "a ```` b", "~~~"])
def test_a_fence_is_longer_than_any_run_in_it(text: str) -> None:
    first, *lines, last = markdown_fence([text, "plain"], "  ").split("\n")
    assert first == last
    assert set(first.strip()) == {"`"}
    assert first.strip() not in text
    assert lines == [f"  {text}", "  plain"]


def test_markdown_text_is_one_line_of_words() -> None:
    assert [markdown_text(text) for text in ("- a", "+ a", "12. a", "3) a", "=== ", "1.5 s")] == [
        r"\- a", r"\+ a", r"12\. a", r"3\) a", r"\===", r"1\.5 s",
    ]  # fmt: skip
    assert markdown_text("a *b* [c](d)\n# <e> | f") == r"a \*b\* \[c\](d)\\x0a\# \<e\> \| f"
