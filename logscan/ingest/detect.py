"""Which formats a file is written in, told from some of its lines."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import polars as pl

from logscan.ingest.limits import load_limits
from logscan.ingest.lines import numbered
from logscan.ingest.parse import parse
from logscan.ingest.shape import TOGETHER, Format
from logscan.ingest.when import Clock

_CLOCK = Clock("UTC", datetime(1970, 1, 1, tzinfo=UTC))  # times are not looked at
_LONGEST = 64 << 10  # characters; a longer line costs more than it tells
_NAMED = 3  # formats beside the first that are named


class Detection(NamedTuple):
    """What to read a file with.

    order   every format: those seen in the sample, best first, then the others; formats of kind json stay together
    why     the evidence, for a person
    shares  format id -> share of the sampled lines that are not blank, 0..1; only formats that were seen
    doubt   why the first may be the wrong one, in words; empty when nothing speaks against it
    """

    order: tuple[Format, ...]
    why: str
    shares: Mapping[str, float]
    doubt: str = ""


def detect(lines: Sequence[str], formats: Sequence[Format]) -> Detection:
    """Put the formats in the order in which they are to be tried on a file.

    In:   lines  a sample in line order;  formats  any order
    Law:  a line counts for the first format by (order, id) that reads it, so one that reads anything never wins over
          one that knows more; and no format comes before another from which it would take lines of the sample
    """
    ranked = sorted(formats, key=lambda fmt: (fmt.order, fmt.id))
    kept = [line for line in lines if len(line) <= _LONGEST] or [line[:_LONGEST] for line in lines]
    sample = numbered(kept)
    read = parse(sample, ranked, frozenset(), _CLOCK)
    counts = Counter(read.events["event.dataset"].to_list())
    total = sample.height - read.blank
    seen = _best_first([fmt for fmt in ranked if counts[fmt.id]], counts, sample, read.events)
    shares = {fmt.id: counts[fmt.id] / total for fmt in seen}
    why = _words(seen, counts, total, read.continuations)
    return Detection(_together(seen, ranked), why, shares, _doubt(seen, counts, total - read.continuations))


def _best_first(
    seen: Sequence[Format], counts: Mapping[str, int], sample: pl.DataFrame, events: pl.DataFrame
) -> list[Format]:
    """By count; but one that also reads lines of another one comes behind that."""
    if len(seen) < 2:
        return list(seen)
    owner = dict(events.select("logscan.line", "event.dataset").iter_rows())
    others = {fmt.id: {owner[line] for line in _reads(fmt, sample) if line in owner} - {fmt.id} for fmt in seen}
    left, found = list(seen), list[Format]()
    while left:
        ids = {fmt.id for fmt in left}
        free = [fmt for fmt in left if others[fmt.id].isdisjoint(ids)] or left
        best = max(free, key=lambda fmt: counts[fmt.id])
        found.append(best)
        left.remove(best)
    return found


def _reads(fmt: Format, sample: pl.DataFrame) -> list[int]:
    if fmt.kind in TOGETHER:
        return []  # they share out lines among themselves, and read none of another kind
    return parse(sample, [fmt], frozenset(), _CLOCK).events["logscan.line"].to_list()


def _together(seen: Sequence[Format], ranked: Sequence[Format]) -> tuple[Format, ...]:
    """Those seen, then the rest; all of a kind that is read at once behind the first of them."""
    order = [*seen, *(fmt for fmt in ranked if fmt not in seen)]
    first: dict[str, int] = {}
    for n, fmt in enumerate(order):
        first.setdefault(fmt.kind if fmt.kind in TOGETHER else fmt.id, n)
    return tuple(sorted(order, key=lambda fmt: first[fmt.kind if fmt.kind in TOGETHER else fmt.id]))


def _doubt(seen: Sequence[Format], counts: Mapping[str, int], lines: int) -> str:
    """In: lines: of the sample, without blank ones and those that continue another"""
    if not seen:
        return f"no format reads any of {lines:,} sampled lines" if lines else ""
    first, *others = sorted(seen, key=lambda fmt: -counts[fmt.id])
    tied = [fmt.id for fmt in others if counts[fmt.id] == counts[first.id]]
    if tied:
        return f"{first.id} and {' and '.join(tied)} read as many of the sampled lines: the file mixes formats"
    if counts[first.id] < load_limits().low_format_share * lines:
        return f"{first.id} read only {counts[first.id]:,} of {lines:,} sampled lines"
    return ""


def _words(seen: Sequence[Format], counts: Mapping[str, int], total: int, continuations: int) -> str:
    if not total:
        return "there is no line to tell the format from"
    if not seen:
        return f"no format reads any of {total:,} sampled lines"
    first, *others = sorted(seen, key=lambda fmt: -counts[fmt.id])
    most = counts[first.id]
    tied = [fmt.id for fmt in others if counts[fmt.id] == most]
    low = most < load_limits().low_format_share * (total - continuations)
    parts = [f"{first.id} read {'only ' if low else ''}{most:,} of {total:,} sampled lines"]
    if tied:
        parts.append(f"as many as {' and '.join(tied)}: the file mixes formats")
    rest = [f"{fmt.id} {counts[fmt.id]:,}" for fmt in others if fmt.id not in tied]
    if rest:
        more = f" and {len(rest) - _NAMED} more" if len(rest) > _NAMED else ""
        parts.append(f"next: {', '.join(rest[:_NAMED])}{more}")
    if continuations:
        parts.append(f"{continuations:,} {'line continues' if continuations == 1 else 'lines continue'} the one before")
    unread = total - continuations - sum(counts.values())
    if unread:
        parts.append(f"no format reads {unread:,}")
    return "; ".join(parts)
