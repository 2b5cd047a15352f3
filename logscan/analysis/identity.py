"""What a finding is called for as long as it is told: alerts, comparisons and links know it by its id."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_HOUR = 3600.0
_NO_TIME = (-_HOUR, -_HOUR)


class Identity(NamedTuple):
    """What tells one finding from another.

    everybody  it hit most active clients at one time; otherwise its failures are those of single principals
    spanned    first and last failure, seconds since the epoch; None when no line of it has a time
    """

    cause: str
    level: str
    values: tuple[str, ...]
    family: str
    everybody: bool = False
    pattern: str = ""
    spanned: tuple[float, float] | None = None

    @property
    def plain(self) -> str:
        return "|".join((self.cause, self.level, ",".join(self.values), self.family))


def identities(findings: Sequence[Identity]) -> list[str]:
    """The ids of all findings of one document.

    Law: unique, whatever the order of the findings. A finding that is alone with its cause, scope and dataset family
         has the plain id, which neither counts nor times change. Of several, the plain id goes to what hit everybody,
         and of those to what failed last, for it is what goes on. What was over when that began adds the hour of its
         end: neither later lines nor the loss of the oldest change an end. What fails beside it adds its pattern
    """
    groups: dict[str, list[int]] = defaultdict(list)
    for at, named in enumerate(findings):
        groups[named.plain].append(at)
    found = [""] * len(findings)
    for plain, places in groups.items():
        seen: dict[str, int] = defaultdict(int)
        for at, more in _told_apart([findings[at] for at in places]):
            seen[more] += 1
            nth = [str(seen[more])] if seen[more] > 1 else []
            found[places[at]] = _hash("|".join((plain, *([more] if more else []), *nth)))
    return found


def _told_apart(alike: Sequence[Identity]) -> Iterator[tuple[int, str]]:
    """Each of them, and what its id adds: nothing for the first."""
    spans = [named.spanned or _NO_TIME for named in alike]
    everybody = [at for at, named in enumerate(alike) if named.everybody]
    chosen = everybody or list(range(len(alike)))
    yield from _in_time(chosen, spans, [named.pattern for named in alike], "")
    rest = [at for at in range(len(alike)) if at not in chosen]
    yield from _in_time(rest, spans, [named.pattern for named in alike], "some")


def _in_time(
    places: Sequence[int], spans: Sequence[tuple[float, float]], patterns: Sequence[str], first: str
) -> Iterator[tuple[int, str]]:
    if not places:
        return
    latest = max((spans[at] for at in places), key=lambda span: (span[1], -span[0]))
    ordered = sorted(places, key=lambda at: (*spans[at], patterns[at]))
    now = [at for at in ordered if spans[at][1] >= latest[0]]
    yield now[0], first
    for at in now[1:]:
        yield at, first + patterns[at]
    for at in ordered:
        if spans[at][1] < latest[0]:
            yield at, f"{first}{spans[at][1] // _HOUR:.0f}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
