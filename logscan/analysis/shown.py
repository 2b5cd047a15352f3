"""The failures that a person looks through: of every finding its own, a bounded number of them."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from logscan.analysis.activity import Activity
from logscan.analysis.failures import NO_TIME, SECOND, Columns
from logscan.analysis.findings import Built
from logscan.analysis.unit import Rows
from logscan.model.schemas import ANSWERED_S, SHOWN

_TEXTS = ("path", "client", "user", "endpoint", "method", "agent", "credential")
_KEYS = {"path": "log.file.path", "line": "logscan.line", "offset": "log.offset"}
_TEXT = 400  # characters of a line; the evidence of a finding shows more of it


def spread(members: Sequence[Rows], most: int) -> tuple[Rows, ...]:
    """At most so many rows, of every finding some.

    Law: findings that are cut short keep equally many, and no other keeps more; what is kept of one is spread evenly
         over its rows, the first and the last among them
    """
    sizes = [rows.size for rows in members]
    left, each = most, most
    for place, size in enumerate(sorted(sizes)):
        each = max(left // (len(sizes) - place), 1)
        if size > each:
            break
        left -= size
    return tuple(
        rows if rows.size <= each else rows[np.linspace(0, rows.size - 1, each, dtype=np.int64)] for rows in members
    )


def shown_events(classified: pl.LazyFrame, built: Built, most: int) -> pl.DataFrame:
    """The failures of all findings, for a table.

    In:   classified: CLASSIFIED, where the texts are
    Out:  SHOWN, in time order, what has no time last; finding: the place of the finding in the order of members
    Law:  see `spread`; texts are those after redaction
    """
    columns = built.columns
    if columns is None:
        return SHOWN.to_frame()
    kept = spread(built.members, most)
    rows = np.concatenate([np.zeros(0, dtype=np.int64), *kept])
    order = np.argsort(rows, kind="stable")  # rows are in time order
    rows = rows[order]
    finding = np.repeat(np.arange(len(kept)), [part.size for part in kept])[order]
    times, status = columns.t[rows], columns.status[rows]
    found = pl.DataFrame(
        {
            "t": pl.Series(times).set(pl.Series(times == NO_TIME), None),
            "finding": finding,
            "line": columns.line[rows],
            "offset": columns.offset[rows],
            "status": pl.Series(status).set(pl.Series(status == 0), None),
            **{name: _texts(columns, name, rows) for name in _TEXTS},
            "answer_s": _answers(columns, built.activity, rows),
        }
    )
    lines = _lines(classified, found)
    return found.join(lines, on=list(_KEYS), how="left", maintain_order="left").select(
        pl.col(name).cast(dtype) for name, dtype in SHOWN.items()
    )


def _answers(columns: Columns, activity: Activity | None, rows: Rows) -> pl.Series:
    """Seconds until the same client succeeded on the same path."""
    ids = {"client_id": columns.client_id[rows], "endpoint_id": columns.endpoint_id[rows]}
    t = pl.Series(columns.t[rows]).set(pl.Series(columns.t[rows] == NO_TIME), None)
    asked = pl.DataFrame({"row": np.arange(rows.size), "t": t, **ids})
    if activity is None:
        return pl.Series([None] * rows.size, dtype=SHOWN["answer_s"])
    answers = activity.answered(asked, ANSWERED_S).answers
    both = asked.join(answers, on="row", how="left", maintain_order="left")
    return both.select((pl.col("answer") - pl.col("t")) / SECOND).to_series()


def _texts(columns: Columns, name: str, rows: Rows) -> pl.Series:
    known = columns[name]
    codes = pl.Series(known.codes[rows].astype(np.int64))
    return known.texts.cast(pl.String()).gather(codes.set(codes < 0, None))


def _lines(classified: pl.LazyFrame, found: pl.DataFrame) -> pl.DataFrame:
    """The lines of these failures, each once."""
    wanted = found.select(list(_KEYS)).lazy()
    texts = classified.select(
        pl.col("log.file.path").alias("path"),
        pl.col("logscan.line").alias("line"),
        pl.col("log.offset").fill_null(0).alias("offset"),
        pl.col("event.original").str.slice(0, _TEXT).alias("text"),
    )
    return texts.join(wanted, on=list(_KEYS), how="semi").unique(list(_KEYS), keep="any").collect()
