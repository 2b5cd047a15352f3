"""Which part of the time the logs cover that could hold a unit's failures: those of its own sources and their kin."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import PurePosixPath

_PACKED = {"gz", "bz2", "xz", "zst", "tgz", "tar"}

Span = tuple[float, float]


class Coverage:
    """What each source covers.

    In:  source path -> first and last time, seconds since the epoch
    Law: sources in one folder are kin, and so are those of one path whatever its numbers and packing: parts of a log
         that was rotated, divided by day, or gathered from several hosts
    """

    def __init__(self, spans: Mapping[str, Span], whole: Span) -> None:
        self.whole = whole
        self._spans: dict[str, Span] = {}
        for path, span in spans.items():
            for kin in _kin(path):
                low, high = self._spans.get(kin, span)
                self._spans[kin] = min(low, span[0]), max(high, span[1])

    def of(self, paths: Iterable[str]) -> Span:
        """First and last time of the sources named and of their kin; of all sources when none is known."""
        found = [self._spans[kin] for path in paths for kin in _kin(path) if kin in self._spans]
        if not found:
            return self.whole
        return min(low for low, _ in found), max(high for _, high in found)


@cache
def _kin(path: str) -> tuple[str, str]:
    plain = path.replace("!", "/")
    words = [word for word in re.findall(r"[A-Za-z]+|/", plain) if word.lower() not in _PACKED]
    return f"in {PurePosixPath(plain).parent}", f"named {' '.join(words)}"
