"""What passes between the outbox and a sink."""

from pathlib import Path

from logscan.alert.sinks.sink import Delivery, Entry, Outcome, to_file
from tests.alert.made import HOUR, START


def test_an_outcome_without_more_took_nothing_and_has_no_fault() -> None:
    assert (Outcome().delivered, Outcome().refused, Outcome().fault, Outcome().wait) == (frozenset(), {}, "", None)


def test_a_delivery_says_what_is_new_and_what_goes_on() -> None:
    delivery = Delivery((Entry("a", {"id": "a"}),), ({"id": "a"},), START, HOUR)
    assert delivery.pending[0].tries == 0
    assert delivery.live == ({"id": "a"},)


def test_of_what_is_written_in_one_go_all_is_taken_or_all_waits() -> None:
    delivery = Delivery((Entry("a", {"id": "a"}), Entry("b", {"id": "b"})), (), START, HOUR)
    assert to_file(Path("x"), delivery, lambda: None).delivered == {"a", "b"}

    def full() -> None:
        raise OSError(28, "No space left on device")

    assert to_file(Path("x"), delivery, full) == Outcome(fault="x: No space left on device")
