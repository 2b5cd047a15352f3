"""Odds ratios with their intervals, drawn."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.model.contrast import Contrast, Trait
from logscan.report.forest import WIDTH, contrast_forest
from tests.report.scans import finding

TRAIT = Trait("agent", "sdk/2.0", (90, 100), (20, 1000), 441.0, 260.0, 749.0, 1e-9)
CONTRAST = Contrast(100, 1000, 40_000, same_routes=True, during=True, tested=12, traits=(TRAIT,))
RATIO = st.one_of(st.floats(0, 1e12), st.sampled_from([float("nan"), float("inf")]))


def test_a_trait_is_a_row_with_its_numbers_and_a_bar_between_the_ends_of_its_interval() -> None:
    forest = contrast_forest(CONTRAST)
    assert forest
    (tree,) = forest.trees
    assert (tree.what, tree.failing, tree.let_in) == ("the agent sdk/2.0", "90 % of 100", "2 % of 1,000")
    assert (tree.odds, tree.tied) == ("441 (260 to 749)", "")
    assert tree.at
    assert 0 < tree.low < tree.at < tree.high < WIDTH
    assert forest.against == "1,000 successes on the same routes in that time"
    assert forest.ticks == ((0.0, "1"), (25.0, ""), (50.0, "100"), (75.0, ""), (100.0, "10,000"))


def test_what_no_success_has_reaches_to_the_end_and_has_a_lower_bound_only() -> None:
    forest = contrast_forest(finding().contrast)
    assert forest
    tree = forest.trees[1]
    assert (tree.what, tree.odds, tree.at, tree.high, tree.open) == ("no user", "at least 30,000", None, 100.0, True)
    assert forest.trees[0].tied == "the agent sdk/2.0"


def test_nothing_compared_is_not_nothing_found() -> None:
    assert contrast_forest(None) is None
    assert contrast_forest(replace(CONTRAST, tested=0)) is None
    found = contrast_forest(replace(CONTRAST, traits=()))
    assert found
    assert found.trees == ()


@pytest.mark.parametrize("good", [0, 20])
@given(RATIO, RATIO, RATIO)
def test_whatever_the_ratios_a_bar_lies_inside(good: int, odds: float, low: float, high: float) -> None:
    forest = contrast_forest(
        replace(CONTRAST, traits=(replace(TRAIT, let_in=(good, 1000), odds=odds, low=low, high=high),))
    )
    assert forest
    (tree,) = forest.trees
    assert 0 <= tree.low < tree.high <= WIDTH
    assert tree.at is None or 0 <= tree.at <= WIDTH
