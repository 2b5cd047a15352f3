"""Many findings without a wall of text: the worst stand open, the others are folded by cause."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from logscan.report.context import Card

_ALL, _OPEN = 15, 10  # so many are shown all; of more, so many stand open


@dataclass(frozen=True)
class Group:
    """Findings of one cause, worst first, then by the kind of their scope.

    model: the finding of that cause that says what to do; one of the open ones, or the first of the group
    """

    number: int  # from 1
    cards: tuple["Card", ...]
    model: "Card"

    @property
    def events(self) -> int:
        return sum(card.finding.counts.events for card in self.cards)


def folded(cards: Sequence["Card"]) -> tuple[tuple["Card", ...], tuple[Group, ...]]:
    """In: cards, worst first.  Out: those that stand open; the others, in the order of the worst of each group.

    Law: every card is in one of them, once
    """
    if len(cards) <= _ALL:
        return tuple(cards), ()
    shown, rest = cards[:_OPEN], cards[_OPEN:]
    said = {card.cause.id: card for card in reversed(shown)}
    causes: dict[str, list[Card]] = {}
    for card in rest:
        causes.setdefault(card.cause.id, []).append(card)
    groups = []
    for number, (cause, alike) in enumerate(causes.items(), 1):
        places = {severity: place for place, severity in enumerate(dict.fromkeys(card.severity for card in alike))}
        ordered = sorted(alike, key=lambda card: (places[card.severity], card.finding.scope.level))
        groups.append(Group(number, tuple(ordered), said.get(cause, ordered[0])))
    return tuple(shown), tuple(groups)
