"""Many findings: the worst open, the others folded by cause."""

from dataclasses import replace

import pytest

from logscan.model.finding import Scope
from logscan.report.context import Card, build_page
from logscan.report.groups import folded
from tests.report.scans import finding, library, typical


def cards(count: int) -> tuple[Card, ...]:
    causes = ("token_expired", "api_key_invalid", "unclassified")
    levels = ("client", "endpoint")
    found = [
        finding(
            id=f"{k}", cause=causes[k % 3], severity="high" if k < 20 else "low", scope=Scope(levels[k % 2], (f"{k}",))
        )
        for k in range(count)
    ]
    return build_page(replace(typical(), findings=tuple(found)), library()).cards


def test_few_are_all_open() -> None:
    assert folded(cards(15)) == (cards(15), ())


@pytest.mark.parametrize("count", [16, 60])
def test_of_many_each_is_once_on_the_page_and_the_worst_are_open(count: int) -> None:
    every = cards(count)
    shown, groups = folded(every)
    assert shown == every[:10]
    assert {card.number for group in groups for card in group.cards} == {card.number for card in every[10:]}
    assert sum(len(group.cards) for group in groups) == count - 10
    assert [group.number for group in groups] == [1, 2, 3]


def test_a_group_is_of_one_cause_worst_first_then_by_scope_and_knows_where_to_read_what_to_do() -> None:
    shown, groups = folded(cards(60))
    for group in groups:
        assert {card.cause.id for card in group.cards} == {group.model.cause.id}
        assert group.model in shown
        order = [(card.severity == "low", card.finding.scope.level) for card in group.cards]
        assert order == sorted(order)
    assert sum(group.events for group in groups) == sum(card.finding.counts.events for card in cards(60)[10:])


def test_a_cause_that_is_only_folded_says_what_to_do_itself() -> None:
    found = [finding(id=f"{k}", severity="high") for k in range(15)] + [
        finding(id="last", cause="unclassified", severity="low")
    ]
    _, groups = folded(build_page(replace(typical(), findings=tuple(found)), library()).cards)
    assert [group.model.finding.id for group in groups] == ["10", "last"] or groups[-1].model.finding.id == "last"
