"""What a contrast is made of can be compared and copied."""

import copy

from logscan.model.contrast import Contrast, Trait

TRAIT = Trait("agent", "sdk/2.0", (90, 100), (20, 1000), 441.0, 260.0, 749.0, 1e-9)
CONTRAST = Contrast(100, 1000, 40_000, same_routes=True, during=True, tested=12, traits=(TRAIT,))


def test_a_contrast_is_a_value() -> None:
    again = copy.deepcopy(CONTRAST)
    assert again == CONTRAST
    assert len({again, CONTRAST}) == 1


def test_what_names_nothing_differs_from_what_names_a_text() -> None:
    assert Trait("user", None, (1, 1), (0, 9), 1.0, 1.0, 1.0, 0.0) != Trait(
        "user", "", (1, 1), (0, 9), 1.0, 1.0, 1.0, 0.0
    )
