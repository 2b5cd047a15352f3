"""What a log format is made of, and what reading with one gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import polars as pl

STRENGTHS = ("strong", "weak", "last")
INNER = ("", "known", "any")
KINDS = ("pattern", "json", "logfmt", "w3c")
TOGETHER = ("json", "w3c")  # kinds whose formats share out lines among themselves, and are asked at once
UNITS = {"ns": 1, "us": 1_000, "ms": 1_000_000, "s": 1_000_000_000}


class Read(NamedTuple):
    """What one format read: which lines, and their events in line order."""

    hit: pl.Series  # Boolean, one per line
    events: pl.DataFrame  # the hit lines: LINES columns, event.dataset, the wanted columns the format has


@dataclass(frozen=True)
class Column:
    """One EVENTS column and where it comes from. Several of one name: the first that is not null counts.

    keys    pattern: one capture; json, logfmt: key paths, first found counts; dots: nested or in the key; w3c: names
    join    w3c: put between the texts under all keys, as far as they say something; nothing where the first does not
    time    a kind of `when.to_utc`, for @timestamp
    zone    of times that name none; empty: the clock's
    unit    ns | us | ms | s, for event.duration
    values  text -> text put in its place; what is not named stays
    within  a regex whose group 1, looked for in the text, is the value; empty: the whole text is
    """

    name: str
    keys: tuple[str, ...]
    time: str = "auto"
    unit: str = "ns"
    values: Mapping[str, str] = field(default_factory=dict)
    within: str = ""
    join: str = ""
    zone: str = ""


@dataclass(frozen=True)
class Layout:
    """One way a line may look: `head` decides whether the line is taken, `tail` follows it and may be absent."""

    head: str
    tail: str = ""


@dataclass(frozen=True)
class Extract:
    """A regex tried on a column that was read; its captures are named after the columns they fill where those are null.

    needs        literals of which at least one stands in every text the regex matches; empty: none known
    null_values  captures that say nothing
    """

    pattern: str
    on: str
    needs: tuple[str, ...]
    columns: tuple[str, ...]
    null_values: tuple[str, ...]


@dataclass(frozen=True)
class Sample:
    line: str
    expect: Mapping[str, Any] | None  # None: the line must be a reject


@dataclass(frozen=True, eq=False)
class Format:
    """One log format.

    logsource  what it can carry, in Sigma's words (product, category, service)
    order      lower is tried first
    layouts    kind pattern: tried in order, each on the lines the ones before it left
    requires   json, logfmt, w3c: keys that must stand in a line; a key may name alternatives parted by `|`
    multiline  lines that match nothing and follow an event of this format belong to it
    inner      the message is a line of another log: "" no, "known" where a strong format takes it, "any" where any does
    stream     regex; its group 1 in a line says whose line it is: writers that share a file are read each by itself
    unfinished regex; the message of a line it matches goes on in the next line of the same stream
    strength   strong; weak: takes lines of any make; last: tried only on what no other takes and what continues nothing
    """

    id: str
    title: str
    reference: str
    kind: str
    logsource: Mapping[str, str]
    order: int
    layouts: tuple[Layout, ...]
    null_values: tuple[str, ...]
    columns: tuple[Column, ...]
    requires: tuple[str, ...]
    extract: tuple[Extract, ...]
    multiline: bool
    inner: str
    strength: str
    samples: tuple[Sample, ...]
    path: str
    stream: str = ""
    unfinished: str = ""

    def names(self) -> frozenset[str]:
        """Every EVENTS column this format may fill."""
        return frozenset(c.name for c in self.columns) | {name for e in self.extract for name in e.columns}


def datasets_in(events: pl.DataFrame) -> frozenset[str]:
    """The ids of the formats that read these events: mostly one, which one comparison tells."""
    ids = events["event.dataset"]
    if len(ids) and (ids == ids[0]).all():
        return frozenset({str(ids[0])})
    return frozenset(ids.unique().to_list())
