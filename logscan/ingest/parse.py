"""Lines into events: every format takes what it knows of the lines that are left."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache, partial
from typing import Any, NamedTuple

import polars as pl

from logscan.ingest.address import CLIENT, FORWARDED, Networks, with_addresses
from logscan.ingest.continuation import Continued, continued, first_lines, with_continuations, with_tails
from logscan.ingest.envelope import with_inner, with_owners
from logscan.ingest.extract import extracts_for, with_extracts
from logscan.ingest.header import governed, without_directives
from logscan.ingest.json import read_json
from logscan.ingest.logfmt import read_logfmt
from logscan.ingest.nearest import nearest
from logscan.ingest.pattern import idle, read_pattern
from logscan.ingest.shape import TOGETHER, Extract, Format, Read, datasets_in
from logscan.ingest.url import PARTS, with_url
from logscan.ingest.w3c import read_w3c
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
    joined: pl.DataFrame  # logscan.line of each continuation, and its `owner`, the event's line


def parse(
    lines: pl.DataFrame,
    formats: Sequence[Format],
    want: frozenset[str],
    clock: Clock,
    *,
    within: bool = False,
    trusted: Networks = (),
) -> Parsed:
    """Read lines with formats, tried in the order given.

    In:  LINES in line order, with header.COLUMN where a directive may stand above the first; want: EVENTS columns;
         within: they stand within other lines, where a directive is a line like any other;
         trusted: proxies whose forwarded lists are believed
    Out: blank  lines without text, and directives
    Law: which format takes a line depends on the line, its header and the order alone, not on `want` or other lines;
         but what continues an event, and what is left for formats of strength `last`, depends on the events before it
    """
    needed = _needed(tuple(formats), frozenset(want | ({FORWARDED} if trusted and CLIENT in want else set())))
    said = lines if within else without_directives(governed(lines))
    plain = _without_colour(said)
    plain, tails = first_lines(plain) if within else (plain, plain.clear())
    events, left = _taken(plain, [fmt for fmt in formats if fmt.strength != "last"], needed, clock)
    multiline = {fmt.id for fmt in formats if fmt.multiline}
    blank = left["event.original"].str.strip_chars() == ""
    found = continued(left.filter(~blank), events, lines["logscan.line"], multiline)
    late = _late(found, events, formats, lines["logscan.line"], partial(_taken, want=needed, clock=clock))
    events = _merged([_with_raw(events, lines), _with_raw(late.events, lines)])
    events = with_tails(events, tails, needed)
    events = with_continuations(events, _with_raw(late.continuations, lines), needed)
    opened = with_inner(events, formats, needed, partial(parse, clock=clock, within=True, trusted=trusted))
    deep = _merged([_deepened(opened.outer, formats, needed, clock), opened.inner])
    deep = with_addresses(deep, needed, trusted)
    names = [*LINES, "event.dataset", *_others(want)]
    joined = with_owners(late.continuations, opened.joined)
    rest = _with_raw(late.rest.select(list(LINES)), lines)
    return Parsed(deep.select(names), rest, joined.height, int(blank.sum()) + lines.height - said.height, joined)


class _Late(NamedTuple):
    events: pl.DataFrame
    continuations: pl.DataFrame
    rest: pl.DataFrame


def _late(
    found: Continued, events: pl.DataFrame, formats: Sequence[Format], lines: pl.Series, take: Callable[..., Any]
) -> _Late:
    """Formats of strength `last`, one by one: what continues the events of one is not left for the next."""
    rest, parts, joined = found.rest, [events.clear()], [found.continuations]
    for fmt in formats:
        if rest.is_empty():
            break
        if fmt.strength != "last":
            continue
        taken, rest = take(rest, [fmt])
        parts.append(taken)
        if fmt.multiline and taken.height:
            begun = _merged([part.select("logscan.line", "event.dataset") for part in (events, *parts)])
            more = continued(rest, begun, lines, {fmt.id})
            joined.append(more.continuations)
            rest = more.rest
    continuations = joined[0] if len(joined) == 1 else pl.concat(joined).sort("logscan.line")
    return _Late(_merged(parts), continuations, rest)


def _taken(
    lines: pl.DataFrame, formats: Sequence[Format], want: frozenset[str], clock: Clock
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The events of the lines that a format takes, every wanted column there and typed; and the lines left."""
    left, parts = lines, []
    no_use: AbstractSet[str] | None = None
    for group in _groups(tuple(formats)):
        if left.is_empty():
            break
        if no_use is None and group[0] is not formats[0]:  # mostly the first takes all
            no_use = idle(left, formats)
        if no_use and group[0].id in no_use:
            continue
        read = _read(left, group, want, clock)
        if read.hit.any():
            parts.append(read.events)
            left = left.filter(~read.hit)
    return _merged([_whole(part, want) for part in parts] or [_whole(lines.clear(), want)]), left


