"""Who tries what: names from one client, tries of one name, networks that one name comes from."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from logscan.analysis.failures import NO_TIME, Columns
from logscan.analysis.measures import Measures
from logscan.analysis.recurrence import most_distinct, most_in


def measure_tries(rows: NDArray[np.int64], columns: Columns, measures: Measures) -> dict[str, Any]:
    """The SERIES columns that say how many names, tries and places there are; {} when no failure names a user."""
    timed = rows[columns.t[rows] != NO_TIME]
    users, clients = columns["user"].codes, columns["client"].codes
    named = timed[users[timed] >= 0]
    if named.size == 0:
        return {}
    known, per_user = columns.counted("user", named)
    placed = named[clients[named] >= 0]
    many = len(columns["client"].texts)
    pairs = np.divmod(np.unique(users[placed].astype(np.int64) * many + clients[placed]), many) if placed.size else ()
    found: dict[str, Any] = {
        "tries_per_user": float(np.median(per_user)),
        "sources_per_user": float(np.bincount(pairs[0]).max()) if pairs else None,
        "user_tries_max": most_in(
            columns.times(named[users[named] == known[per_user.argmax()]]), measures.tries_span_s
        ),
    }
    if pairs:
        widest = int(np.bincount(pairs[1]).argmax())
        of_client = named[clients[named] == widest]
        found["users_tried_max"] = most_distinct(columns.times(of_client), users[of_client], measures.tries_span_s)
        spread = int(np.bincount(pairs[0]).argmax())
        of_user = named[(users[named] == spread) & (clients[named] >= 0)]
        found["user_networks_max"] = most_distinct(
            columns.times(of_user), _networks(of_user, columns), measures.networks_span_s
        )
    return found


def _networks(rows: NDArray[np.int64], columns: Columns) -> NDArray[np.int64]:
    """The /24 (IPv4) or /48 (IPv6) of each row's client, as numbers."""
    client = columns["client"]
    codes, at = np.unique(client.codes[rows], return_inverse=True)
    known: dict[str, int] = {}
    numbers = [known.setdefault(_network(text), len(known)) for text in client.texts.gather(codes)]
    return np.array(numbers, dtype=np.int64)[at]


def _network(address: str) -> str:
    return ":".join(address.split(":")[:3]) if address.count(":") > 1 else ".".join(address.split(".")[:3])
