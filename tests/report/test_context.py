import json
from dataclasses import replace
from datetime import timedelta

from logscan.analysis.series import SERIES
from logscan.model.resources import reports_dir
from logscan.report.context import build_page, cause_words
from tests.report.scans import START, finding, library, typical


def test_cards_stand_worst_first_and_benign_ones_apart() -> None:
    page = build_page(typical(), library())
    assert [card.severity for card in page.cards] == ["critical", "high", "medium", "low", "low"]
    assert [card.cause.id for card in page.benign] == ["challenge_handshake"]
    assert [(cause.id, count) for cause, count in page.calm] == [("cors_preflight", 611)]
    assert [card.number for card in (*page.cards, *page.benign)] == [1, 2, 3, 4, 5, 6]


def test_real_failures_and_benign_ones_are_all_of_them() -> None:
    page = build_page(typical(), library())
    assert page.real == typical().auth_failures - 9120 - 611


def test_the_basis_is_what_named_the_cause() -> None:
    cards = {card.cause.id: card for card in build_page(typical(), library()).cards}
    assert cards["token_expired"].basis == "text"
    assert cards["credential_attack"].basis == "behaviour"
    assert cards["unclassified"].basis == "none"
    assert [(m.name, m.basis) for m in cards["token_expired"].rules] == [
        ("jwt_expired_text", "text"), ("periodic_with_recovery", "behaviour"),
    ]  # fmt: skip


def test_what_the_rules_read_is_decisive_and_comes_first_and_nulls_are_left_out() -> None:
    card = build_page(replace(typical(), findings=(finding(),)), library()).cards[0]
    assert [m.name for m in card.measures if m.decisive] == [
        "period_s",
        "period_cv",
        "recovered_share",
        "phase_success",
    ]
    assert [m.decisive for m in card.measures] == sorted((m.decisive for m in card.measures), reverse=True)
    assert "unheard_of_s" not in [m.name for m in card.measures]


def test_an_unknown_cause_pattern_rule_and_playbook_stand_for_themselves() -> None:
    odd = finding(cause="odd", pattern="odder", rules=("oddest",), playbook="none", severity="odd")
    card = build_page(replace(typical(), findings=(odd,)), library()).cards[0]
    assert (card.cause.title, card.pattern.title, card.rules[0].title) == ("odd", "odder", "oddest")
    assert (card.playbook, card.steps, card.severity) == ("", (), "informational")
    assert cause_words(library().taxonomy, "odd").family == "unknown"


def test_the_cause_s_playbook_helps_out_when_the_finding_names_none() -> None:
    card = build_page(replace(typical(), findings=(finding(playbook=""),)), library()).cards[0]
    assert card.playbook == "Renew tokens in time"


def test_every_measure_has_words() -> None:
    words = json.loads((reports_dir() / "html" / "features.json").read_text("utf-8"))
    assert not [name for name, kind in SERIES.items() if kind.is_numeric() and name not in words]
    assert not [name for name in words if name not in SERIES]


def test_a_strip_covers_the_stretch_of_its_episodes() -> None:
    late = timedelta(days=300)
    moved = tuple((when + late, name, n) for when, name, n in typical().timeline)
    whole = (START, START + late + timedelta(hours=24))
    inputs = (replace(typical().inputs[0], first=whole[0], last=whole[1]),)
    two = finding().episodes[:2]
    near = finding(episodes=two, next_expected=None)
    both = finding(episodes=(two[0], (two[1][0] + late, two[1][1] + late, 3)), next_expected=None)
    scan = replace(typical(), timeline=typical().timeline + moved, inputs=inputs, findings=(near, both))
    strips = [card.strip for card in build_page(scan, library()).cards]
    assert [strip and strip.axis for strip in strips] == [(START, START + timedelta(minutes=1450)), whole]
    assert [strip and len(strip.marks) for strip in strips] == [2, 2]


def test_the_words_that_named_the_cause_are_marked_in_its_evidence() -> None:
    page = build_page(replace(typical(), findings=(finding(),)), library())
    proof = page.cards[0].evidence[0]
    assert [part.text for part in proof.parts if part.hit] == ["token rejected"]
    assert "".join(part.text for part in proof.parts) == proof.line.text
    assert page.cards[0].doubts == ("A test of token rejected.",)


def test_another_cause_says_what_would_decide() -> None:
    other = build_page(replace(typical(), findings=(finding(),)), library()).cards[0].alternatives[0]
    assert (other.title, other.confidence) == ("Clocks disagree", "low")
    assert "date -u" in other.decided_by
