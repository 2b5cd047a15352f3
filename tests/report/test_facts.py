"""What lines hold is said with its numbers, and no hostile text gets through."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.model.finding import ClockOffset, Facts, Spread
from logscan.report.facts import facts_told, offset_told
from tests.report.scans import finding

FINDING = finding()


def told(facts: Facts) -> list[str]:
    return list(facts_told(replace(FINDING, facts=facts)))


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (Facts(Spread(4, 12, 60, 10800)), "What was presented was 12 s to 3 h past expiry (4 failures, median 60 s)"),
        (Facts(Spread(1, 5, 5, 5)), "What was presented was 5 s past expiry (1 failure, median 5 s)"),
        (Facts(valid=2), "2 failures with something that had not run out yet"),
        (Facts(lifetime_s=3600.0), "What was presented is valid for 60 min in all (median)"),
        (Facts(expires=datetime(2026, 3, 11, 9, 15, tzinfo=UTC)), "The last of what was presented runs out at 2026-03-11 09:15:00 UTC"),
        (Facts(skew_s=Spread(3, 312, 312, 312)), "The clock of who made the token or signature is 5.2 min ahead of the server's (3 failures, median 5.2 min)"),
        (Facts(skew_s=Spread(2, -1800, -1500, -1200)), "The clock of who made the token or signature is 20 min to 30 min behind the server's (2 failures, median -25 min)"),
        (Facts(claims={"wants_aud": (("orders", 3),)}), "The server wants audience orders (3)"),
        (Facts(claims={"aud": (("a", 3), ("b", 2), ("c", 1), ("d", 1))}), "Audience: a (3), b (2), c (1) and 1 more"),
        (Facts(claims={"sub": (("<redacted sub 0a0b0c0d>", 3),)}), "Subjects (as fingerprints): <redacted sub 0a0b0c0d> (3)"),
        (Facts(joined={"request id": 5}), "5 failures whose reason stands in another line, joined by request id"),
        (Facts(doubted=1), "1 failure near which other lines give different reasons: none was taken"),
    ],
)  # fmt: skip
def test_each_fact_is_a_sentence(facts: Facts, words: str) -> None:
    assert told(facts) == [words]


def test_without_facts_nothing_is_said() -> None:
    assert facts_told(replace(FINDING, facts=None)) == ()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-3.2, "app.log runs 3.2 s behind access.log: 42 pairs of lines say so, by request id"),
        (
            3600.4,
            "app.log runs 60 min ahead of access.log (as of another time zone): 42 pairs of lines say so, by request id",
        ),
    ],
)
def test_the_offset_of_two_clocks_is_said(seconds: float, words: str) -> None:
    assert offset_told(ClockOffset("access.log", "app.log", seconds, 42, "request id")) == words


@given(st.text(max_size=40))
def test_hostile_text_is_made_visible(text: str) -> None:
    said = [*told(Facts(claims={"kid": ((text, 1),)})), offset_told(ClockOffset(text, text, 9.0, 5, "request id"))]
    assert all(each.isprintable() for each in said)
