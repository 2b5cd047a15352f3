"""Patterns made ready find what they found before."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.rules.regex import of_ascii, ready
from logscan.rules.tree import Regex, leaves
from tests.shipped import library

RULES = library().rules
WRITTEN = sorted({leaf.pattern for rule in RULES for leaf in leaves(rule.tree) if isinstance(leaf, Regex)})
EITHER = [pattern for pattern in WRITTEN if ready(pattern).lower]


@pytest.mark.parametrize(
    ("pattern", "same"),
    [
        (r"\w+", "[0-9A-Za-z_]+"),
        (r"[\w.-]+@\w", "[0-9A-Za-z_.-]+@[0-9A-Za-z_]"),
        (r"\\w", r"\\w"),
        (r"[^\w]\W\d\s\b", r"[^0-9A-Za-z_][^0-9A-Za-z_][0-9]\s(?-u:\b)"),
        (r"[]\w][^]\w]x", r"[]0-9A-Za-z_][^]0-9A-Za-z_]x"),
        (r"\[\w\]", r"\[[0-9A-Za-z_]\]"),
        (r"[\W_]", "[[^0-9A-Za-z_]_]"),
    ],
)
def test_words_are_of_ascii(pattern: str, same: str) -> None:
    assert of_ascii(pattern) == same


@pytest.mark.parametrize(
    ("pattern", "lower"),
    [
        ("(?i)Token (?:Has|IS) Expired", "token (?:has|is) expired"),
        ("(?i:A|B)", "(?:a|b)"),
        ("(?is)A.B", "(?s)a.b"),
        (r"(?i)[A-Z0-9]+\S[^A-F]", r"[a-z0-9]+\S[^a-f]"),
        (r"(?i)Bad(?i: Key)\W", "bad(?: key)[^0-9a-z_]"),
        (r"(?i)[\w.]X{2,3}?", "[0-9a-z_.]x{2,3}?"),
        (r"(?i)[^\x00]*?End[ -~]", r"[^\x00]*?end[ -~]"),
        (r"(?i:(?s:A.)\(B\))", r"(?:(?s:a.)\(b\))"),
        ("(?i)(?P<Name>A)", "(?P<Name>a)"),
        ("(?i:[(]A)", "(?:[(]a)"),
    ],
)
def test_either_case_is_asked_of_the_lower_case(pattern: str, lower: str) -> None:
    assert ready(pattern) == (lower, True)


@pytest.mark.parametrize(
    "pattern",
    [
        "Token",
        "(?i:a)b",
        "(?i:a)(?i:b)",
        "(?i)a(?-i:B)",
        r"(?i)\p{Lu}",
        r"(?i)\x41",
        "(?i)[!-Z]",
        "(?i)[a[b]]",
        "(?i)[a-z&&[^b]]",
    ],
)
def test_what_the_lower_case_would_change_is_asked_of_the_text_itself(pattern: str) -> None:
    assert not ready(pattern).lower


def found(pattern: str, texts: pl.Series) -> list[bool]:
    made, lower = ready(pattern)
    return (texts.str.to_lowercase() if lower else texts).str.contains(made).to_list()


def test_most_patterns_of_the_shipped_rules_are_asked_of_the_lower_case() -> None:
    assert len(EITHER) >= 0.9 * sum("(?i" in pattern for pattern in WRITTEN)


def test_shipped_rules_find_in_all_their_samples_what_they_found_before() -> None:
    samples = [sample for rule in RULES for kind in ("hits", "misses") for sample in rule.meaning.get(kind) or ()]
    said = {text for sample in samples for text in sample.values() if isinstance(text, str)}
    texts = pl.Series(sorted(text for text in said if text.isascii())[::7])
    for pattern in WRITTEN:
        assert found(pattern, texts) == texts.str.contains(pattern).to_list(), pattern


@given(st.text(st.characters(max_codepoint=126, min_codepoint=9), max_size=30))
def test_any_text_of_ascii_is_found_as_before(text: str) -> None:
    texts = pl.Series([text, text.upper(), text.title()])
    for pattern in (r"\w", r"[\w-]+\b", r"(?i)x\w{1,3}", r"[^\w ]", r"(?i:[A-C]\W|\bk[!-~]{2}\d)", "(?i)[^a-kX]s"):
        assert found(pattern, texts) == texts.str.contains(pattern).to_list()


def test_a_text_of_several_alphabets_has_words_of_ascii() -> None:
    assert found(r"(?i)\bToken\b", pl.Series(["令牌token已过期", "TOKEN", "tokens"])) == [True, True, False]
