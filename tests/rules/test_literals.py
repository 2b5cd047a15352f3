"""A literal is only required when every match holds it."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.rules.literals import required_literals


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("expired", {"expired"}),
        ("Token (has )?expired", {"expired"}),
        ("^invalid[_ ]token$", {"invalid"}),
        ("(?:invalid|unknown) key", {"invalid", "unknown"}),
        ("key (?:invalid|unknown)", {"invalid", "unknown"}),
        ("a|bc|def", {"a", "bc", "def"}),
        (r"\bJWT\b.{0,40}expir(?:ed|y)", {"expir"}),
        (r"error 40\d+ \(auth\)", {"error 40"}),
        ("ab+c", {"ab"}),
        ("ab{2}cde", {"cde"}),
        ("(abc){2,}", {"abc"}),
        ("(?i)password", {"password", "ſ"}),
        ("(?i:Token) x", {"token"}),
        ("(?<name>token) expired", {" expired"}),
        (r"a\.b\x2fc\tdé", {"a.b/c\td"}),
        ("[[]x", None),
    ],
)
def test_the_longest_sure_text_is_found(pattern: str, expected: set[str] | None) -> None:
    assert required_literals(pattern) == (None if expected is None else frozenset(expected))


@pytest.mark.parametrize(
    "pattern",
    ["", ".*", "[a-z]+", "(abc)?", "a*", "a|", "a|.*", r"\d+", r"\p{L}x", r"\b{start}a", "a{,3}b", "(?x)a b", "(?-i:a)", r"\u{41}bc", "((a)"],
)  # fmt: skip
def test_nothing_is_claimed_of_what_is_not_sure(pattern: str) -> None:
    assert required_literals(pattern) is None


_ATOMS = st.sampled_from(
    ["a", "B", "s", "K", "é", "ſ", ".", "[ab]", "[^s]", r"\.", r"\s", r"\b", r"\x41", "^", "$", "-"]
)
_PATTERNS = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{0,2}", "{1,}", "+?"])).map(
            lambda p: f"(?:{p[0]}){p[1]}"
        ),
        inner.map(lambda part: f"(?i:{part})"),
    ),
    max_leaves=8,
)


@given(_PATTERNS, st.lists(st.text(alphabet="aAbBsSſkKéÉ.- ", max_size=6), min_size=1, max_size=20))
def test_every_match_holds_a_required_literal(pattern: str, texts: list[str]) -> None:
    literals = required_literals(pattern)
    if literals is None:
        return
    held = pl.Series(texts).filter(pl.Series(texts).str.contains(pattern)).str.to_lowercase()
    assert all(any(literal in text for literal in literals) for text in held)
