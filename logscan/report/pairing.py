"""How soon the same client succeeded on the same path after a failure: what tells a handshake from a failure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl

from logscan.model.schemas import ANSWERED_S
from logscan.report.show import duration

_EDGES = (1.0, 2.0, 10.0, ANSWERED_S)  # seconds; a log that knows whole seconds only tells nothing finer
_CAUSES = 12


@dataclass(frozen=True)
class Pairing:
    """failed: a row for each cause, a column for each of `columns`, the last for those without a success in time.

    nobody: failures that name no client; others: those of causes that are not in it
    """

    causes: tuple[str, ...]
    columns: tuple[str, ...]
    failed: tuple[tuple[int, ...], ...]
    nobody: int
    others: int

    @property
    def chart(self) -> dict[str, Any]:
        return {"causes": self.causes, "columns": self.columns, "edges": _EDGES, "failed": self.failed}


def pairing(shown: pl.DataFrame, causes: Sequence[str]) -> Pairing | None:
    """In:  shown SHOWN; causes: the title of the cause of each finding

    Out: None when no failure was followed by a success in time; causes with most failures first
    """
    known = shown.drop_nulls("client")
    if not known["answer_s"].count():
        return None
    waits = known["answer_s"].fill_null(float("inf")).to_numpy()
    placed = known.select("finding", at=pl.Series(np.searchsorted(_EDGES, waits)))
    counts = Counter[tuple[str, int]]()
    for finding, at, failed in placed.group_by("finding", "at").len().iter_rows():
        counts[causes[finding], at] += failed
    whole = Counter[str]()
    for (cause, _), failed in counts.items():
        whole[cause] += failed
    rows = sorted(whole, key=lambda cause: (-whole[cause], cause))[:_CAUSES]
    failed = tuple(tuple(counts[cause, at] for at in range(len(_EDGES) + 1)) for cause in rows)
    return Pairing(tuple(rows), _columns(), failed, shown.height - known.height, known.height - sum(map(sum, failed)))


def _columns() -> tuple[str, ...]:
    between = (f"{low:g} to {duration(high)}" for low, high in pairwise(_EDGES))
    return (f"within {duration(_EDGES[0])}", *between, f"not within {duration(_EDGES[-1])}")
