"""The failures of a log, as narrow columns that measuring needs: one row each, in one order whatever the input's."""

from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logscan.analysis.judgement import Judgement
from logscan.analysis.visits import principal
from logscan.model.taxonomy import UNCLASSIFIED

_TEXTS = {
    "path": "log.file.path",
    "dataset": "event.dataset",
    "service": "service.name",
    "client": "source.address",
    "user": "user.name",
    "credential": "logscan.credential",
    "endpoint": "logscan.endpoint",
    "upstream": "server.address",
    "method": "http.request.method",
    "agent": "user_agent.original",
    "cause": "logscan.cause",
    "confidence": "logscan.confidence",
}
NO_TIME = np.iinfo(np.int64).min
SECOND = 1_000_000  # of the microseconds in which times are kept


def read_failures(classified: pl.LazyFrame, judgement: Judgement) -> pl.DataFrame:
    """Narrow CLASSIFIED to what measuring needs.

    Out: t (microseconds since the epoch, null when the line has no time), line, offset, the texts above, status,
         request (request or trace id), rules, alternatives, reason_from, client_id, user_id and endpoint_id (as in
         VISITS), family (of the dataset); sorted by time, path and offset; `row` is the place in that order
    Law: the result does not depend on the row order of the input
    """
    ids = {"client_id": "source.address", "user_id": "user.name", "endpoint_id": "logscan.endpoint"}
    return (
        classified.select(
            pl.col("@timestamp").cast(pl.Int64).alias("t"),
            pl.col("logscan.line").alias("line"),
            pl.col("log.offset").fill_null(0).alias("offset"),  # records of one JSON document may share a line
            *(pl.col(column).alias(name) for name, column in _TEXTS.items()),
            pl.col("http.response.status_code").alias("status"),
            pl.coalesce("http.request.id", "trace.id").alias("request"),
            pl.col("logscan.rules").alias("rules"),
            pl.col("logscan.alternatives").alias("alternatives"),
            pl.col("logscan.reason_from").alias("reason_from"),
            *(principal(column).alias(name) for name, column in ids.items()),
        )
        .with_columns(
            pl.col("dataset").replace_strict(judgement.families, default=pl.col("dataset")).alias("family"),
            pl.col("cause").fill_null(UNCLASSIFIED),
            pl.col("confidence").fill_null("low"),
        )
        .sort("t", "path", "line", "offset", nulls_last=True)
        .with_row_index("row")
        .collect()
    )


class Coded(NamedTuple):
    """A text column as numbers: -1 for null, else an index of `texts`, which are sorted."""

    codes: NDArray[np.int64]
    texts: list[str]


class Columns:
    """Failures as arrays; texts as codes. t is NO_TIME where the line has none."""

    def __init__(self, failures: pl.DataFrame) -> None:
        self.height = failures.height
        self.t = failures["t"].fill_null(NO_TIME).to_numpy()
        self.line = failures["line"].to_numpy()
        self.client_id, self.user_id, self.endpoint_id = (
            failures[name].to_numpy() for name in ("client_id", "user_id", "endpoint_id")
        )
        self.status = failures["status"].fill_null(0).to_numpy()
        self._texts = {name: coded(failures[name]) for name in (*_TEXTS, "family")}

    def __getitem__(self, name: str) -> Coded:
        return self._texts[name]

    def text(self, name: str, row: int) -> str:
        found = self._texts[name]
        return found.texts[found.codes[row]] if found.codes[row] >= 0 else ""

    def count(self, name: str, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """How often each text of a column stands in these rows, by code; nulls are not counted."""
        found = self._texts[name]
        codes = found.codes[rows]
        return np.bincount(codes[codes >= 0], minlength=len(found.texts))

    def distinct(self, name: str, rows: NDArray[np.int64]) -> int:
        return int((self.count(name, rows) > 0).sum())

    def top(self, name: str, rows: NDArray[np.int64], most: int) -> tuple[tuple[str, int], ...]:
        """The most frequent texts of a column with their counts; ties by text."""
        counts = self.count(name, rows)
        order = np.argsort(-counts, kind="stable")[:most]
        return tuple((self._texts[name].texts[code], int(counts[code])) for code in order if counts[code])


def coded(column: pl.Series) -> Coded:
    texts = column.drop_nulls().unique().sort()
    codes = column.cast(pl.Enum(texts)).to_physical().cast(pl.Int64()).fill_null(-1)
    return Coded(codes.to_numpy(), texts.to_list())
