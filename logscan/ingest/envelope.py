"""Lines that carry a line of another log: syslog, containers, collectors."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any, NamedTuple

import polars as pl

from logscan.ingest.shape import Format, datasets_in
from logscan.ingest.streams import by_stream, stream_of, with_whole_lines, with_whole_objects
from logscan.model.schemas import LINES

# What the line around says for itself and must not lend to the line within.
_OWN = frozenset({*LINES, "event.dataset", "message"})
_LINE = "logscan.line"
NONE = pl.DataFrame(schema={_LINE: LINES[_LINE], "owner": LINES[_LINE]})


class Opened(NamedTuple):
    """Law: outer, inner and continuations are the events that went in."""

    outer: pl.DataFrame  # events whose message is no line of a log that is known
    inner: pl.DataFrame  # events of the lines within; what they do not say is filled from around them
    joined: pl.DataFrame  # logscan.line of events that are a part of the line within another, `owner`: that one's line


def with_inner(
    events: pl.DataFrame, formats: Sequence[Format], want: AbstractSet[str], read: Callable[..., Any]
) -> Opened:
    """Read the messages of envelope formats as lines of their own.

    In:  events with their message; read: as `parse`, without the clock
    Law: within a line each envelope is opened once, so lines are as deep as there are envelope formats at most
    """
    outer, inner, joined = events, [events.clear()], [NONE]
    there = datasets_in(events)
    for fmt in formats:
        if not fmt.inner or fmt.id not in there:
            continue
        mask = outer["event.dataset"] == fmt.id
        around = with_whole_lines(outer.filter(mask), fmt)
        opened = _opened(around.events, fmt, formats, want, read)
        outer = pl.concat([outer.filter(~mask), opened.outer]).sort(_LINE)
        inner.append(opened.inner)
        joined.append(with_owners(around.parts, opened.joined))
    if len(inner) == 1:
        return Opened(outer, inner[0], NONE)
    return Opened(outer, pl.concat(inner).sort(_LINE), pl.concat(joined).sort(_LINE))


def with_owners(parts: pl.DataFrame, joined: pl.DataFrame) -> pl.DataFrame:
    """Both, in line order; where the owner of a part is itself a part, the owner of that one.

    In:  columns logscan.line and owner, and others in `parts`
    """
    own = parts.select(_LINE, "owner")
    if joined.is_empty():
        return own
    then = joined.select(pl.col(_LINE).alias("owner"), pl.col("owner").alias("_then"))
    last = own.join(then, on="owner", how="left", maintain_order="left")
    return pl.concat([last.select(_LINE, pl.coalesce("_then", "owner").alias("owner")), joined]).sort(_LINE)


def _opened(
    around: pl.DataFrame, fmt: Format, formats: Sequence[Format], want: AbstractSet[str], read: Callable[..., Any]
) -> Opened:
    streams = around.select(stream_of(fmt).alias("_stream")).to_series()
    texts = around.select(_LINE, "log.offset", _text().alias("event.original"))
    lines, numbers = by_stream(texts, streams) if fmt.stream else (texts, texts[_LINE])
    objects = with_whole_objects(lines)
    got = read(objects.events, _inner_formats(fmt, formats), frozenset(want))
    closed = pl.col("event.dataset").is_in([other.id for other in formats if _is_doubtful(other)])
    if fmt.inner != "any" and (shut := got.events.filter(closed)).height:
        got = got._replace(
            events=got.events.filter(~closed), rejects=pl.concat([got.rejects, shut.select(list(LINES))])
        )
    read_whole = pl.col("owner").is_in(got.events[_LINE].implode())
    events = _numbered(got.events, lines, numbers)
    rejects = pl.concat([got.rejects.select(_LINE), objects.parts.filter(~read_whole).select(_LINE)])
    number = around[_LINE]
    taken = number.is_in(events[_LINE].implode())
    unread = number.is_in(_numbered(rejects, lines, numbers)[_LINE].implode())
    unread |= texts["event.original"].str.strip_chars() == ""
    joined = _numbered(pl.concat([got.joined, objects.parts.filter(read_whole)]), lines, numbers, "owner")
    return Opened(around.filter(unread), _filled(events, around.filter(taken)), joined)


def _numbered(read: pl.DataFrame, lines: pl.DataFrame, numbers: pl.Series, *more: str) -> pl.DataFrame:
    """With their true numbers again, in line order."""
    own = lines[_LINE]
    if own.equals(numbers):
        return read
    true = [numbers.gather(own.search_sorted(read[name])).alias(name) for name in (_LINE, *more)]
    return read.with_columns(true).sort(_LINE)


def _text() -> pl.Expr:
    return pl.col("message").fill_null("").str.strip_chars_end("\r\n")


def _inner_formats(fmt: Format, formats: Sequence[Format]) -> list[Format]:
    others = [other for other in formats if other is not fmt and (other.strength != "last" or other.multiline)]
    if fmt.inner == "any":
        return others
    strong = [replace(other, multiline=False) for other in others if other.strength == "strong"]
    return strong + [replace(other, inner="known") for other in others if _is_doubtful(other)]


def _is_doubtful(fmt: Format) -> bool:
    """An envelope of which only what a strong format takes within tells that it is one, where lines are of any make."""
    return bool(fmt.inner) and fmt.strength == "weak" and not fmt.multiline


def _filled(inner: pl.DataFrame, around: pl.DataFrame) -> pl.DataFrame:
    """Both have the same lines in the same order."""
    filled = [
        inner[name].zip_with(inner[name].is_not_null(), around[name]) for name in inner.columns if name not in _OWN
    ]
    own = around.select(_text().str.len_chars()).to_series()
    more = inner["event.original"].to_frame().select(pl.col("event.original").str.slice(own)).to_series()
    original = around["event.original"] + more
    return inner.with_columns(*filled, original.alias("event.original")).select(around.columns)
