"""What passes between the outbox and a sink."""

from logscan.alert.sinks.sink import Delivery, Entry, Outcome
from tests.alert.made import HOUR, START


def test_an_outcome_without_more_took_nothing_and_has_no_fault() -> None:
    assert (Outcome().delivered, Outcome().refused, Outcome().fault, Outcome().wait) == (frozenset(), {}, "", None)


def test_a_delivery_says_what_is_new_and_what_goes_on() -> None:
    delivery = Delivery((Entry("a", {"id": "a"}),), ({"id": "a"},), START, HOUR)
    assert delivery.pending[0].tries == 0
    assert delivery.live == ({"id": "a"},)
