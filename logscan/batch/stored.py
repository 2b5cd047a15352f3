"""The archive read back: as if the logs themselves had been read."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from logscan.batch.anew import classified_anew
from logscan.batch.archive import Archive, Part, load_parts
from logscan.batch.state import NAME, open_state, state_error
from logscan.batch.tables import FILE, TABLES, TIMES, tallies
from logscan.engine.local import Opened, Ran
from logscan.engine.merge import Merge, Rows
from logscan.engine.partial import Partial, Tally, empty
from logscan.engine.plan import Period, Plan
from logscan.engine.request import Definitions, Request, load_definitions
from logscan.engine.scan import Answer, answer
from logscan.model.errors import StateError, Where
from logscan.model.schemas import CLASSIFIED, VISITS
from logscan.rules.load import Library

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TRIES = 3  # a run that is at work may take files away while they are read
_SMALL = ("failures", "detections", "outcomes", "rejects", "let_in", "marks")
_GONE = (FileNotFoundError, pl.exceptions.ComputeError)


class Stored(Rows):
    """Rows that lie in an archive, read anew whenever they are asked for."""

    def __init__(self, frames: Sequence[pl.LazyFrame], schema: pl.Schema) -> None:
        super().__init__(Path(), "", schema, 0)
        self._frames = [frame.select(list(schema)) for frame in frames]

    def lazy(self) -> pl.LazyFrame:
        return pl.concat([self.schema.to_frame().lazy(), *self._frames])

    def parts(self) -> Iterator[pl.DataFrame]:
        yield self.schema.to_frame()
        yield from (frame.collect() for frame in self._frames)


@contextmanager
def open_archive(folder: Path, request: Request) -> Iterator[tuple[Ran, Definitions]]:
    """The archive in a data folder, as if its logs had been read now; what was spilled to disk lives with the context.

    In:     request: its period begins and ends at full minutes
    Errors: Faults for definitions; StateError when there is no archive, or a later logscan wrote it
    """
    definitions = load_definitions(request)
    plan = replace(definitions.plan, period=Period(_minute(request.since), _minute(request.until)))
    db = open_state(folder / NAME, make=False)
    try:
        with TemporaryDirectory(prefix="logscan-") as spill:
            for left in range(_TRIES - 1, -1, -1):
                try:
                    ran = read_archive(db, folder, plan, Path(spill))
                    break
                except _GONE:
                    if not left:
                        raise
            yield ran._replace(faults=tuple(other_rules(load_parts(db), folder, definitions.library))), definitions
    except sqlite3.Error as fault:
        raise state_error(folder / NAME, fault) from fault
    finally:
        db.close()


def archived_answer(folder: Path, request: Request, *, listed: bool) -> Answer:
    """As `scan_logs`, of an archive."""
    for _ in range(_TRIES - 1):
        try:
            with open_archive(folder, request) as (ran, definitions):
                return answer(ran, definitions, request, listed=listed)
        except _GONE:
            continue
    with open_archive(folder, request) as (ran, definitions):
        return answer(ran, definitions, request, listed=listed)


def read_archive(db: sqlite3.Connection, folder: Path, plan: Plan, spill: Path, *, every: bool = True) -> Ran:
    """What the archive holds of the plan's period, as `Local.run` gives it.

    In:  folder: the data folder;  spill: a folder for what is too much for memory
         every: tallies cover all that was ever read, as those of a scan do; else only parts that touch the period
    Law: the same as one reading of all bytes, for a period of full minutes; failures that other rules classified are
         classified anew
    """
    archive = Archive(folder)
    parts, paths = load_parts(db), names(db)
    archive.check(parts)
    inside = touching(parts, plan.period)
    view = _View(archive, plan, paths)
    merge = Merge(spill, plan.sample)
    together: dict[str, Tally] = {}
    for file, tally in tallies(archive.read("sources", parts if every else inside)):
        if file in paths:
            together[paths[file]] = together.get(paths[file], Tally()) + tally
    merge.add(empty()._replace(tallies=together))
    for part in inside:
        classified, detected, totals, rejects, let_in, marks = (view.rows(table, part).collect() for table in _SMALL)
        if part.rules != plan.library.digest:
            classified = classified_anew(classified, plan)
        merge.add(
            Partial(classified, totals, VISITS.to_frame(), rejects, CLASSIFIED.to_frame(), {}, detected, let_in, marks)
        )
    visits = Stored([view.rows("visits", part) for part in inside], VISITS)
    return Ran(merge.done()._replace(visits=visits), _opened(db, paths), (), partial=False)


def names(db: sqlite3.Connection) -> dict[int, str]:
    """The name of every log: its last one; with its number behind it where another one has the same."""
    found: dict[int, str] = {}
    taken: set[str] = set()
    rows = db.execute("SELECT id, path FROM files WHERE NOT dropped ORDER BY gone_at IS NOT NULL, id")
    for id_, path in rows:
        found[id_] = f"{path}#{id_}" if path in taken else path
        taken.add(path)
    return found


class _View:
    """How rows of the archive are seen: inside the period, under the names of today."""

    def __init__(self, archive: Archive, plan: Plan, paths: Mapping[int, str]) -> None:
        self.archive, self.plan = archive, plan
        ids = pl.Series(list(paths), dtype=pl.UInt32())
        self.paths = pl.LazyFrame({FILE: ids, "_path": list(paths.values())}, schema_overrides={"_path": pl.String()})

    def rows(self, table: str, part: Part) -> pl.LazyFrame:
        frame = self.archive.scan(table, part)
        if table in TIMES:
            frame = _inside(frame, TIMES[table], self.plan.period)
        own = [name for name in TABLES[table] if name != FILE]
        if "log.file.path" in own:
            frame = frame.join(self.paths, on=FILE, how="inner").with_columns(pl.col("_path").alias("log.file.path"))
        else:
            frame = frame.join(self.paths, on=FILE, how="semi")
        return frame.select(own)


def _inside(frame: pl.LazyFrame, column: str, period: Period) -> pl.LazyFrame:
    at = pl.col(column)
    bounds: list[tuple[datetime | None, Callable[[datetime], pl.Expr]]] = [
        (period.since, lambda since: at >= since),
        (period.until, lambda until: at < until),
    ]
    for bound, holds in bounds:
        if bound is not None:
            frame = frame.filter(holds(bound).fill_null(value=True))
    return frame


def touching(parts: Sequence[Part], period: Period) -> list[Part]:
    """Those that may hold something of a period."""
    return [part for part in parts if _touches(part, period)]


def _touches(part: Part, period: Period) -> bool:
    if part.untimed or part.first is None or part.last is None:
        return True
    first, last = (_EPOCH + timedelta(microseconds=at) for at in (part.first, part.last))
    return not ((period.since and last < period.since) or (period.until and first >= period.until))


def _opened(db: sqlite3.Connection, paths: Mapping[int, str]) -> dict[str, Opened]:
    rows = db.execute("SELECT id, notes, why, doubt FROM files WHERE NOT dropped")
    return {paths[id_]: Opened("", tuple(json.loads(notes)), why, doubt) for id_, notes, why, doubt in rows}


def other_rules(parts: Sequence[Part], folder: Path, library: Library) -> Iterator[StateError]:
    """What there is to say where failures were classified by other rules than these."""
    others = sorted({part.rules for part in parts} - {library.digest})
    if others:
        known = ", ".join(digest[:12] for digest in others)
        what = f"holds failures that other rules classified ({known}): classified anew by {library.digest[:12]}"
        hint = "lines that those rules did not take for failures are not in the archive"
        yield StateError(what, where=Where(str(folder)), hint=hint)


def _minute(when: datetime | None) -> datetime | None:
    return when.replace(second=0, microsecond=0) if when else None
