"""What sets failing requests apart, in words."""

from dataclasses import replace

from logscan.model.contrast import Contrast, Trait
from logscan.report.contrast import contrast_told
from tests.report.scans import finding

TRAIT = Trait("agent", "sdk/2.0", (90, 100), (20, 1000), 441.0, 260.0, 749.0, 1e-9)
CONTRAST = Contrast(100, 1000, 40_000, same_routes=True, during=True, tested=12, traits=(TRAIT,))


def told(contrast: Contrast | None) -> tuple[str, ...]:
    return contrast_told(replace(finding(), contrast=contrast))


def test_a_trait_is_told_with_its_numbers() -> None:
    assert told(CONTRAST) == (
        "the agent sdk/2.0: 90 % of failing requests, 2 % of 1,000 succeeding ones; odds ratio 441 (260 to 749)",
    )


def test_what_no_success_has_gives_a_lower_bound_only() -> None:
    never = replace(TRAIT, let_in=(0, 1000), tied=(("client", "192.0.2.1"), ("user", None)))
    assert told(replace(CONTRAST, traits=(never,))) == (
        (
            "the agent sdk/2.0: 90 % of failing requests, none of 1,000 succeeding ones; odds ratio at least 260; "
            "not to be told from the client 192.0.2.1, no user"
        ),
    )


def test_that_nothing_was_found_is_said_with_what_was_looked_at() -> None:
    assert told(replace(CONTRAST, traits=())) == (
        "nothing sets failing requests apart: 12 values looked at, against 1,000 successes on the same routes in that time",
    )
    assert told(replace(CONTRAST, traits=(), tested=0)) == ()
    assert told(None) == ()


def test_log_text_stays_text() -> None:
    hostile = replace(TRAIT, value="a\x1b[31m\u202eb" + "c" * 500)
    (sentence,) = told(replace(CONTRAST, traits=(hostile,)))
    assert sentence.isprintable()
    assert len(sentence) < 300
