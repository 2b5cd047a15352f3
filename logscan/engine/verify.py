"""Whether files are those that a report was made from."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import BinaryIO, NamedTuple

from logscan.ingest.source import find_sources, sha256_of
from logscan.model.errors import LogscanError

STATES = ("same", "grown", "moved", "differs", "missing", "no hash", "not in the report")

_BLOCK = 1 << 20
HELD = ("same", "grown", "moved")  # what the report was made from is still there


class Checked(NamedTuple):
    """One input of the report, or one file beside it.

    state  same; grown: the same with more behind it; moved: the same bytes at another path; differs: other bytes;
           missing: nothing of the kind was named;
           no hash: the report was made before it was read to its end;
           not in the report: a file that was named and is none of its inputs
    now    the path at which it was found, where that is another
    """

    path: str
    state: str
    now: str = ""


class Verified(NamedTuple):
    checked: tuple[Checked, ...]
    faults: tuple[LogscanError, ...]

    @property
    def whole(self) -> bool:
        """Every byte that the report was made from is there, unchanged."""
        return not self.faults and all(each.state in (*HELD, "not in the report") for each in self.checked)


def verify(
    recorded: Mapping[str, str],
    paths: Sequence[str],
    stdin: BinaryIO | None = None,
    sizes: Mapping[str, int] | None = None,
) -> Verified:
    """Compare what is stored under these paths with what a report was made from.

    In:  recorded: path -> SHA-256 of its input; paths: files, folders, globs, archives, `-`; sizes: path -> bytes of
         its input, so that a log that was written on is told from one that was changed
    Out: inputs of the report in its order, then the files that are none of them, by path
    Law: a path that both name is compared with itself; else the same bytes anywhere are the input, moved; else a file
         of the same name is the input, changed. A file stands for one input at most
    """
    found = find_sources(paths)
    hashes: dict[str, str] = {}
    faults: list[LogscanError] = [*found.faults]
    for source in found.sources:
        try:
            hashes[source.path] = sha256_of(source, stdin)
        except LogscanError as fault:
            faults.append(fault)
    left = dict(hashes)
    checked: dict[str, Checked] = {}
    for path, digest in recorded.items():
        if path in left:
            same = "same" if left.pop(path) == digest else _other(path, digest, (sizes or {}).get(path, 0))
            checked[path] = Checked(path, same if digest else "no hash")
    for path, digest in recorded.items():
        if digest and path not in checked and (now := next((at for at, held in left.items() if held == digest), None)):
            checked[path] = Checked(path, "moved", now)
            del left[now]
    for path in recorded:
        if path not in checked:
            named = [at for at in left if _name(at) == _name(path)]
            checked[path] = Checked(path, "differs", named[0]) if len(named) == 1 else Checked(path, "missing")
            left.pop(checked[path].now, None)
    beside = tuple(Checked(path, "not in the report") for path in sorted(left))
    return Verified((*(checked[path] for path in recorded), *beside), tuple(faults))


def _other(path: str, digest: str, size: int) -> str:
    """Whether a file begins with what was read of it; of what is packed it cannot be told."""
    try:
        with Path(path).open("rb") as file:
            held, left = hashlib.sha256(), size
            while left and (block := file.read(min(left, _BLOCK))):
                held.update(block)
                left -= len(block)
    except (OSError, ValueError):
        return "differs"  # a member of an archive has no file of its name
    return "grown" if size and not left and held.hexdigest() == digest else "differs"


def _name(path: str) -> str:
    return PurePath(path.replace("!", "/")).name
