"""What is known of one log between runs: the table `files`."""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any, NamedTuple

from logscan.engine.ending import Place
from logscan.engine.resume import Known
from logscan.ingest.header import Header
from logscan.ingest.trail import Mark

NOTHING = Mark()


class Stat(NamedTuple):
    """What stays the same while nothing is written to a file, and it keeps its name."""

    dev: int
    ino: int
    member: str
    size: int
    mtime_ns: int
    ctime_ns: int

    @property
    def key(self) -> tuple[int, int, str]:
        return self.dev, self.ino, self.member


NEVER = -1  # size of a stat that no file has: it is looked at again


@dataclass
class Record:
    """One log, as far as it was read. See the table `files`."""

    id: int
    path: str
    stat: Stat
    place: Place
    known: Known | None = None
    why: str = ""
    doubt: str = ""
    notes: tuple[str, ...] = ()
    reached: Mark = NOTHING
    whole: bool = False
    plain: bool = False
    gone_at: str | None = None

    @property
    def kept(self) -> Mark:
        """What any file that goes on for this one begins with: of documents not what ends them, as `]` does."""
        return self.place.mark if self.whole else self.reached

    @property
    def length(self) -> int:
        return self.kept.offset - self.kept.begin


def load_records(db: sqlite3.Connection) -> list[Record]:
    rows = db.execute(f"SELECT {_COLUMNS} FROM files WHERE NOT dropped")  # noqa: S608 - columns, no values
    return [_record(*row) for row in rows]


_COLUMNS = (
    "id, path, dev, ino, member, size, mtime_ns, ctime_ns, mark, line, header, known, why, doubt, notes, reached,"
    " whole, plain, gone_at"
)


def _record(id_: int, path: str, *rest: Any) -> Record:
    mark, line, header, known, why, doubt, notes, reached, whole, plain, gone_at = rest[6:]
    place = Place(Mark(*json.loads(mark)), line, Header(*json.loads(header)))
    told = Known(*json.loads(known)) if known else None
    if told:
        told = told._replace(formats=tuple(told.formats), seldom=tuple(told.seldom))
    read, told_of = Mark(*json.loads(reached)), tuple(json.loads(notes))
    stat = Stat(*rest[:6])
    return Record(id_, path, stat, place, told, why, doubt, told_of, read, bool(whole), bool(plain), gone_at)


def save_record(db: sqlite3.Connection, record: Record) -> None:
    """Write a record; one without an id gets it."""
    stat, place = record.stat, record.place
    values: tuple[object, ...] = (
        record.id or None,
        record.path,
        *stat,
        json.dumps(place.mark),
        place.line,
        json.dumps(place.header),
        json.dumps(record.known) if record.known else "",
        record.why,
        record.doubt,
        json.dumps(record.notes),
        json.dumps(record.reached),
        int(record.whole),
        int(record.plain),
        record.gone_at,
    )
    marks = ", ".join("?" * len(values))
    cursor = db.execute(f"INSERT OR REPLACE INTO files ({_COLUMNS}) VALUES ({marks})", values)  # noqa: S608
    record.id = record.id or int(cursor.lastrowid or 0)
