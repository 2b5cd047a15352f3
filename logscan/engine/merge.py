"""Many partials become one, in bounded memory: what grows with the input goes to disk."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import polars as pl

from logscan.analysis.let_in import lowest
from logscan.analysis.restarts import first_marks
from logscan.engine.partial import Partial, Tally, add_up, first_rejects
from logscan.model.errors import StateError, Where
from logscan.model.parquet import write_parquet
from logscan.model.schemas import CLASSIFIED, LET_IN, MARKS, REJECTS, TOTALS, VISITS

_VISITS_HELD = 1_000_000  # rows in memory, about 33 MB, before they go to disk
_FAILURES_HELD = 50_000  # rows in memory, about 50 MB
_TOTALS_HELD = 1_000_000  # rows; beyond, the buckets get coarser
_COARSER = ("1m", "5m", "15m", "1h", "6h", "1d", "7d")
_ALL_UPSTREAMS = len(_COARSER)  # the last level: which upstream is no longer told


class Rows:
    """Rows of one schema: in memory while few, else as Parquet files in a folder."""

    def __init__(self, folder: Path, name: str, schema: pl.Schema, held: int) -> None:
        self.folder, self.name, self.schema, self.held = folder, name, schema, held
        self.frames: list[pl.DataFrame] = []
        self.rows = 0
        self.files: list[Path] = []

    def add(self, frame: pl.DataFrame) -> None:
        if frame.is_empty():
            return
        self.frames.append(frame)
        self.rows += frame.height
        if self.rows > self.held:
            path = self.folder / f"{self.name}-{len(self.files):05}.parquet"
            try:
                write_parquet(pl.concat(self.frames), path, compression="lz4", statistics=False)
            except OSError as fault:
                hint = "make room there, or name another folder in TMPDIR"
                raise StateError(f"cannot be written: {fault.strerror}", where=Where(str(path)), hint=hint) from fault
            self.files.append(path)
            self.frames, self.rows = [], 0

    def lazy(self) -> pl.LazyFrame:
        here = [frame.lazy() for frame in self.frames] or [self.schema.to_frame().lazy()]
        there = [pl.scan_parquet(self.files)] if self.files else []
        return pl.concat([*there, *here])

    def parts(self) -> Iterator[pl.DataFrame]:
        """All rows in the order they were added, a bounded number at a time; at least one frame."""
        yield from map(pl.read_parquet, self.files)
        yield pl.concat([self.schema.to_frame(), *self.frames])


class Merged(NamedTuple):
    """The whole input.

    classified  CLASSIFIED, any row order
    totals      TOTALS, one row per key, buckets of `bucket` length
    visits      VISITS, any row order
    events      CLASSIFIED, every event, when the plan asked for all
    detected    CLASSIFIED, what rules without a cause matched
    let_in      LET_IN, so many successes as are compared
    marks       MARKS, by time
    """

    classified: Rows
    totals: pl.DataFrame
    visits: Rows
    rejects: pl.DataFrame
    events: Rows
    tallies: Mapping[str, Tally]
    bucket: str
    detected: Rows
    let_in: pl.DataFrame
    marks: pl.DataFrame


class Merge:
    """Takes partials in any order.

    Law: associative and commutative but for row order, which no reader may rest on
    """

    def __init__(self, folder: Path, sample: int) -> None:
        self.sample, self.let_in = sample, LET_IN.to_frame()
        self.marks = MARKS.to_frame()
        self.classified = Rows(folder, "classified", CLASSIFIED, _FAILURES_HELD)
        self.visits = Rows(folder, "visits", VISITS, _VISITS_HELD)
        self.events = Rows(folder, "events", CLASSIFIED, _FAILURES_HELD)
        self.detected = Rows(folder, "detected", CLASSIFIED, _FAILURES_HELD)
        self.totals: list[pl.DataFrame] = []
        self.level = 0
        self.rejects = REJECTS.to_frame()
        self.tallies: dict[str, Tally] = {}

    def add(self, partial: Partial) -> None:
        self.classified.add(partial.classified)
        self.visits.add(partial.visits)
        self.events.add(partial.events)
        self.detected.add(partial.detected)
        self.let_in = lowest([self.let_in, partial.let_in], self.sample)
        if partial.marks.height:
            self.marks = first_marks([self.marks, partial.marks])
        self.rejects = first_rejects(pl.concat([self.rejects, partial.rejects]))
        for path, tally in partial.tallies.items():
            self.tallies[path] = self.tallies.get(path, Tally()) + tally
        self.totals.append(partial.totals)
        if sum(frame.height for frame in self.totals) > 2 * _TOTALS_HELD:
            self.totals = [self._added_up()]

    def _added_up(self) -> pl.DataFrame:
        """One row per key; buckets grow until few enough rows are left.

        Law: the final level depends on the rows alone, for their number only grows
        """
        totals = self._at_level(pl.concat([TOTALS.to_frame(), *self.totals]))
        while totals.height > _TOTALS_HELD and self.level < _ALL_UPSTREAMS:
            self.level += 1
            totals = self._at_level(totals)
        return totals

    def _at_level(self, totals: pl.DataFrame) -> pl.DataFrame:
        if self.level == _ALL_UPSTREAMS:
            totals = totals.with_columns(pl.lit(None, pl.String()).alias("server.address"))
        return add_up(totals.with_columns(pl.col("bucket").dt.truncate(self.bucket)))

    @property
    def bucket(self) -> str:
        return _COARSER[min(self.level, len(_COARSER) - 1)]

    def done(self) -> Merged:
        totals = self._added_up()
        return Merged(
            self.classified,
            totals,
            self.visits,
            self.rejects,
            self.events,
            self.tallies,
            self.bucket,
            self.detected,
            self.let_in,
            self.marks,
        )
