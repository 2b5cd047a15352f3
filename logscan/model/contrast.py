"""What failing requests have that succeeding ones have not, as outputs render it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Trait:
    """What sets failing requests apart.

    field    credential user client program agent method protocol upstream site route hour
    value    None: they name none
    failing  so many of so many have it;  let_in: the same of the successes that they are compared with
    odds     of having it, failing to succeeding; low and high: the ends of its 95 % interval
    q        the part of what is told that is expected to be chance
    tied     other fields and values that the same requests have: which of them it is, the log cannot tell
    """

    field: str
    value: str | None
    failing: tuple[int, int]
    let_in: tuple[int, int]
    odds: float
    low: float
    high: float
    q: float
    tied: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True)
class Contrast:
    """Failing requests against succeeding ones; without traits, nothing that was looked at sets them apart.

    let_in       successes that were compared, of a sample that stands for `total`
    same_routes  they are on the same routes;  during: in the time of the finding, else in the whole log
    tested       values that were looked at
    """

    failing: int
    let_in: int
    total: int
    same_routes: bool
    during: bool
    tested: int
    traits: tuple[Trait, ...] = ()
