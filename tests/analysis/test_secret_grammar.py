"""Patterns that two engines read alike."""

import re

import polars as pl
import pytest

from logscan.analysis.secret_grammar import any_of, finder, forms, refusal, shape, words_pattern
from logscan.analysis.secret_words import add_document, empty_body
from logscan.model.document import read_document
from logscan.model.resources import rules_dir

BODY = empty_body()
add_document(read_document(rules_dir() / "redaction.yml"), BODY, [])
FORMS = forms(BODY)
LINES = [item["line"] for item in read_document(rules_dir() / "redaction.yml").value["samples"]]


def test_both_engines_take_every_form() -> None:
    assert [form.pattern for form in FORMS if refusal(form.pattern)] == []


def test_no_form_matches_the_empty_text() -> None:
    assert [form.pattern for form in FORMS if form.reader().fullmatch("")] == []


@pytest.mark.parametrize("line", LINES)
def test_what_rust_finds_python_reads(line: str) -> None:
    rust = pl.Series([line]).str.extract(f"({finder(BODY)})")[0]
    python = any_of(FORMS).fullmatch(rust) if rust else None
    assert (python is None) == (rust is None)


def test_leaving_out_words_by_their_first_letter_changes_no_reading() -> None:
    for text in (
        "password=x1",
        " token: abc123def456",
        "?code=4f3a9b8c7d6e5f4a3b2c",
        "Authorization: Bearer x1",
        "/reset/abcDEF123456abcdef",
    ):
        first = next(c for c in text if c.isalnum()).lower()
        found = [next(form for form in some if form.reader().fullmatch(text)) for some in (FORMS, forms(BODY, first))]
        assert found[0].use == found[1].use
        assert found[0].kind == found[1].kind


def test_an_underscore_stands_for_any_joint_between_words() -> None:
    pattern = re.compile(words_pattern(["api_key"]))
    assert all(pattern.fullmatch(text) for text in ("apikey", "apiKey", "API_KEY", "api-key", "Api Key", "api.key"))
    assert not pattern.fullmatch("api__key")


def test_a_bounded_shape_needs_an_edge() -> None:
    bounded, loose = (shape("k", "sk-[0-9]{4}", bounded=b).reader() for b in (True, False))
    assert bounded.search("a sk-1234")
    assert not bounded.search("task-1234")
    assert loose.search("task-1234")


def test_a_pattern_that_one_engine_refuses_is_refused() -> None:
    assert refusal("(?=a)")
    assert refusal("(")
    assert refusal("a{2,}") is None