def _whole(part: pl.DataFrame, want: AbstractSet[str]) -> pl.DataFrame:
    names = [*LINES, "event.dataset", *_others(want)]
    if part.columns == names:
        return part
    lacking = [pl.lit(None, EVENTS[name]).alias(name) for name in names if name not in part.columns]
    return part.with_columns(lacking).select(names)


def _merged(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """In line order."""
    parts = [part for part in parts if part.height] or list(parts[:1])
    return parts[0] if len(parts) == 1 else pl.concat(parts).sort("logscan.line")


def _without_colour(lines: pl.DataFrame) -> pl.DataFrame:
    """Terminal colours, which would stand in the way of every pattern, taken out."""
    text = lines["event.original"]
    if not text.str.contains("\x1b", literal=True).any():
        return lines
    return lines.with_columns(text.str.replace_all(_COLOUR, ""))


def _with_raw(read: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """The same rows with event.original as it stands in the log."""
    if read.height == lines.height:
        return read.with_columns(lines["event.original"])
    return read.with_columns(lines["event.original"].gather(lines["logscan.line"].search_sorted(read["logscan.line"])))


def _others(want: AbstractSet[str]) -> list[str]:
    return [name for name in EVENTS if name in want and name not in LINES and name != "event.dataset"]


@lru_cache(maxsize=64)
def _needed(formats: tuple[Format, ...], want: frozenset[str]) -> frozenset[str]:
    """The wanted columns and those they are derived from."""
    needed = set(want)
    if not PARTS.isdisjoint(needed):
        needed.add("url.original")
    if any(fmt.inner for fmt in formats):
        needed.add("message")
    for fmt in formats:
        needed |= {extract.on for extract in extracts_for(fmt.extract, needed)}
    return frozenset(needed)


@lru_cache(maxsize=64)
def _groups(formats: tuple[Format, ...]) -> list[tuple[Format, ...]]:
    """Adjacent formats of a kind that is read at once; the others one by one."""
    found: list[tuple[Format, ...]] = []
    for fmt in formats:
        if found and fmt.kind in TOGETHER and fmt.kind == found[-1][0].kind:
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
    if kind == "w3c":
        return read_w3c(lines, group, want, clock)
    return read_pattern(lines, group[0], want, clock)


def _deepened(events: pl.DataFrame, formats: Sequence[Format], want: AbstractSet[str], clock: Clock) -> pl.DataFrame:
    """What the messages say, then the parts of the addresses."""
    there = datasets_in(events)
    for extracts, ids in _sharing(tuple(formats), frozenset(want)):
        if there.isdisjoint(ids):
            continue
        if there.issubset(ids):
            events = with_extracts(events, extracts, want, clock)
        else:
            mask = events["event.dataset"].is_in(ids)
            part = with_extracts(events.filter(mask), extracts, want, clock)
            events = pl.concat([events.filter(~mask), part]).sort("logscan.line")
    return with_url(events, want)


@lru_cache(maxsize=256)
def _sharing(formats: tuple[Format, ...], want: frozenset[str]) -> tuple[tuple[tuple[Extract, ...], list[str]], ...]:
    """The lists of extracts that fill a wanted column, each with the formats that share it."""
    found: dict[tuple[Extract, ...], list[str]] = {}
    for fmt in formats:
        if extracts_for(fmt.extract, want):
            found.setdefault(fmt.extract, []).append(fmt.id)
    return tuple(found.items())
