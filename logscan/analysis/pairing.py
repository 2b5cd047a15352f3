"""Which telling line speaks of which bare one: near in time, of the same kind, and the only reason in reach."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

import polars as pl

# Of the tolerance, what is nearest is paired first; before that, what names the same user.
_PASSES = ((1.0, True), (0.05, False), (0.25, False), (1.0, False))
_REACH = 64  # telling lines on each side that are looked at
KNOWN = ("client", "user", "service", "method", "target", "status")  # what lines of one request cannot say differently
_USER = KNOWN.index("user")
_LEAD = 5  # in a crowd, so many times nearer is a reason than any other: it is the only one

_NUMBERS = ("target", "status", "grain")
PAIRS = pl.Schema({"row": pl.UInt32(), "told": pl.UInt32()})


class Paired(NamedTuple):
    """pairs: PAIRS. doubted: rows of bare lines with several different reasons in reach, and those causes, in order."""

    pairs: pl.DataFrame
    doubted: dict[int, tuple[str, ...]]


class _Line(NamedTuple):
    row: int
    t: int
    log: str
    request: bool  # a server's line of a request, with client and status
    cause: str
    grain: int
    own: frozenset[int]  # its ids
    piece: str | None  # a word and a name
    known: tuple[str | int | None, ...]

    @property
    def slot(self) -> tuple[str, bool]:
        """A log may tell of one request twice: once as a line of an access log, once in words."""
        return self.log, self.request


Slot = tuple[str, bool]  # a log; whether its line is one of an access log
Taken = AbstractSet[tuple[Slot, int]]  # rows of telling lines that have their refusal there


def pair(
    bare: pl.DataFrame, told: pl.DataFrame, by: Sequence[str], within: int, *, crowd: bool, taken: Taken = frozenset()
) -> Paired:
    """Pair lines that have the same values of `by`, none of them null.

    In:    row, t (microseconds, clocks set), log, grain, own (see `with_ties`), piece, cause, KNOWN and `by`
           taken: telling lines that were paired before
           crowd: lines of several requests may be alike in `by`: then there must be a telling line for each, and of
           different reasons one counts that is by far the nearest
    Law:   a telling line is paired with one line of a slot at most, a bare line with one telling line at most; none
           with a line that contradicts it; none when lines in reach tell different causes; no row order matters
    Units: within in microseconds
    """
    keys = [*by]
    here, there = bare.drop_nulls(["t", *keys]).sort("t", "row"), told.drop_nulls(["t", *keys]).sort("t", "row")
    near = there.select(*keys, "t", there="t")
    reached = here.join_asof(
        near, on="t", by=keys, strategy="nearest", tolerance=within, check_sortedness=False
    ).drop_nulls("there")
    if reached.is_empty():
        return Paired(PAIRS.to_frame(), {})
    pairs: list[tuple[int, int]] = []
    doubted: dict[int, tuple[str, ...]] = {}
    wanted = reached.select(keys).unique()
    tolds = _by_key(there.join(wanted, on=keys, how="semi"), keys)
    for key, lines in _by_key(here.join(wanted, on=keys, how="semi"), keys).items():
        group = _Group(lines, tolds.get(key, []), within, taken)
        group.pair(crowd=crowd)
        pairs += group.pairs
        doubted |= group.doubted
    return Paired(pl.DataFrame(sorted(pairs), schema=PAIRS, orient="row"), doubted)


def _by_key(frame: pl.DataFrame, keys: list[str]) -> dict[tuple[object, ...], list[_Line]]:
    found: dict[tuple[object, ...], list[_Line]] = {}
    texts = ("log", "cause", "piece", *(name for name in KNOWN if name not in _NUMBERS))
    key = pl.concat_list(pl.col(name).cast(pl.String()) for name in keys).alias("key")
    plain = frame.sort("t", "row").select(key, "row", "t", pl.col(texts).cast(pl.String()), *_NUMBERS, "own")
    for row in plain.iter_rows(named=True):
        line = _Line(
            row["row"],
            row["t"],
            row["log"],
            row["status"] is not None and row["client"] is not None,
            row["cause"],
            row["grain"],
            frozenset(row["own"] or ()),
            row["piece"],
            tuple(row[name] for name in KNOWN),
        )
        found.setdefault(tuple(row["key"]), []).append(line)
    return found


class _Group:
    """The lines that are alike in what they are paired by, in time order."""

    def __init__(self, bare: Sequence[_Line], told: Sequence[_Line], within: int, taken: Taken) -> None:
        self.bare, self.told, self.within = bare, told, within
        self.times = [line.t for line in told]
        self.before = taken
        self.taken: set[tuple[Slot, int]] = set()
        self.pairs: list[tuple[int, int]] = []
        self.doubted: dict[int, tuple[str, ...]] = {}

    def pair(self, *, crowd: bool) -> None:
        rivals: dict[Slot, list[int]] = {}
        for line in self.bare:
            rivals.setdefault(line.slot, []).append(line.t)
        reach: dict[int, list[int]] = {}
        for at, line in enumerate(self.bare):
            found, within = self._near(line), self.within
            if crowd and found:
                within = self._leading(line, found)
                found = [k for k in found if abs(self.times[k] - line.t) <= within]
            causes = sorted({self.told[k].cause for k in found})
            if len(causes) > 1:
                self.doubted[line.row] = tuple(causes)
            elif found and (not crowd or _enough(line, rivals[line.slot], self.times, within)):
                reach[at] = found
        for share, alike in _PASSES:
            for at in [*reach]:
                line = self.bare[at]
                free = [
                    (abs(self.times[k] - line.t), k)
                    for k in reach[at]
                    if not self._has(line.slot, k)
                    and abs(self.times[k] - line.t) <= share * self.within
                    and (not alike or None is not line.known[_USER] == self.told[k].known[_USER])
                ]
                if free:
                    self._take(line, min(free)[1])
                    del reach[at]
        self._sweep(reach)

    def _near(self, line: _Line) -> list[int]:
        low = bisect_left(self.times, line.t - self.within)
        high = bisect_right(self.times, line.t + self.within)
        middle = bisect_left(self.times, line.t, low, high)
        return [k for k in range(max(low, middle - _REACH), min(high, middle + _REACH)) if _fits(line, self.told[k])]

    def _leading(self, line: _Line, found: list[int]) -> int:
        """How far to look: to the end where all in reach tell one cause; else as far as none rivals the nearest."""
        if len({self.told[k].cause for k in found}) == 1:
            return self.within
        nearest = min(found, key=lambda k: (abs(self.times[k] - line.t), k))
        apart = max(line.grain, self.told[nearest].grain, abs(self.times[nearest] - line.t))
        return min(self.within, _LEAD * apart)

    def _has(self, slot: Slot, k: int) -> bool:
        return (slot, k) in self.taken or (slot, self.told[k].row) in self.before

    def _take(self, line: _Line, k: int) -> None:
        self.taken.add((line.slot, k))
        self.pairs.append((line.row, self.told[k].row))

    def _sweep(self, reach: dict[int, list[int]]) -> None:
        """Of a burst, where what is nearest is taken many times over: one after the other."""
        ahead: dict[Slot, int] = {}
        for at, found in reach.items():
            line = self.bare[at]
            k = ahead.get(line.slot, 0)
            while k < len(self.told) and (self.times[k] < line.t - self.within or self._has(line.slot, k)):
                k += 1
            ahead[line.slot] = k
            if k == len(self.told) or self.times[k] > line.t + self.within:
                continue
            if self.told[k].cause == self.told[found[0]].cause and _fits(line, self.told[k]):
                self._take(line, k)


def _enough(line: _Line, bare: Sequence[int], told: Sequence[int], within: int) -> bool:
    """Of as many refusals as there are reasons in reach, each may have its own; of more, nobody can tell which."""
    reasons = bisect_right(told, line.t + within) - bisect_left(told, line.t - within)
    return reasons >= bisect_right(bare, line.t + within) - bisect_left(bare, line.t - within)


def _fits(bare: _Line, told: _Line) -> bool:
    """Two lines of requests in one log are two requests, and so are two lines of one log that name different ones."""
    if bare.log == told.log and ((bare.request and told.request) or _named_apart(bare, told)):
        return False
    return agree(bare.known, told.known)


def _named_apart(one: _Line, other: _Line) -> bool:
    if one.own and other.own and one.own.isdisjoint(other.own):
        return True
    words = [line.piece.split(" ", 1) for line in (one, other) if line.piece]
    return len(words) == 2 and words[0][0] == words[1][0] and words[0][1] != words[1][1]


def agree(one: Sequence[str | int | None], other: Sequence[str | int | None]) -> bool:
    """In: KNOWN of two lines. Out: whether they may be of one request"""
    return all(a is None or b is None or a == b for a, b in zip(one, other, strict=True))
