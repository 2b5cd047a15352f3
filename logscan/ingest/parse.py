"""Lines into events: every format takes what it knows of the lines that are left."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from itertools import groupby
from typing import NamedTuple

import polars as pl

from logscan.ingest.continuation import continued, with_continuations
from logscan.ingest.extract import extracts_for, with_extracts
from logscan.ingest.json import read_json
from logscan.ingest.logfmt import read_logfmt
from logscan.ingest.nearest import nearest
from logscan.ingest.pattern import read_pattern
from logscan.ingest.shape import Format, Read
from logscan.ingest.url import PARTS, with_url
from logscan.ingest.when import Clock
from logscan.model.schemas import EVENTS, LINES

__all__ = ["Parsed", "nearest", "parse"]

_COLOUR = r"\x1b\[[0-9;:?]*[ -/]*[@-~]"  # ECMA-48 control sequences


class Parsed(NamedTuple):
    """Law: events + rejects + continuations + blank == lines."""

    events: (
        pl.DataFrame
    )  # LINES columns, event.dataset, the wanted columns (null where a format lacks one), in line order
    rejects: pl.DataFrame  # LINES
    continuations: int
    blank: int


def parse(lines: pl.DataFrame, formats: Sequence[Format], want: frozenset[str], clock: Clock) -> Parsed:
    """Read lines with formats, tried in the order given.

    In:  LINES in line order; want: EVENTS columns
    Law: which format takes a line depends on the line and the order alone, not on `want` or the lines around it
    """
    needed = _needed(formats, want)
    left, parts = _without_colour(lines), []
    for group in _groups(formats):
        if left.is_empty():
            break
        read = _read(left, group, needed, clock)
        if read.hit.any():
            parts.append(read.events)
            left = left.filter(~read.hit)
    events = _raw(_together(parts, needed), lines)
    events, rejects, continuations, blank = _with_rest(events, _raw(left, lines), formats, needed)
    events = _deepened(events, formats, needed, clock)
    return Parsed(events.select([*LINES, "event.dataset", *_others(want)]), rejects, continuations, blank)


def _without_colour(lines: pl.DataFrame) -> pl.DataFrame:
    """Terminal colours, which would stand in the way of every pattern, taken out."""
    text = lines["event.original"]
    if not text.str.contains("\x1b", literal=True).any():
        return lines
    return lines.with_columns(text.str.replace_all(_COLOUR, ""))


def _raw(read: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """The same rows with event.original as it stands in the log."""
    if read.height == lines.height:
        return read.with_columns(lines["event.original"])
    mine = lines["logscan.line"].is_in(read["logscan.line"].implode())
    return read.with_columns(lines["event.original"].filter(mine))


def _others(want: AbstractSet[str]) -> list[str]:
    return [name for name in EVENTS if name in want and name not in LINES and name != "event.dataset"]


def _needed(formats: Sequence[Format], want: AbstractSet[str]) -> frozenset[str]:
    """The wanted columns and those they are derived from."""
    needed = set(want)
    if not PARTS.isdisjoint(needed):
        needed.add("url.original")
    for fmt in formats:
        needed |= {extract.on for extract in extracts_for(fmt.extract, needed)}
    return frozenset(needed)


def _groups(formats: Sequence[Format]) -> list[tuple[Format, ...]]:
    """Adjacent formats of kind json are read at once; the others one by one."""
    found: list[tuple[Format, ...]] = []
    for fmt in formats:
        if found and fmt.kind == "json" == found[-1][0].kind:
            found[-1] += (fmt,)
        else:
            found.append((fmt,))
    return found


def _read(lines: pl.DataFrame, group: tuple[Format, ...], want: frozenset[str], clock: Clock) -> Read:
    kind = group[0].kind
    if kind == "json":
        return read_json(lines, group, want, clock)
    if kind == "logfmt":
        return read_logfmt(lines, group[0], want, clock)
    return read_pattern(lines, group[0], want, clock)


def _together(parts: Sequence[pl.DataFrame], want: AbstractSet[str]) -> pl.DataFrame:
    """All events in line order, every wanted column there and typed."""
    names = [*LINES, "event.dataset", *_others(want)]
    whole = [
        part.with_columns(pl.lit(None, EVENTS[name]).alias(name) for name in names if name not in part.columns).select(
            names
        )
        for part in parts
    ]
    if not whole:
        return pl.DataFrame(schema={name: EVENTS[name] for name in names})
    return whole[0] if len(whole) == 1 else pl.concat(whole).sort("logscan.line")


def _with_rest(
    events: pl.DataFrame, left: pl.DataFrame, formats: Sequence[Format], want: AbstractSet[str]
) -> tuple[pl.DataFrame, pl.DataFrame, int, int]:
    if left.is_empty():
        return events, left, 0, 0
    empty = left["event.original"].str.strip_chars() == ""
    found = continued(left.filter(~empty), events, {fmt.id for fmt in formats if fmt.multiline})
    events = with_continuations(events, found.continuations, want)
    return events, found.rest, found.continuations.height, int(empty.sum())


def _deepened(events: pl.DataFrame, formats: Sequence[Format], want: AbstractSet[str], clock: Clock) -> pl.DataFrame:
    """What the messages say, then the parts of the addresses."""
    for _, group in groupby(sorted(formats, key=lambda fmt: str(fmt.extract)), key=lambda fmt: str(fmt.extract)):
        same = list(group)
        if not extracts_for(same[0].extract, want):
            continue
        mask = events["event.dataset"].is_in([fmt.id for fmt in same])
        if not mask.any():
            continue
        fmt = same[0]
        if mask.all():
            events = with_extracts(events, fmt.extract, want, clock)
        else:
            part = with_extracts(events.filter(mask), fmt.extract, want, clock)
            events = pl.concat([events.filter(~mask), part]).sort("logscan.line")
    return with_url(events, want)
