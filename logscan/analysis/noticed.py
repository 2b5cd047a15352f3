"""What is worth telling of a log's times: gaps, a clock that was set, lines out of order, zones that mix."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from logscan.analysis.course import Course, Step, Zoned, joined, replaced, usual_step_s, when
from logscan.analysis.measures import Measures
from logscan.ingest.rotation import part_of
from logscan.ingest.zone import ASSUMED, UTC, fixed, meaning, written
from logscan.model.finding import Coverage, Stretch, Zone


def coverages(courses: Mapping[str, Sequence[Course]], measures: Measures) -> tuple[Coverage, ...]:
    """One for each log, by name.

    In:  courses: of each source, its stretches in any order
    Law: the parts of a log are taken in the order of their times, so that how it was rotated changes nothing but names
    """
    whole = {path: _of(path, parts) for path, parts in courses.items() if parts}
    logs: dict[str, list[str]] = {}
    for path in whole:
        logs.setdefault(part_of(path).log, []).append(path)
    found = []
    for name in sorted(logs):
        parts = sorted(logs[name], key=lambda path: _age(path, whole[path]))
        found.append(_coverage(name, parts, joined([whole[path] for path in parts]), measures))
    return tuple(found)


def _of(path: str, parts: Sequence[Course]) -> Course:
    return replaced(joined(sorted(parts, key=lambda part: part.offset)), lambda _, line: (path, line))


def _age(path: str, course: Course) -> tuple[bool, int, int, int, str]:
    """Oldest first; without times, by what the name says; what is named oldest has the highest number."""
    return not course.events, course.first, course.last, -(part_of(path).number or 0), path


def _coverage(name: str, parts: Sequence[str], course: Course, measures: Measures) -> Coverage:
    ahead = [gap for gap in course.gaps if any(gap.start <= jump.end < gap.end for jump in course.jumps)]
    least = int(1e6 * measures.gap_times * usual_step_s(course, measures.gap_share))
    gaps = [gap for gap in course.gaps if gap not in ahead and gap.size >= least]
    zones = {
        zone: Zone(told.events, when(told.first), when(told.last), _read_as(zone))
        for zone, told in course.zones.items()
    }
    return Coverage(
        log=name,
        parts=tuple(parts),
        first=when(course.bottom) if course.events else None,
        last=when(course.top) if course.events else None,
        gaps=_longest(gaps, measures),
        gap_count=len(gaps),
        set_back=_longest(course.jumps, measures),
        set_back_count=course.jumped,
        set_ahead=_longest(ahead, measures),
        set_ahead_count=len(ahead),
        disordered=course.back,
        furthest=_stretch(course.furthest) if course.furthest else None,
        zones=zones,
        mixed=_mixed(course.zones, int(1e6 * measures.jump_s)),
    )


def _read_as(zone: str) -> str:
    offset = None if zone == UTC or fixed(zone) is not None else meaning(zone)
    return written(offset) if isinstance(offset, timedelta) else ""


def _longest(steps: Sequence[Step], measures: Measures) -> tuple[Stretch, ...]:
    ranked = sorted(steps, key=lambda step: (-step.size, step.start, step.path, step.line))[: measures.listed]
    return tuple(_stretch(step) for step in ranked)


def _stretch(step: Step) -> Stretch:
    return Stretch(when(step.start), when(step.end), step.path, step.line)


def _mixed(zones: Mapping[str, Zoned], slack: int) -> tuple[str, ...]:
    """Zones that differ and are named at the same time; where one follows the other, the clocks were changed."""
    named = sorted(zones.items())
    found: set[str] = set()
    for at, (one, here) in enumerate(named):
        for two, there in named[at + 1 :]:
            together = min(here.last, there.last) - max(here.first, there.first)
            if together > slack and _differ(one, two):
                found |= {one, two}
    return tuple(sorted(found))


def _differ(one: str, two: str) -> bool:
    """Whether an event could be placed differently; one that names no zone always could."""
    if one.endswith(ASSUMED) or two.endswith(ASSUMED):
        return True
    return _means(one) != _means(two)


def _means(zone: str) -> object:
    offset = fixed(zone)
    return meaning(zone) if offset is None else offset
