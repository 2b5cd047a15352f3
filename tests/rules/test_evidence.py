"""The extent of a match is the longest text that one of its conditions took."""

from pathlib import Path

import polars as pl
import pytest

from logscan.rules.evidence import extent
from tests.rules.folder import load_one

FRAME = pl.DataFrame(
    {
        "message": ["the token has expired", "Token", None],
        "error.code": ["token_expired", None, None],
        "http.response.status_code": pl.Series([401, 401, None], dtype=pl.UInt16()),
    }
)


@pytest.mark.parametrize(
    ("detection", "expected"),
    [
        ("s: {message|contains: token}", [5, 5, 0]),
        ("s: {message|contains: [token, token has]}", [9, 5, 0]),
        ("s: {message|startswith: the}", [3, 0, 0]),
        ("s: {message|endswith: expired}", [7, 0, 0]),
        ("s: {message: token}", [0, 5, 0]),
        ("s: {message|contains|cased: Token}", [0, 5, 0]),
        ("s: {message|contains: 't*expired'}", [7, 0, 0]),
        ("s: {message|re|i: 'TOKEN.*'}", [17, 5, 0]),
        ("s: {http.response.status_code: 401}", [1, 1, 0]),
        ("s: {user.name: ada}", [0, 0, 0]),
        ("s: {message|contains: token, error.code: token_expired}", [13, 5, 0]),
    ],
)
def test_the_longest_text_counts(tmp_path: Path, detection: str, expected: list[int]) -> None:
    rule = load_one(tmp_path, f"{detection}\ncondition: s")
    assert FRAME.with_columns(letters=extent(rule.tree, FRAME.columns))["letters"].to_list() == expected


def test_what_must_not_hold_is_no_evidence(tmp_path: Path) -> None:
    rule = load_one(
        tmp_path, "s: {message|contains: token}\nn: {message|contains: 'the token has'}\ncondition: s and not n"
    )
    assert FRAME.with_columns(letters=extent(rule.tree, FRAME.columns))["letters"].to_list() == [5, 5, 0]
