"""In which years the stamps of a source lie that write none: told once for a source, by what is known of its end."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import polars as pl

from logscan.ingest.lines import numbered
from logscan.ingest.parse import parse
from logscan.ingest.rotation import part_of
from logscan.ingest.shape import Format
from logscan.ingest.when import Clock

_YEAR = r"(?:19|20)[0-9]{2}|[0-9]{9}"  # without one of these a line has no year
_OTHER = timedelta(days=400)  # a stamp without a year lies in another one when the reference is so much earlier
_TIME = frozenset({"@timestamp"})


class Eras:
    """Places the sources of one run.

    Law: the years of a source depend on its sample, its file's time and name, and on the newer parts of the same log,
         which must be asked for before it; not on chunks, jobs, or other sources
    """

    def __init__(self, zone: str) -> None:
        self._zone = zone
        self._newer: dict[str, datetime] = {}  # by log: when the oldest part that was asked for begins

    def latest(self, path: str, changed: datetime) -> Clock:
        """The clock for lines that all write their year. In: as `clock`"""
        part = part_of(path)
        known = [changed, part.until, self._newer.get(part.log)]
        return Clock(self._zone, min(each for each in known if each is not None))

    def clock(
        self, path: str, changed: datetime, sample: Sequence[str], formats: Sequence[Format], *, ends: bool
    ) -> Clock:
        """The clock to read a source with.

        In:  changed: of the file, UTC; sample: in line order; ends: its last lines are the source's last
        Out: a reference no later than the file's time, the date in its name, and where a newer part begins; where the
             last stamp without a year is known, that stamp: no other lies more than a day after it
        """
        part = part_of(path)
        clock = self.latest(path, changed)
        if not any_without_year(sample):
            return clock
        placed = _placed(sample, formats, clock)
        if placed.first is None:
            return clock
        if ends and placed.last is not None:
            clock = clock._replace(reference=min(clock.reference, placed.last))
            placed = _placed(sample, formats, clock)
        if placed.first is not None:
            self._newer[part.log] = placed.first
        return clock


class _Ends(NamedTuple):
    first: datetime | None  # time of the sample
    last: datetime | None  # stamp without a year


def any_without_year(lines: Sequence[str]) -> bool:
    """Whether a line may hold a stamp without a year: cheap, and true too often."""
    return bool(without_year(pl.Series(lines, dtype=pl.String)).any())


def without_year(lines: pl.Series) -> pl.Series:
    """Which lines that are not blank may hold a stamp without a year."""
    lacking = ~lines.str.contains(_YEAR)
    return lacking & (lines.str.strip_chars() != "") if lacking.any() else lacking


def _placed(sample: Sequence[str], formats: Sequence[Format], clock: Clock) -> _Ends:
    rows = numbered(list(sample))
    earlier = clock._replace(reference=max(clock.reference - _OTHER, datetime(2, 1, 1, tzinfo=UTC)))
    times, others = (parse(rows, formats, _TIME, each).events["@timestamp"] for each in (clock, earlier))
    told = times.drop_nulls()
    without = times.filter((times != others).fill_null(value=False))
    first: datetime | None = told[0] if len(told) else None
    last: datetime | None = without[-1] if len(without) else None
    return _Ends(first, last)
