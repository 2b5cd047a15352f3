"""Few large files in place of many small ones, and none beyond its time."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

import polars as pl

from logscan.batch.archive import Archive, Part, enter_part, load_parts, micros
from logscan.batch.state import transaction
from logscan.batch.tables import FILE, TABLES, TIMES, merged_sources

_TOGETHER = 16  # parts of one level that become one of the next
_HIGHEST = 3
_LARGE = 20_000_000  # rows; a part with more is not merged again
_SLACK = timedelta(days=1)  # a part may hold rows so much beyond their time before it is written anew
_DAY = 86_400 * 1_000_000  # microseconds


def maintain(db: sqlite3.Connection, archive: Archive, now: datetime, *, keep_s: float) -> None:
    """Merge parts level by level, drop what happened and was read before keep_s, forget logs that are gone so long.

    Law:    the rows that are kept stay the same; a run that is killed loses and doubles none of them
    Errors: StateError
    """
    work = _Maintenance(db, archive, now - timedelta(seconds=keep_s))
    longest = max(int(keep_s * 1e6 / 4), 2 * _DAY)
    for level in range(_HIGHEST):
        small = [
            p for p in load_parts(db) if not p.tail and p.level == level and p.rows < _LARGE and _span(p) < longest
        ]
        for _, same in groupby(sorted(small, key=lambda part: (part.rules, part.name)), key=lambda part: part.rules):
            parts = list(same)
            for at in range(0, len(parts) - _TOGETHER + 1, _TOGETHER):
                together = parts[at : at + _TOGETHER]
                if _span(*together) < longest:
                    work.replace(together, level + 1)
    for part in load_parts(db):
        old = part.first is not None and part.first < micros(work.oldest - _SLACK)
        if not part.tail and old and work.is_old(part):
            work.replace([part], part.level)
    with transaction(db):
        _forget(db, archive, work.oldest)


def _span(*parts: Part) -> int:
    times = [time for part in parts for time in (part.first, part.last) if time is not None]
    return max(times, default=0) - min(times, default=0)


class _Maintenance(NamedTuple):
    db: sqlite3.Connection
    archive: Archive
    oldest: datetime

    def replace(self, parts: Sequence[Part], level: int) -> None:
        """One part in place of several, without rows that are too old, or of logs that were read anew."""
        frames = self._rows(parts)
        made: list[Part] = []
        if any(frame.height for frame in frames.values()):
            words = f"{level} {self.oldest:%Y-%m-%d} {sorted(part.name for part in parts)}"
            rules = parts[0].rules
            read_at = datetime.fromisoformat(max(part.made_at for part in parts))
            made = [self.archive.write(frames, words, rules=rules, tail=False, level=level, now=read_at)]
        with transaction(self.db):
            self.db.executemany("DELETE FROM parts WHERE name = ?", [(part.name,) for part in parts])
            for part in made:
                enter_part(self.db, part)
        self.archive.remove([part for part in parts if part.name not in {each.name for each in made}])

    def is_old(self, *parts: Part) -> bool:
        """Whether all was read so long ago: logs of old times are kept as long as others."""
        return all(datetime.fromisoformat(part.made_at) < self.oldest for part in parts)

    def _rows(self, parts: Sequence[Part]) -> dict[str, pl.DataFrame]:
        dropped = [id_ for (id_,) in self.db.execute("SELECT id FROM files WHERE dropped")]
        frames = {table: self.archive.read(table, parts).filter(~pl.col(FILE).is_in(dropped)) for table in TABLES}
        if self.is_old(*parts) and max(part.last or 0 for part in parts) < micros(self.oldest):
            return {table: frame.clear() for table, frame in frames.items()}
        for table, column in TIMES.items() if self.is_old(*parts) else ():
            frames[table] = frames[table].filter((pl.col(column) >= self.oldest).fill_null(value=True))
        return frames | {"sources": merged_sources(frames["sources"])}


def _forget(db: sqlite3.Connection, archive: Archive, oldest: datetime) -> None:
    """Logs that are gone so long that no copy of them comes any more, and those that were read anew."""
    db.execute("DELETE FROM files WHERE gone_at < ? AND NOT dropped", (oldest.isoformat(timespec="microseconds"),))
    if not db.execute("SELECT 1 FROM files WHERE dropped LIMIT 1").fetchone():
        return
    there = archive.read("sources", load_parts(db))[FILE].unique().to_list()
    db.execute(f"DELETE FROM files WHERE dropped AND id NOT IN ({', '.join(map(str, there)) or 'NULL'})")  # noqa: S608
