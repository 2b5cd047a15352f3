"""The archive read back: as if the logs themselves had been read."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from logscan.batch.archive import Archive, Part, load_parts
from logscan.batch.tables import FILE, TABLES, TIMES, VERSION, VERSION_KEY, tallies
from logscan.engine.local import Opened, Ran
from logscan.engine.merge import Merge, Rows
from logscan.engine.partial import empty
from logscan.engine.plan import Period, Plan
from logscan.model.errors import StateError, Where
from logscan.model.schemas import CLASSIFIED, VISITS

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Change = Callable[[pl.LazyFrame], pl.LazyFrame]


class Stored(Rows):
    """Rows that lie in an archive, read anew whenever they are asked for."""

    def __init__(self, files: Sequence[Path], schema: pl.Schema, change: Change) -> None:
        super().__init__(Path(), "", schema, 0)
        self.files, self._change = list(files), change

    def lazy(self) -> pl.LazyFrame:
        frames = [self._change(pl.scan_parquet(path)).select(list(self.schema)) for path in self.files]
        return pl.concat([self.schema.to_frame().lazy(), *frames])

    def parts(self) -> Iterator[pl.DataFrame]:
        yield self.schema.to_frame()
        for path in self.files:
            yield self._change(pl.scan_parquet(path)).select(list(self.schema)).collect()


def names(db: sqlite3.Connection) -> dict[int, str]:
    """The name of every log: its last one; with its number behind it where another one has the same."""
    found: dict[int, str] = {}
    taken: set[str] = set()
    rows = db.execute("SELECT id, path FROM files WHERE NOT dropped ORDER BY gone_at IS NOT NULL, id")
    for id_, path in rows:
        found[id_] = f"{path}#{id_}" if path in taken else path
        taken.add(path)
    return found


def read_archive(db: sqlite3.Connection, folder: Path, plan: Plan, spill: Path, *, every: bool = True) -> Ran:
    """What the archive holds of the plan's period, as `Local.run` gives it.

    In:  folder: the data folder;  spill: a folder for what is too much for memory
         every: tallies cover all that was ever read, as those of a scan do; else only parts that touch the period
    Law: the same as one reading of all bytes, but that the period's ends are full minutes for totals;
    """
    archive = Archive(folder)
    parts, paths = load_parts(db), names(db)
    _refuse_newer(archive, parts)
    inside = [part for part in parts if _touches(part, plan.period)]
    view = _View(archive, inside, plan, paths)
    merge = Merge(spill, plan.sample)
    told = archive.read("sources", parts if every else inside)
    for file, tally in tallies(told):
        if file in paths:
            merge.add(empty()._replace(tallies={paths[file]: tally}))
    for part in inside:
        totals = view.change("outcomes", archive.read("outcomes", [part]).lazy()).drop(FILE).collect()
        rejects = view.change("rejects", archive.read("rejects", [part]).lazy()).drop(FILE).collect()
        let_in = view.change("let_in", archive.read("let_in", [part]).lazy()).drop(FILE).collect()
        marks = view.change("marks", archive.read("marks", [part]).lazy()).drop(FILE).collect()
        merge.add(empty()._replace(totals=totals, rejects=rejects, let_in=let_in, marks=marks))
    merged = merge.done()
    kept = merged._replace(
        classified=view.rows("failures", CLASSIFIED),
        detected=view.rows("detections", CLASSIFIED),
        visits=view.rows("visits", VISITS),
    )
    return Ran(kept, _opened(db, paths), (), partial=False)


class _View:
    """How rows of the archive are seen: inside the period, under the names of today, by the rules of today."""

    def __init__(self, archive: Archive, parts: Sequence[Part], plan: Plan, paths: Mapping[int, str]) -> None:
        self.archive, self.parts, self.plan = archive, parts, plan
        ids = pl.Series(list(paths), dtype=pl.UInt32())
        self.paths = pl.LazyFrame({FILE: ids, "_path": list(paths.values())}, schema_overrides={"_path": pl.String()})

    def rows(self, table: str, schema: pl.Schema) -> Rows:
        files = [path for part in self.parts if (path := self.archive.file(table, part.name)).is_file()]
        return Stored(files, schema, lambda frame: self.change(table, frame))

    def change(self, table: str, frame: pl.LazyFrame) -> pl.LazyFrame:
        if table in TIMES:
            frame = _inside(frame, TIMES[table], self.plan.period)
        if "log.file.path" not in TABLES[table]:
            return frame.join(self.paths, on=FILE, how="semi")
        named = frame.join(self.paths, on=FILE, how="inner")
        return named.with_columns(pl.col("_path").alias("log.file.path")).drop("_path")


def _inside(frame: pl.LazyFrame, column: str, period: Period) -> pl.LazyFrame:
    at = pl.col(column)
    for bound, holds in ((period.since, at.__ge__), (period.until, at.__lt__)):
        if bound is not None:
            frame = frame.filter(holds(pl.lit(bound)).fill_null(value=True))
    return frame


def _touches(part: Part, period: Period) -> bool:
    if part.untimed or part.first is None or part.last is None:
        return True
    first, last = (_EPOCH + timedelta(microseconds=at) for at in (part.first, part.last))
    return not ((period.since and last < period.since) or (period.until and first >= period.until))


def _opened(db: sqlite3.Connection, paths: Mapping[int, str]) -> dict[str, Opened]:
    rows = db.execute("SELECT id, notes, why, doubt FROM files WHERE NOT dropped")
    return {paths[id_]: Opened("", tuple(json.loads(notes)), why, doubt) for id_, notes, why, doubt in rows}


def _refuse_newer(archive: Archive, parts: Sequence[Part]) -> None:
    for part in parts:
        path = archive.file("sources", part.name)
        told = pl.read_parquet_metadata(path).get(VERSION_KEY, "0")
        if int(told) > VERSION:
            what = f"was written by a later logscan: version {told} of the archive, this one knows {VERSION}"
            raise StateError(what, where=Where(str(path)), hint="update logscan")
