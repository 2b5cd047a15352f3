"""New lines of several sources, read as one chunk: what a chunk costs beside its lines is paid once."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logscan.analysis.course import course_of
from logscan.analysis.restarts import restarts_of
from logscan.engine.era import without_year
from logscan.engine.partial import Partial, Tally, compact
from logscan.engine.plan import Plan, Task
from logscan.engine.whole import Reading, read_events
from logscan.engine.worker import counted, understood
from logscan.ingest.chunk import Chunk
from logscan.ingest.lines import read_lines
from logscan.model.schemas import CLASSIFIED, LET_IN, MARKS, REJECTS, TOTALS

_OWNER = "_owner"


class Piece(NamedTuple):
    """Whole lines of one source, UTF-8 without NUL, below no directive."""

    path: str
    offset: int
    first_line: int
    rows: int
    data: bytes


class Several(NamedTuple):
    """What pieces say together.

    partial  of all pieces but those left; its tallies are by path
    owners   by table of the partial: the place of the piece that each row is of
    left     places of pieces that must be read each by itself
    """

    partial: Partial
    owners: Mapping[str, pl.Series]
    left: frozenset[int]


def work_several(pieces: Sequence[Piece], task: Task, plan: Plan) -> Several:
    """Read pieces that one task fits.

    In:  plan: of all times, of failures alone
    Law: as `work` on each piece; of the pieces that are not left every line is an event of a format that the task has
         a gate for: so none continues what stands above it, in its own piece or another
    """
    lines, _ = read_lines(Chunk("", 0, 1, b"".join(piece.data for piece in pieces), 0))
    places = _Places(pieces)
    read = read_events(lines, task, plan)
    left = _left(lines, read, task, places)
    if left:
        lines = lines.filter(~places.owners(lines).is_in(sorted(left)))
        read = read_events(lines, task, plan)
    told = understood(lines, read, task, plan)
    narrow = told.narrow.with_columns(places.owners(told.narrow))
    totals, marks = counted(narrow, _OWNER), _marks(narrow, plan)
    owners = {
        "classified": places.owners(told.failures),
        "detected": places.owners(told.detected),
        "totals": totals[_OWNER],
        "visits": narrow[_OWNER],
        "let_in": places.owners(told.let_in),
        "marks": marks[_OWNER],
    }
    partial = Partial(
        classified=compact(places.own(told.failures).select(list(CLASSIFIED))),
        totals=compact(totals.select(list(TOTALS))),
        visits=told.visits,
        rejects=REJECTS.to_frame(),
        events=CLASSIFIED.to_frame(),
        tallies=_tallies(pieces, places, read, plan, left),
        detected=compact(places.own(told.detected)),
        let_in=compact(told.let_in.select(list(LET_IN))),
        marks=marks.select(list(MARKS)),
    )
    return Several(partial, owners, left)


class _Places:
    """Which piece a line is of, by its number among the lines of all pieces."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.rows = np.array([piece.rows for piece in pieces], np.int64)
        sizes = np.array([len(piece.data) for piece in pieces], np.int64)
        self.firsts = np.cumsum(self.rows) - self.rows + 1
        self._lines = np.array([piece.first_line for piece in pieces], np.int64) - self.firsts
        self._bytes = np.array([piece.offset for piece in pieces], np.int64) - (np.cumsum(sizes) - sizes)
        self._paths = pl.Series([piece.path for piece in pieces], dtype=pl.String())

    def at(self, frame: pl.DataFrame) -> NDArray[np.int64]:
        return np.searchsorted(self.firsts, frame["logscan.line"].to_numpy().astype(np.int64), side="right") - 1

    def owners(self, frame: pl.DataFrame) -> pl.Series:
        return pl.Series(_OWNER, self.at(frame), dtype=pl.UInt32())

    def own(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The same rows under the path, lines and offsets of their own sources."""
        at = self.at(frame)
        line, offset = (frame[name].to_numpy().astype(np.int64) for name in ("logscan.line", "log.offset"))
        return frame.with_columns(
            self._paths.gather(at).alias("log.file.path"),
            pl.Series("logscan.line", line + self._lines[at], dtype=pl.UInt64()),
            pl.Series("log.offset", offset + self._bytes[at], dtype=pl.UInt64()),
        )


def _left(lines: pl.DataFrame, read: Reading, task: Task, places: _Places) -> frozenset[int]:
    """The pieces that hold a line that is no event by itself, or one that may have no year: the file tells which."""
    text, events = lines["event.original"], read.parsed.events
    known = events.filter(pl.col("event.dataset").is_in(list(task.gates)))["logscan.line"]
    odd = without_year(text)
    if len(known) < lines.height:
        odd = odd | ~(lines["logscan.line"].is_in(known.implode()) | (text.str.strip_chars() == ""))
    return frozenset(places.owners(lines.filter(odd)).to_list())


def _marks(narrow: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """MARKS, and whose they are."""
    found = [pl.DataFrame(schema={**MARKS, _OWNER: pl.UInt32()})]
    if restarts_of(narrow, plan.programs, plan.restarts).height:
        for part in narrow.partition_by(_OWNER):
            marks = restarts_of(part, plan.programs, plan.restarts)
            found.append(marks.with_columns(pl.lit(part[_OWNER][0], pl.UInt32()).alias(_OWNER)))
    return pl.concat(found)


def _tallies(
    pieces: Sequence[Piece], places: _Places, read: Reading, plan: Plan, left: frozenset[int]
) -> dict[str, Tally]:
    events = read.parsed.events
    own = places.own(events.select("logscan.line", "log.offset", *_TIMES)).with_columns(
        events["event.dataset"], places.owners(events)
    )
    ends = np.cumsum(np.bincount(places.at(events), minlength=len(pieces)))
    datasets: dict[int, dict[str, int]] = {}
    for owner, name, count in own.group_by(_OWNER, "event.dataset").len().sort(_OWNER, "event.dataset").iter_rows():
        datasets.setdefault(owner, {})[name] = count
    at = pl.col("@timestamp")
    times = own.group_by(_OWNER).agg(at.min().alias("first"), at.max().alias("last"), at.null_count().alias("n"))
    spans = {owner: rest for owner, *rest in times.iter_rows()}
    found = {}
    for place, piece in enumerate(pieces):
        if place in left:
            continue
        count = int(ends[place] - (ends[place - 1] if place else 0))
        first, last, untimed = spans.get(place, (None, None, 0))
        course = course_of(
            own.slice(int(ends[place]) - count, count),
            plan.steps,
            offset=piece.offset,
            end=piece.offset + len(piece.data),
        )
        found[piece.path] = Tally(
            lines=int(places.rows[place]),
            bytes=len(piece.data),
            events=count,
            blank=int(places.rows[place]) - count,
            untimed=untimed,
            first=first,
            last=last,
            datasets=datasets.get(place, {}),
            courses=(course,),
        )
    return found


_TIMES = ("@timestamp", "event.timezone")
