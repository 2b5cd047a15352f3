"""Lines that carry a line of another log: syslog, containers, collectors."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any, NamedTuple

import polars as pl

from logscan.ingest.shape import Format
from logscan.model.schemas import LINES

# What the line around says for itself and must not lend to the line within.
_OWN = frozenset({*LINES, "event.dataset", "message"})

_ZONE = "event.timezone"


class Opened(NamedTuple):
    """Law: outer, inner and continuations are the events that went in."""

    outer: pl.DataFrame  # events whose message is no line of a log that is known
    inner: pl.DataFrame  # events of the lines within; what they do not say is filled from around them
    continuations: int  # events that turned out to continue the line within the one before


def with_inner(
    events: pl.DataFrame, formats: Sequence[Format], want: AbstractSet[str], read: Callable[..., Any]
) -> Opened:
    """Read the messages of envelope formats as lines of their own.

    In:  events with their message; read: as `parse`, without the clock
    """
    outer, inner, continuations = events, [events.clear()], 0
    for fmt in formats:
        mask = outer["event.dataset"] == fmt.id if fmt.inner else pl.Series([False])
        if not mask.any():
            continue
        around = outer.filter(mask)
        opened = _opened(around, fmt, formats, want, read)
        outer = pl.concat([outer.filter(~mask), opened.outer]).sort("logscan.line")
        inner.append(opened.inner)
        continuations += opened.continuations
    return Opened(outer, pl.concat(inner).sort("logscan.line") if len(inner) > 1 else inner[0], continuations)


def _opened(
    around: pl.DataFrame, fmt: Format, formats: Sequence[Format], want: AbstractSet[str], read: Callable[..., Any]
) -> Opened:
    lines = around.select("logscan.line", "log.offset", _text().alias("event.original"))
    got = read(lines, _inner_formats(fmt, formats), frozenset(want))
    number = around["logscan.line"]
    taken = number.is_in(got.events["logscan.line"].implode())
    unread = number.is_in(got.rejects["logscan.line"].implode()) | (lines["event.original"].str.strip_chars() == "")
    return Opened(around.filter(unread), _filled(got.events, around.filter(taken)), got.continuations)


def _text() -> pl.Expr:
    return pl.col("message").fill_null("").str.strip_chars_end("\r\n")


def _inner_formats(fmt: Format, formats: Sequence[Format]) -> list[Format]:
    others = [other for other in formats if other is not fmt and other.strength != "last"]
    if fmt.inner == "any":
        return others
    return [replace(other, multiline=False) for other in others if other.strength == "strong"]


def _filled(inner: pl.DataFrame, around: pl.DataFrame) -> pl.DataFrame:
    """Both have the same lines in the same order."""
    # the zone is that of the time
    own_value = {
        name: inner["@timestamp" if name == _ZONE and "@timestamp" in inner.columns else name].is_not_null()
        for name in inner.columns
    }
    filled = [inner[name].zip_with(own_value[name], around[name]) for name in inner.columns if name not in _OWN]
    own = around.select(_text().str.len_chars()).to_series()
    more = inner["event.original"].to_frame().select(pl.col("event.original").str.slice(own)).to_series()
    original = around["event.original"] + more
    return inner.with_columns(*filled, original.alias("event.original")).select(around.columns)
