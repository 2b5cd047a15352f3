"""Who attacks while everybody is refused: strangers whose behaviour sets them apart from those who are merely hit."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logscan.analysis.failures import NO_TIME, SECOND
from logscan.analysis.unit import Answers, Rows, Unit
from logscan.rules.load import Rule


def strangers(rows: Rows, answers: Answers) -> Rows:
    """Those failures whose client had not been let in before its first one.

    In:  rows: of failures, any
    Out: a part of them, ascending
    Law: one of a user who is let in from elsewhere is not among them, for it may be his own, unless its client names
         more than few_principals users, or more than named_principals strangers name the user; the result does not
         depend on row order
    """
    columns, clients, settings = answers.log.columns, answers.log.clients, answers.log.measures
    timed = np.sort(rows[(columns.t[rows] != NO_TIME) & (columns.client_id[rows] != 0)])
    code = columns["client"].codes[timed]
    begins = np.full(clients.first_ok.size, np.inf)
    np.minimum.at(begins, code, columns.t[timed] / SECOND)
    there = timed[~(clients.first_ok <= begins)[code]]  # nan: never
    user, client = columns["user"].codes[there].astype(np.int64), columns["client"].codes[there].astype(np.int64)
    named = user >= 0
    if not named.any():
        return np.asarray(there, dtype=np.int64)
    known = named & np.isin(columns.user_id[there], _let_in(columns.user_id[there[named]], answers))
    pairs = np.unique(np.stack((user[named], client[named])), axis=1)
    names, sources = (
        np.bincount(pairs[at], minlength=int(column.max()) + 1) for at, column in ((1, client), (0, user))
    )
    own = known & (names[client] <= settings.few_principals) & (sources[user] <= settings.named_principals)
    return np.asarray(there[~own], dtype=np.int64)


def _let_in(users: NDArray[np.uint64], answers: Answers) -> NDArray[np.uint64]:
    """Of these users, those who are let in at any time."""
    found = answers.activity.successes_of("user", [int(each) for each in np.unique(users)])
    return np.asarray(found["id"].unique().cast(pl.UInt64()).to_numpy(), dtype=np.uint64)


def attackers(
    units: Sequence[Unit], signatures: Sequence[Rule], apart: AbstractSet[str], answers: Answers
) -> NDArray[np.uint64]:
    """The clients of those units whose behaviour names a cause that stands apart, sorted.

    In: units: of strangers, assessed
    """
    told = [unit for unit in units if unit.behaviour and signatures[unit.behaviour[0]].names in apart]
    ids = [answers.log.columns.client_id[unit.rows] for unit in told]
    return np.unique(np.concatenate(ids)) if ids else np.zeros(0, dtype=np.uint64)
