"""What the clients did besides failing: questions to VISITS, which may be larger than memory."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logscan.analysis.crowd import Crowd
from logscan.analysis.held import Held
from logscan.analysis.stored import Stored
from logscan.analysis.successes import Answered, Clients, Successes


class Activity(Protocol):
    """Answers about successes on protected routes: those that have refused somebody.

    Units: times in seconds since the epoch, unless said otherwise
    Law:   no answer holds more rows than `rows`, or than there are failing clients
    """

    every: int  # one of so many clients is in the crowd

    @property
    def crowd(self) -> Crowd:
        """Who was active on protected routes; a sample of the clients when there are too many visits."""

    def successes_of(self, key: str, ids: Sequence[int]) -> pl.DataFrame:
        """Successes of some clients or users on protected routes. Out: id, endpoint, first, last (microseconds), n."""

    def on_route(self, route: int) -> Successes:
        """Everybody's successes on a protected route, binned."""

    def at_all(self, *, nobody: bool) -> Successes:
        """The same for all protected routes together; or for lines that know no client, whatever the route."""

    def clients(self, ids: NDArray[np.uint64]) -> Clients:
        """What these clients did; each is named once."""

    def answered(self, failures: pl.DataFrame, within_s: float) -> Answered:
        """The first success of the same client and route at most within_s after each failure, and how many there are.

        Law: holds only the successes of the time slots in which an answer could be
        """

    def active(self, asked: Sequence[tuple[float, float, int | None]]) -> list[int]:
        """How many clients were active on protected routes in each [start, end), on one of them when it is given."""

    def let_in(self, key: str, ids: Sequence[int]) -> pl.DataFrame:
        """How often some clients or users succeeded, and where: visits with a time.

        Out: id, client, endpoint, site, n; each combination once, in any order
        """

    def turned_away(self, ids: Sequence[int], statuses: Sequence[int]) -> pl.DataFrame:
        """Visits with a time of some clients that failed, or did not succeed and were answered with one of these.

        Out: t (microseconds), client, endpoint, outcome, status; in time order
        """

    def named_share(self, route: int) -> float | None:
        """The successes on a route that name a user / the successes on it; None when there are none."""

    def share(self, route: int) -> float:
        """The visits to a route / the visits to any route that has a name."""

    def without(self, clients: NDArray[np.uint64]) -> "Activity":
        """The same, where these are neither of the crowd nor counted as active."""


def activity_of(visits: pl.LazyFrame, routes: Sequence[int], *, rows: int, first: float, last: float) -> Activity:
    """In: visits: VISITS; routes: the protected ones; rows: so many visits are held; first and last: of the log"""
    count = int(visits.select(pl.len()).collect().item())
    if count <= rows:
        return Held(visits.collect(), routes, first=first, last=last)
    return Stored(visits, routes, count=count, rows=rows, first=first, last=last)
