"""How failures spread over services and logs: for small pictures side by side."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from logscan.analysis.failures import NO_TIME, SECOND, Columns
from logscan.analysis.unit import Rows
from logscan.ingest.rotation import part_of

_LENGTHS = (3600, 86_400)  # seconds; the shorter unless it gives too many rows
_ROWS = 20_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def failures_by_group(
    columns: Columns | None, members: Sequence[Rows], causes: Sequence[str]
) -> tuple[tuple[str, datetime, str, int], ...]:
    """Failures by service, time and cause.

    In:   columns and members as `Built` has them; causes: of each finding, in the order of members
    Out:  (group, start of its hour or day, cause, failures), sorted; group: the service that the line names, else its
          log, all rotated parts of it together
    Law:  the counts add up to the failures that have a time; the result does not depend on row order
    """
    rows = np.concatenate([np.zeros(0, dtype=np.int64), *members])
    if columns is None or not rows.size:
        return ()
    path, service = columns["path"], columns["service"]
    frame = pl.DataFrame(
        {
            "second": columns.t[rows] // SECOND,
            "path": path.codes[rows],
            "service": service.codes[rows],
            "cause": np.repeat(np.arange(len(causes)), [part.size for part in members]),
        }
    ).filter(pl.Series(columns.t[rows] != NO_TIME))
    named = [str(text) for text in service.texts]
    logs = [part_of(str(text)).log for text in path.texts]
    for length in _LENGTHS:
        counted = frame.group_by(pl.col("second") // length * length, "path", "service", "cause").agg(n=pl.len())
        if counted.height <= _ROWS:
            break
    found: dict[tuple[str, datetime, str], int] = {}
    for second, at, of, cause, events in counted.iter_rows():
        group = named[of] if of >= 0 and named[of] else logs[at] if at >= 0 else ""
        key = (group, _EPOCH + timedelta(seconds=second), causes[cause])
        found[key] = found.get(key, 0) + events
    return tuple((*key, events) for key, events in sorted(found.items()))
