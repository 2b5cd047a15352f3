"""The failures of a log, as narrow columns that measuring needs: one row each, in one order whatever the input's."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logscan.analysis.judgement import Judgement
from logscan.analysis.request_ids import load_request_ids, pieces, request_ids, wanted_columns
from logscan.analysis.traits import Traits
from logscan.analysis.visits import principal, site
from logscan.model.taxonomy import UNCLASSIFIED

_TEXTS = {
    "path": "log.file.path",
    "dataset": "event.dataset",
    "service": "service.name",
    "site": "url.domain",
    "client": "source.address",
    "user": "user.name",
    "credential": "logscan.credential",
    "endpoint": "logscan.endpoint",
    "upstream": "server.address",
    "method": "http.request.method",
    "agent": "user_agent.original",
    "protocol": "http.version",
    "cause": "logscan.cause",
    "confidence": "logscan.confidence",
}
_TOLD = {"host": "host.name", "token": "logscan.token"}
_LISTS = {"rules": "logscan.rules", "alternatives": "logscan.alternatives"}
_NUMBERS = ("expired_s", "skew_s", "lifetime_s")
_UNNAMED = {"cause": UNCLASSIFIED, "confidence": "low"}
_IDS = ("client", "user", "endpoint")
_NOT_PATH = r"^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*|[?#](?s:.*)$"
_IDS_AT_END = r"(?:/\{id\})+$"
_LISTED_TEXTS = 100_000  # different texts of one column
LISTED = "\n"  # between the names of a list
NO_TIME = np.iinfo(np.int64).min
SECOND = 1_000_000  # of the microseconds in which times are kept


def read_failures(classified: pl.LazyFrame, judgement: Judgement) -> pl.DataFrame:
    """Narrow CLASSIFIED to what measuring needs.

    Out: t (microseconds since the epoch, null when the line has no time), line, offset, the texts above, rules and
         alternatives (joined by LISTED; see as_places), status, ids (see `request_ids`), piece (see `pieces`), host,
         what CONTENT has (expires: microseconds since the epoch), target (a number for the very path, ids and all),
         client_id, user_id and endpoint_id (as in VISITS), family (of the dataset), group (the endpoint without ids at
         its end), program (the agent without versions); sorted by time, path and offset; `row` is the place in that
         order
    Law: the result does not depend on the row order of the input; one column of text is held at a time
    """
    ids = load_request_ids()
    found = classified.select(
        pl.col("@timestamp").cast(pl.Int64).alias("t"),
        pl.col("logscan.line").alias("line"),
        pl.col("log.offset").fill_null(0).alias("offset"),  # records of one JSON document may share a line
        pl.col("http.response.status_code").alias("status"),
        pl.col("logscan.expired_s").alias("expired_s"),
        pl.col("logscan.skew_s").alias("skew_s"),
        pl.col("logscan.lifetime_s").alias("lifetime_s"),
        pl.col("logscan.expires").cast(pl.Int64).alias("expires"),
        _target(),
    ).collect()
    spoken = classified.select(wanted_columns(ids)).collect()
    found = found.with_columns(request_ids(spoken, ids), pieces(spoken, ids))
    del spoken
    for name, column in (_TEXTS | _TOLD | _LISTS).items():
        text = pl.col(column).list.join(LISTED) if name in _LISTS else pl.col(column)
        wanted = [text.fill_null(_UNNAMED[name]) if name in _UNNAMED else text]
        wanted += [principal(column).alias(f"{name}_id")] if name in _IDS else []
        read = classified.select(wanted).collect()
        found = found.with_columns(as_places(read[column]).alias(name), *read.get_columns()[1:])
    family = mapped(found["dataset"], lambda names: names.replace_strict(judgement.families, default=names))
    group = mapped(found["endpoint"], lambda names: names.str.replace(_IDS_AT_END, "")).alias("group")
    program = mapped(found["agent"], lambda agents: _programs(agents, judgement.traits)).alias("program")
    ordered = found.with_columns(family.alias("family"), group, program).sort(
        "t", "path", "line", "offset", nulls_last=True
    )
    return ordered.with_row_index("row")


def _target() -> pl.Expr:
    """Which path it is, ids and all; where a line has none, which endpoint."""
    path = pl.coalesce("url.path", pl.col("url.original").str.replace_all(_NOT_PATH, ""), "logscan.endpoint")
    plain = path.str.strip_chars_end("/")
    return pl.when(path.str.starts_with("/")).then(plain.hash(0)).alias("target")


def _programs(agents: pl.Series, traits: Traits) -> pl.Series:
    return agents.alias("agent").to_frame().select(traits.program(pl.col("agent"))).to_series()


def as_places(texts: pl.Series) -> pl.Series:
    """Texts as their places in the sorted list of them: what stands in many rows is held once.

    Out: Enum; the texts themselves when there are so many that their list and its index would be larger than the rows
    """
    different = texts.drop_nulls().unique()
    return texts.cast(pl.Enum(different.sort())) if len(different) <= _LISTED_TEXTS else texts


def mapped(column: pl.Series, change: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """A column with other texts. change: the texts, each once when they are few, to the new ones."""
    kind = column.dtype
    if not isinstance(kind, pl.Enum):
        return as_places(change(column))
    return as_places(change(kind.categories)).gather(column.to_physical())


class Coded(NamedTuple):
    """A text column as numbers: -1 for null, else an index of `texts`, which are sorted; some may stand nowhere."""

    codes: NDArray[np.signedinteger[Any]]
    texts: pl.Series


class Columns:
    """Failures as arrays; texts as codes. t is NO_TIME where the line has none."""

    def __init__(self, failures: pl.DataFrame) -> None:
        self.height = failures.height
        self.t = failures["t"].fill_null(NO_TIME).to_numpy()
        self.line, self.offset = failures["line"].to_numpy(), failures["offset"].to_numpy()
        self.client_id, self.user_id, self.endpoint_id = (
            failures[name].to_numpy() for name in ("client_id", "user_id", "endpoint_id")
        )
        self.status = failures["status"].fill_null(0).to_numpy()
        self._numbers = {name: failures[name].to_numpy() for name in _NUMBERS if failures[name].count()}
        self._sought: dict[tuple[str, str], int] = {}
        self._ids: dict[str, NDArray[np.uint64]] = {}
        self._texts = {name: coded(failures[name]) for name in (*_TEXTS, "family", "group", "program")}

    def __getitem__(self, name: str) -> Coded:
        return self._texts[name]

    def ids(self, name: str) -> NDArray[np.uint64]:
        """The number that stands for each text of client, user or site in VISITS, by code."""
        if name not in self._ids:
            number = site(name) if name == "site" else principal(name)
            found = self._texts[name].texts.alias(name).to_frame().select(number).to_series()
            self._ids[name] = found.to_numpy().astype(np.uint64)
        return self._ids[name]

    def text(self, name: str, row: int) -> str:
        found = self._texts[name]
        return str(found.texts[int(found.codes[row])]) if found.codes[row] >= 0 else ""

    def times(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Times of those rows that have one, seconds; rows are in time order."""
        t = self.t[rows]
        return np.asarray(t[t != NO_TIME] / SECOND, dtype=np.float64)

    def numbers(self, name: str, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """What lines state of times, of those rows that do."""
        found = self._numbers.get(name)
        values = np.zeros(0) if found is None else found[rows]
        return values[~np.isnan(values)]

    def code(self, name: str, text: str) -> int:
        """The code of a text: -2, which no row has, when no failure has it."""
        if (name, text) not in self._sought:
            found = self._texts[name].texts.index_of(text)
            self._sought[name, text] = -2 if found is None else found
        return self._sought[name, text]

    def count(self, name: str, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """How often each text of a column stands in these rows, by code; nulls are not counted."""
        found = self._texts[name]
        codes = found.codes[rows]
        return np.bincount(codes[codes >= 0], minlength=len(found.texts))

    def counted(self, name: str, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The codes that stand in these rows, ascending, and how often each does."""
        found = self._texts[name]
        if rows.size < len(found.texts) // 8:
            codes, counts = np.unique(found.codes[rows], return_counts=True)
            known = int(codes.size > 0 and codes[0] < 0)  # nulls are not counted
            return codes[known:].astype(np.int64), counts[known:]
        counts = self.count(name, rows)
        codes = np.flatnonzero(counts)
        return codes, counts[codes]

    def distinct(self, name: str, rows: NDArray[np.int64]) -> int:
        return int(self.counted(name, rows)[0].size)

    def top(self, name: str, rows: NDArray[np.int64], most: int) -> tuple[tuple[str, int], ...]:
        """The most frequent texts of a column with their counts; ties by text."""
        codes, counts = self.counted(name, rows)
        order = np.argsort(-counts, kind="stable")[:most]
        return tuple((str(self._texts[name].texts[int(codes[at])]), int(counts[at])) for at in order)


def coded(column: pl.Series) -> Coded:
    """In: what as_places made"""
    kind = column.dtype
    if isinstance(kind, pl.Enum):
        texts, places = kind.categories, column.to_physical()
    else:
        texts = column.drop_nulls().unique().sort()
        known = pl.DataFrame({"text": texts, "place": pl.int_range(len(texts), dtype=pl.Int32(), eager=True)})
        places = column.to_frame("text").join(known, on="text", how="left", maintain_order="left")["place"]
    narrow = pl.Int8() if len(texts) < 1 << 7 else pl.Int16() if len(texts) < 1 << 15 else pl.Int32()
    return Coded(places.cast(narrow).fill_null(-1).to_numpy(), texts)


def most_listed(lists: pl.Series) -> tuple[str, ...]:
    """The texts of joined lists, most frequent first, ties by their usual place in the lists, then by text."""
    counts: dict[str, int] = {}
    places: dict[str, int] = {}
    for names, times in lists.drop_nulls().value_counts(name="times").iter_rows():
        for place, name in enumerate(names.split(LISTED) if names else ()):
            counts[name] = counts.get(name, 0) + times
            places[name] = places.get(name, 0) + times * place
    return tuple(sorted(counts, key=lambda name: (-counts[name], places[name] / counts[name], name)))
