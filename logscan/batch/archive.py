"""What was read, kept as Parquet: written beside, moved into place, then entered in the state with the checkpoint."""

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import polars as pl

from logscan.batch.state import state_error
from logscan.batch.tables import FILE, RULES_KEY, TABLES, TIMES, VERSION, VERSION_KEY
from logscan.model.errors import StateError, Where
from logscan.model.parquet import write_parquet

FOLDER, STAGING = "archive", "staging"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Part(NamedTuple):
    """One file of each of its tables, all of the same name.

    Units: first, last in microseconds since 1970;  tables: their names, blanks between them
    """

    name: str
    tail: bool
    first: int | None
    last: int | None
    untimed: int
    level: int
    rules: str
    rows: int
    bytes: int
    made_at: str
    tables: str


class Archive:
    """In: folder: the data folder, which holds the state too"""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / FOLDER
        self.staging = folder / STAGING

    def file(self, table: str, part: str) -> Path:
        return self.folder / table / f"{part}.parquet"

    def write(
        self, frames: Mapping[str, pl.DataFrame], source: str, *, rules: str, tail: bool, level: int, now: datetime
    ) -> Part:
        """Put a part into place; it counts once it is entered in the state.

        In:     source  what the rows follow from, in words: the same source and rules overwrite
        Errors: StateError when there is no room, or no right to write
        """
        first, last, untimed = _span(frames)
        begun = f"{_EPOCH + timedelta(microseconds=first):%Y%m%dT%H%M%SZ}" if first is not None else "untimed"
        mark = hashlib.sha256(f"{VERSION}\0{rules}\0{tail}\0{source}".encode()).hexdigest()[:20]
        name = f"{'tail' if tail else begun}-{mark}"
        full = {table: frame for table, frame in frames.items() if frame.height or table == "sources"}
        try:
            size = self._staged(full, name, rules)
        except OSError as fault:
            raise state_error(self.folder, fault) from fault
        rows = sum(frame.height for frame in frames.values())
        return Part(name, tail, first, last, untimed, level, rules, rows, size, now.isoformat(), " ".join(full))

    def _staged(self, frames: Mapping[str, pl.DataFrame], name: str, rules: str) -> int:
        self.staging.mkdir(parents=True, exist_ok=True)
        size, told = 0, {VERSION_KEY: str(VERSION), RULES_KEY: rules}
        for table, frame in frames.items():
            staged = self.staging / f"{table}.{name}.parquet"
            write_parquet(frame, staged, compression="zstd", metadata=told)
            with staged.open("rb+") as file:
                os.fsync(file.fileno())
            size += staged.stat().st_size
        for table in frames:
            place = self.file(table, name)
            place.parent.mkdir(parents=True, exist_ok=True)
            (self.staging / place.name).with_name(f"{table}.{name}.parquet").replace(place)
            _keep(place.parent)
        return size

    def tidy(self, db: sqlite3.Connection) -> None:
        """Remove what no part of the state stands for: left by a run that was killed, or taken the place of."""
        known = {f"{part.name}.parquet" for part in load_parts(db)}
        try:
            shutil.rmtree(self.staging, ignore_errors=True)
            for table in TABLES:
                for path in (self.folder / table).glob("*.parquet"):
                    if path.name not in known:
                        path.unlink(missing_ok=True)
        except OSError as fault:
            raise state_error(self.folder, fault) from fault

    def remove(self, parts: Sequence[Part]) -> None:
        """The files of parts that the state knows no more."""
        try:
            for part in parts:
                for table in part.tables.split():
                    self.file(table, part.name).unlink(missing_ok=True)
        except OSError as fault:
            raise state_error(self.folder, fault) from fault

    def read(self, table: str, parts: Sequence[Part]) -> pl.DataFrame:
        return pl.concat([TABLES[table].to_frame().lazy(), *(self.scan(table, part) for part in parts)]).collect()

    def scan(self, table: str, part: Part) -> pl.LazyFrame:
        """Rows of this version, whatever version wrote them: a column that was not there yet is null."""
        schema, path = TABLES[table], self.file(table, part.name)
        if table not in part.tables.split():
            return schema.to_frame().lazy()
        frame = pl.scan_parquet(path)
        there = frame.collect_schema().names()
        lacking = [pl.lit(None, dtype).alias(name) for name, dtype in schema.items() if name not in there]
        return frame.with_columns(lacking).select(pl.col(name).cast(dtype) for name, dtype in schema.items())

    def check(self, parts: Sequence[Part]) -> None:
        """Errors: StateError when a later logscan wrote a part, or it is not there"""
        for part in parts:
            path = self.file("sources", part.name)
            told = pl.read_parquet_metadata(path).get(VERSION_KEY, "0")
            if int(told) > VERSION:
                what = f"was written by a later logscan: version {told} of the archive, this one knows {VERSION}"
                raise StateError(what, where=Where(str(path)), hint="update logscan")


def load_parts(db: sqlite3.Connection) -> list[Part]:
    rows = db.execute(f"SELECT {', '.join(Part._fields)} FROM parts ORDER BY name")  # noqa: S608 - columns, no values
    return [Part(row[0], bool(row[1]), *row[2:]) for row in rows]


def enter_part(db: sqlite3.Connection, part: Part) -> None:
    db.execute("INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", part)


def without(frames: Mapping[str, pl.DataFrame], files: Sequence[int]) -> dict[str, pl.DataFrame]:
    """The rows of all other logs."""
    gone = pl.col(FILE).is_in(list(files))
    return {table: frame.filter(~gone) for table, frame in frames.items()}


def micros(when: datetime) -> int:
    """Since 1970."""
    return (when - _EPOCH) // timedelta(microseconds=1)


def _span(frames: Mapping[str, pl.DataFrame]) -> tuple[int | None, int | None, int]:
    """First and last time of all rows, microseconds; and how many of the visits have none."""
    found = [frames[table][column].drop_nulls() for table, column in TIMES.items()]
    lows = [int(times.dt.epoch("us").min()) for times in found if len(times)]  # type: ignore[arg-type]
    highs = [int(times.dt.epoch("us").max()) for times in found if len(times)]  # type: ignore[arg-type]
    return min(lows, default=None), max(highs, default=None), frames["visits"]["@timestamp"].null_count()


def _keep(folder: Path) -> None:
    """Make the names in a folder outlast a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
