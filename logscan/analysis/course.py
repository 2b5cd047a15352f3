"""How the times of a log run: in order or not, where nothing was written, where the clock was set, in which zones."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

_KEPT = 1000  # gaps and jumps of one source that are remembered; of more, the longest
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SIZES = 64  # powers of two of microseconds


class Steps(NamedTuple):
    """What is worth remembering: no event for gap_s; a time that lies jump_s or more before that of the line above."""

    gap_s: float
    jump_s: float

    @property
    def gap(self) -> int:
        return int(self.gap_s * 1e6)

    @property
    def jump(self) -> int:
        return int(self.jump_s * 1e6)


class Step(NamedTuple):
    """From one time to another. Law: path and line are those of the line that has the latter. Times in microseconds.

    path: empty until the source is named (see `replaced`), for a stretch does not depend on it
    """

    start: int
    end: int
    path: str
    line: int

    @property
    def size(self) -> int:
        return abs(self.end - self.start)


class Zoned(NamedTuple):
    """The times that name one zone, microseconds."""

    events: int
    first: int
    last: int


@dataclass(frozen=True)
class Course:
    """One stretch of a source, or of several that follow each other. Times in microseconds since 1970, line order.

    offset, end  bytes of the source that it covers
    first, last  of its first and last line that has a time;  bottom, top: the earliest and the latest
    gaps         steps beyond the latest time so far, gap_s and more
    jumps        steps back, jump_s and more;  jumped: their number
    back         other steps back: lines out of order;  furthest: the largest of them
    sizes        steps forward by the power of two above their microseconds
    """

    offset: int
    end: int
    steps: Steps
    events: int = 0
    first: int = 0
    first_at: tuple[str, int] = ("", 0)
    last: int = 0
    bottom: int = 0
    top: int = 0
    gaps: tuple[Step, ...] = ()
    jumps: tuple[Step, ...] = ()
    jumped: int = 0
    back: int = 0
    furthest: Step | None = None
    sizes: tuple[int, ...] = (0,) * _SIZES
    zones: Mapping[str, Zoned] = field(default_factory=dict)


def course_of(events: pl.DataFrame, steps: Steps, *, offset: int, end: int) -> Course:
    """Of the events of one stretch.

    In:  @timestamp, logscan.line, event.timezone when it is there; in line order
    """
    timed = events.filter(pl.col("@timestamp").is_not_null()) if events["@timestamp"].null_count() else events
    if timed.is_empty():
        return Course(offset, end, steps)
    times = timed["@timestamp"].dt.epoch("us").to_numpy().astype(np.int64)
    lines = timed["logscan.line"].to_numpy()
    top = np.maximum.accumulate(times)
    moved, ahead = np.diff(times), times[1:] - top[:-1]
    jump, gap = steps.jump, steps.gap
    jumps, gaps = np.flatnonzero(moved <= -jump), np.flatnonzero(ahead >= gap)
    back = np.flatnonzero((moved < 0) & (moved > -jump))
    worst = int(back[np.argmin(moved[back])]) if back.size else -1
    return Course(
        offset,
        end,
        steps,
        events=len(times),
        first=int(times[0]),
        first_at=("", int(lines[0])),
        last=int(times[-1]),
        bottom=int(times.min()),
        top=int(top[-1]),
        gaps=_longest(Step(int(top[i]), int(times[i + 1]), "", int(lines[i + 1])) for i in gaps),
        jumps=_longest(Step(int(times[i]), int(times[i + 1]), "", int(lines[i + 1])) for i in jumps),
        jumped=len(jumps),
        back=len(back),
        furthest=Step(int(times[worst]), int(times[worst + 1]), "", int(lines[worst + 1])) if back.size else None,
        sizes=_sizes(moved[moved >= 0]),
        zones=_zones(timed),
    )


def replaced(course: Course, place: Callable[[str, int], tuple[str, int]]) -> Course:
    """The same with other paths and lines."""

    def moved(step: Step) -> Step:
        path, line = place(step.path, step.line)
        return step._replace(path=path, line=line)

    return replace(
        course,
        first_at=place(*course.first_at) if course.events else course.first_at,
        gaps=tuple(map(moved, course.gaps)),
        jumps=tuple(map(moved, course.jumps)),
        furthest=moved(course.furthest) if course.furthest else None,
    )


def joined(parts: Iterable[Course]) -> Course:
    """Stretches that follow each other, at least one, as one.

    Law: the same as `course_of` the whole, as far as no more gaps and jumps were met than are remembered
    """
    return reduce(_after, parts)


def gathered(parts: Iterable[Course]) -> tuple[Course, ...]:
    """Stretches of one source in any order; those that touch become one."""
    found: list[Course] = []
    for part in sorted(parts, key=lambda each: (each.offset, each.end)):
        if found and found[-1].end == part.offset:
            found[-1] = _after(found[-1], part)
        else:
            found.append(part)
    return tuple(found)


def _after(one: Course, two: Course) -> Course:
    if not two.events or not one.events:
        filled = one if one.events else two
        return replace(filled, offset=one.offset, end=two.end)
    gap, jump = one.steps.gap, one.steps.jump
    between = Step(one.last, two.first, *two.first_at)
    moved = two.first - one.last
    jumps = (between,) if moved <= -jump else ()
    slip = between if -jump < moved < 0 else None
    ahead = (Step(one.top, two.first, *two.first_at),)
    later = [each._replace(start=max(each.start, one.top)) for each in two.gaps]
    kept = (each for each in (*one.gaps, *ahead, *later) if each.end - each.start >= gap)
    slips = [each for each in (one.furthest, slip, two.furthest) if each]
    sizes = np.add(one.sizes, two.sizes)
    if moved >= 0:
        sizes += _sizes(np.array([moved]))
    return Course(
        one.offset,
        two.end,
        one.steps,
        events=one.events + two.events,
        first=one.first,
        first_at=one.first_at,
        last=two.last,
        bottom=min(one.bottom, two.bottom),
        top=max(one.top, two.top),
        gaps=_longest(kept),
        jumps=_longest((*one.jumps, *jumps, *two.jumps)),
        jumped=one.jumped + len(jumps) + two.jumped,
        back=one.back + (slip is not None) + two.back,
        furthest=max(slips, key=lambda each: each.size, default=None),
        sizes=tuple(int(count) for count in sizes),
        zones=_both(one.zones, two.zones),
    )


def _longest(steps: Iterable[Step]) -> tuple[Step, ...]:
    """In the order in which they came; of very many, the longest."""
    found = tuple(steps)
    if len(found) <= _KEPT:
        return found
    ranked = sorted(range(len(found)), key=lambda at: (-found[at].size, at))[:_KEPT]
    return tuple(found[at] for at in sorted(ranked))


def _sizes(moved: NDArray[np.int64]) -> tuple[int, ...]:
    _, power = np.frexp(moved.astype(np.float64))
    return tuple(int(count) for count in np.bincount(power, minlength=_SIZES)[:_SIZES])


def _zones(timed: pl.DataFrame) -> dict[str, Zoned]:
    if "event.timezone" not in timed.columns:
        return {}
    zone = timed["event.timezone"]
    if zone.null_count() == 0 and (zone == zone[0]).all():
        times = timed["@timestamp"].dt.epoch("us")
        return {str(zone[0]): Zoned(len(times), int(times.min()), int(times.max()))}  # type: ignore[arg-type]
    at = pl.col("@timestamp").dt.epoch("us")
    rows = (
        timed.drop_nulls("event.timezone")
        .group_by("event.timezone")
        .agg(pl.len(), at.min().alias("a"), at.max().alias("b"))
    )
    return {name: Zoned(*rest) for name, *rest in rows.sort("event.timezone").iter_rows()}


def _both(one: Mapping[str, Zoned], two: Mapping[str, Zoned]) -> dict[str, Zoned]:
    found = dict(one)
    for name, zoned in two.items():
        old = found.get(name, Zoned(0, zoned.first, zoned.last))
        found[name] = Zoned(old.events + zoned.events, min(old.first, zoned.first), max(old.last, zoned.last))
    return dict(sorted(found.items()))


def usual_step_s(course: Course, share: float) -> float:
    """The step that this share of all steps forward do not exceed, to the power of two above it; 0 without steps."""
    counts = np.cumsum(course.sizes)
    if not counts[-1]:
        return 0.0
    return float(2.0 ** int(np.searchsorted(counts, share * counts[-1]))) / 1e6


def when(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)
