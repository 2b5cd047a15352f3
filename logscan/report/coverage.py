"""What part of the time the logs cover, in words."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from logscan.model.finding import ClockOffset, Coverage, Input, Scan, Stretch
from logscan.report.facts import offset_told
from logscan.report.show import duration, number, span

_ASSUMED = " (assumed)"
_NAMED = 3  # gaps and jumps of one log that are told one by one


class Log(NamedTuple):
    """One log with its parts, the newest first. title: its name, and how many older parts there are."""

    title: str
    inputs: tuple[Input, ...]
    coverage: Coverage | None
    zones: str
    notices: tuple[str, ...]

    @property
    def bare(self) -> bool:
        """Whether there are times that name no zone, or may be."""
        zones = self.coverage.zones if self.coverage else {}
        return not zones or any(name.endswith(_ASSUMED) for name in zones)


def logs_of(scan: Scan) -> tuple[Log, ...]:
    """Every input once, by log. Law: logs and their parts stand in the order of the coverage, then of the inputs"""
    inputs = {each.path: each for each in scan.inputs}
    found = []
    for coverage in scan.coverage:
        parts = tuple(inputs.pop(path) for path in reversed(coverage.parts) if path in inputs)
        if parts:
            told = (*notices(coverage), *_offsets(coverage, scan.clocks))
            found.append(Log(_title(parts), parts, coverage, zones_told(coverage), told))
    rest = [Log(each.path, (each,), None, "", ()) for each in inputs.values()]
    return tuple(sorted((*found, *rest), key=lambda log: log.inputs[0].path))


def covered(scan: Scan) -> tuple[datetime | None, datetime | None]:
    """First and last event of all inputs."""
    firsts = [i.first for i in scan.inputs if i.first]
    lasts = [i.last for i in scan.inputs if i.last]
    return (min(firsts).astimezone(UTC) if firsts else None, max(lasts).astimezone(UTC) if lasts else None)


def _offsets(coverage: Coverage, clocks: Sequence[ClockOffset]) -> tuple[str, ...]:
    """How far the clock of this log is from that of another."""
    names = (coverage.log, f"{coverage.log} on ")
    return tuple(offset_told(each) for each in clocks if each.other == names[0] or each.other.startswith(names[1]))


def _title(parts: Sequence[Input]) -> str:
    older = len(parts) - 1
    return parts[0].path + (f" and {number(older)} older part{'s' if older > 1 else ''}" if older else "")


def zones_told(coverage: Coverage) -> str:
    """The zones of a log's times, the most frequent first."""
    ranked = sorted(coverage.zones.items(), key=lambda item: (-item[1].events, item[0]))
    return ", ".join(
        f"{name}{f' (read as {zone.read_as})' if zone.read_as else ''} {number(zone.events)}" for name, zone in ranked
    )


def assumption(scan: Scan) -> str:
    """How times without a zone were read, and how many there are; a sentence without its full stop."""
    asked = sorted({each.timezone for each in scan.inputs})
    if not asked:
        return ""
    named = [zone for coverage in scan.coverage for zone in coverage.zones.items()]
    if not named:
        return f"times that name no zone were read as {' and '.join(asked)}"
    bare: Counter[str] = Counter()
    for name, zone in named:
        if name.endswith(_ASSUMED):
            bare[name.removesuffix(_ASSUMED)] += zone.events
    # Each source may have a zone of its own: what was read as one of them was not read as the others.
    told = sorted(bare) or asked
    words = [f"{zone} ({number(bare[zone])})" for zone in told] if len(bare) > 1 else told
    counts = f"{number(bare.total())} of {number(sum(zone.events for _, zone in named))}"
    return f"times that name no zone were read as {' and '.join(words)}: {counts}"


def notices(coverage: Coverage) -> tuple[str, ...]:
    """What is out of the ordinary in a log's times, a sentence each, without its full stop."""
    found = list[str]()
    if coverage.mixed:
        told = [f"{name} ({number(coverage.zones[name].events)})" for name in coverage.mixed]
        found.append(f"times of different zones stand side by side: {' and '.join(told)}")
    for stretches, count, words, many in (
        (coverage.set_back, coverage.set_back_count, "the clock goes back by", "steps back"),
        (coverage.set_ahead, coverage.set_ahead_count, "the clock leaps, and comes back later, by", "leaps"),
        (coverage.gaps, coverage.gap_count, "there is no event for", "gaps"),
    ):
        found += [f"{words} {duration(each.seconds)} {_place(each, coverage)}" for each in stretches[:_NAMED]]
        if count > _NAMED:
            found.append(f"{number(count - _NAMED)} more {many}, shorter ones")
    worst = coverage.furthest
    if worst:
        lines = "1 event is" if coverage.disordered == 1 else f"{number(coverage.disordered)} events are"
        found.append(f"{lines} out of order, by up to {duration(worst.seconds)} {_place(worst, coverage)}")
    return tuple(found)


def _place(stretch: Stretch, coverage: Coverage) -> str:
    line = f"{stretch.path} line" if len(coverage.parts) > 1 else "line"
    return f"at {line} {number(stretch.line)}, {span(stretch.start, stretch.end)}"
