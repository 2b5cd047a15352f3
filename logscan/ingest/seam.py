"""Where lines may be cut so that what is before and what is behind can be read apart."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import polars as pl

from logscan.ingest.continuation import MAX_LINES
from logscan.ingest.parse import parse
from logscan.ingest.shape import Format
from logscan.ingest.streams import APART, MOST_BYTES, stream_of
from logscan.ingest.when import Clock

_LINE = "logscan.line"


def seam(lines: pl.DataFrame, formats: Sequence[Format], clock: Clock) -> int | None:
    """The last of these lines before which a log may be cut; None where the lines do not tell.

    In:  LINES numbered from 1, up to where the log is known; formats: in the order in which they are tried
    Law: no event is cut apart, nor one that the lines behind these may yet continue. Formats of strength `last` also
         read what continues an event: they are asked only where no other takes any line
    """
    telling = _telling(tuple(formats))
    around = parse(lines, telling, frozenset({"event.dataset"}), clock).events
    streams = _streams(around, telling)
    if not streams.is_empty():
        enough = lines.height > APART or lines["event.original"].str.len_bytes().sum() > MOST_BYTES
        return _between_streams(lines, streams, formats, clock) if enough else None
    if around.height:
        return int(around[_LINE][-1]) - 1
    return _before_trace(lines, formats, clock)


@lru_cache(maxsize=16)
def _telling(formats: tuple[Format, ...]) -> tuple[Format, ...]:
    """The same objects for every seam of a source: what is worked out about formats is kept by them."""
    return tuple(replace(fmt, inner="") if fmt.inner else fmt for fmt in formats if fmt.strength != "last")


def _before_trace(lines: pl.DataFrame, formats: Sequence[Format], clock: Clock) -> int | None:
    """Where traces stand alone: before one that cannot belong to anything above these lines."""
    if lines.height <= MAX_LINES:
        return None
    heads = [fmt.id for fmt in formats if fmt.strength == "last" and fmt.multiline]
    found = parse(lines, formats, frozenset({"event.dataset"}), clock).events
    begun = found.filter(pl.col("event.dataset").is_in(heads), pl.col(_LINE) > MAX_LINES)[_LINE]
    return int(begun[-1]) - 1 if len(begun) else None


def _streams(around: pl.DataFrame, formats: Sequence[Format]) -> pl.DataFrame:
    """logscan.line and stream of the lines whose format tells it; and whether the line goes on in the next."""
    found = [pl.DataFrame(schema={_LINE: pl.UInt64(), "stream": pl.String(), "open": pl.Boolean()})]
    for fmt in formats:
        if fmt.stream or fmt.unfinished:
            own = around.filter(pl.col("event.dataset") == fmt.id)
            goes_on = pl.col("event.original").str.contains(fmt.unfinished) if fmt.unfinished else pl.lit(value=False)
            name = pl.concat_str(pl.lit(fmt.id + " "), stream_of(fmt))
            found.append(own.select(_LINE, name.alias("stream"), goes_on.alias("open")))
    return pl.concat(found)


class _State:
    """One writer."""

    def __init__(self) -> None:
        self.force: bool | None = None  # whether its last event may be continued; None: it began above these lines
        self.open = False
        self.last = 0  # its line before; of the first, the one above these lines


def _between_streams(lines: pl.DataFrame, streams: pl.DataFrame, formats: Sequence[Format], clock: Clock) -> int | None:
    """The last line before which no writer has an event that is not ended, and from which all begin anew."""
    whose = dict(streams.select(_LINE, "stream").iter_rows())
    opens = set(streams.filter("open")[_LINE].to_list())
    # what may also continue an event that began above these lines
    unsure = {fmt.id for fmt in formats if fmt.inner == "any" or fmt.strength == "last"}
    multiline = {fmt.id for fmt in formats if fmt.multiline}
    events = parse(lines, formats, frozenset({"event.dataset", "message"}), clock).events
    datasets = dict(events.select(_LINE, "event.dataset").iter_rows())
    silent = pl.col("event.dataset").is_in(list(unsure)) & (pl.col("message").fill_null("").str.strip_chars() == "")
    blank = set(events.filter(silent)[_LINE].to_list())
    numbers = lines[_LINE].to_list()
    states: dict[str, _State] = {}
    begins: list[bool] = []
    for number in numbers:
        state = states.setdefault(whose.get(number, ""), _State())
        dataset = datasets.get(number)
        if dataset is None and number not in whose and number - 1 in whose:
            begins.append(True)  # a line of no writer continues no line of one
            continue
        if number - state.last > APART:
            state.force = False
        state.last = number
        begin = dataset is not None and not state.open and (dataset not in unsure or state.force is not None)
        if number in blank:
            begin = begin and state.force is False
        elif begin:
            state.force = dataset in multiline
        state.open = number in opens
        begins.append(begin)
    late = {whose.get(number, "") for number in numbers[-APART:]}
    waiting = {name for name in late if states[name].open or states[name].force is not False}
    wrong: set[str] = set()
    for at in range(len(numbers) - 1, -1, -1):
        name = whose.get(numbers[at], "")
        waiting.discard(name)
        (wrong.discard if begins[at] else wrong.add)(name)
        if not waiting and not wrong:
            return at
    return None
