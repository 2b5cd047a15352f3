"""What is written is read back as it was, whatever it holds."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from logscan.ingest.yaml_text import flow, shown, yaml_text

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(
    st.recursive(
        TEXT | st.integers() | st.none() | st.booleans(), lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner)
    )
)
def test_any_value_is_read_back_as_it_was(value: Any) -> None:
    assert yaml.safe_load(flow(value)) == value


@pytest.mark.parametrize(
    "text", ["yes", "null", "1", "1.5", "2026-03-12", "a: b", "# x", "- x", "@timestamp", "0x1f", "1_000", "~"]
)
def test_a_text_stays_a_text(text: str) -> None:
    assert yaml.safe_load(flow(text)) == text


@given(TEXT)
def test_a_comment_cannot_become_a_key(text: str) -> None:
    assert yaml.safe_load(yaml_text([text, "ok\nid: evil"], {"id": "good"})) == {"id": "good"}


def test_a_file_has_one_key_a_line_and_leaves_out_what_is_empty() -> None:
    made = yaml_text(
        ["why"],
        {
            "id": "a",
            "title": "",
            "extract": [],
            "columns": {"a": {"column": "x"}},
            "samples": [{"line": "l", "expect": "reject"}],
        },
    )
    assert made == "# why\nid: a\ncolumns:\n  a: {column: x}\nsamples:\n  - line: l\n    expect: reject\n"


def test_shown_is_one_line() -> None:
    assert shown("a\nb\x1b\u202e") == "a\\nb\\x1b\\u202e"
