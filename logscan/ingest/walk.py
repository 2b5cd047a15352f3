"""What a person names on the command line, found on disk: files, folders, globs, pipes."""

import difflib
import glob
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from logscan.ingest.limits import Limits
from logscan.model.errors import AccessError, LogscanError, RotatedError, SourceError, Where

_SPECIAL = {stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device", stat.S_IFIFO: "a pipe"}


class Spot(NamedTuple):
    """One thing that can be read. file and status None: standard input."""

    path: str  # as shown
    file: Path | None
    status: os.stat_result | None
    linked: bool  # reached through a symbolic link


class Folder(NamedTuple):
    path: Path
    linked: bool


def expand(paths: Sequence[str], limits: Limits) -> tuple[list[Spot], list[SourceError]]:
    """Everything that can be read among paths.

    Law:    a file with several names is one spot: its plain name before one through a link, then the first by path
    """
    faults: list[SourceError] = []
    spots = [spot for path in paths for spot in _named(path, limits, faults)]
    unique: dict[object, Spot] = {}
    for spot in sorted(spots, key=lambda spot: (spot.linked, spot.path)):
        unique.setdefault((spot.status.st_dev, spot.status.st_ino) if spot.status else "-", spot)
    return list(unique.values()), faults


def is_companion(name: str, limits: Limits) -> bool:
    """Whether a file in a folder or archive is hidden, or no log by its suffix."""
    parts = PurePosixPath(name).parts
    hidden = any(part.startswith(".") and part not in {".", ".."} for part in parts)
    return hidden or name.lower().endswith(limits.skip_suffixes)


def shown(path: Path) -> str:
    """The path in words: POSIX, bytes that are no UTF-8 as \\xNN."""
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")


def source_error(path: str, fault: OSError | str) -> SourceError:
    """A fault of one source, with its way out."""
    if isinstance(fault, str):
        return SourceError(fault, where=Where(path), hint="the rest is read")
    words = (fault.strerror or str(fault)).lower()
    hints = {
        FileNotFoundError: "check the name" + _meant(path),
        PermissionError: "run as a user who may read it, or ask for the right to",
    }
    kind = SourceError if isinstance(fault, FileNotFoundError) else AccessError
    return kind(
        f"cannot be read: {words}", where=Where(path), hint=hints.get(type(fault), "check the file and the disk")
    )


def listed_error(path: str, fault: OSError | LogscanError) -> LogscanError:
    """What ended the reading of a source that was there a moment ago."""
    if isinstance(fault, FileNotFoundError) or isinstance(fault.__cause__, FileNotFoundError):
        hint = "it is looked at again in the next run"
        return RotatedError("went away while it was looked at", where=Where(path), hint=hint)
    return fault if isinstance(fault, LogscanError) else source_error(path, fault)


def _meant(path: str) -> str:
    missing = Path(path)
    try:
        near = difflib.get_close_matches(missing.name, [there.name for there in missing.parent.iterdir()], 1)
    except (OSError, ValueError):
        return ""
    return f"; did you mean {shown(missing.with_name(near[0]))}?" if near else ""


def _named(text: str, limits: Limits, faults: list[SourceError]) -> Iterator[Spot]:
    if text == "-":
        yield Spot("-", None, None, linked=False)
        return
    if not text or "\0" in text:
        faults.append(SourceError("is no path", where=Where(repr(text)), hint="name a file, a folder, a glob or -"))
        return
    path = Path(text)
    if glob.has_magic(text) and not os.path.lexists(path):
        yield from _matching(text, limits, faults)
        return
    yield from _at(path, limits, faults)


def _at(path: Path, limits: Limits, faults: list[SourceError]) -> Iterator[Spot]:
    """What stands at a path that was named itself."""
    try:
        status = path.stat()
    except OSError as fault:
        faults.append(_broken(path) or source_error(shown(path), fault))
        return
    if stat.S_ISDIR(status.st_mode):
        before = len(faults)
        spots = list(_tree(path, limits, faults))
        if not spots and len(faults) == before:
            hint = f"hidden files and {' '.join(limits.skip_suffixes)} are left out in a folder: name them to read them"
            faults.append(SourceError("the folder holds no log file", where=Where(shown(path)), hint=hint))
        yield from spots
    elif _readable(path, status, faults, pipes=True):
        yield Spot(shown(path), path, status, path.is_symlink())


def _matching(text: str, limits: Limits, faults: list[SourceError]) -> Iterator[Spot]:
    # Path.glob takes no absolute pattern and gives hidden files.
    found = sorted(glob.glob(text, recursive=True))  # noqa: PTH207
    if not found:
        hint = "check the pattern; ** goes through folders"
        faults.append(SourceError("no file matches", where=Where(shown(Path(text))), hint=hint))
    asked = text.lower().endswith(limits.skip_suffixes)
    kept = [Path(name) for name in found if asked or not name.lower().endswith(limits.skip_suffixes)]
    if found and not kept:
        hint = "name them themselves to read them"
        faults.append(SourceError("only files that are no logs match", where=Where(shown(Path(text))), hint=hint))
    folders = {path for path in kept if path.is_dir()}
    for path in kept:
        # A folder within a matched folder is walked with it.
        if not (path in folders and folders.intersection(path.parents)):
            yield from _at(path, limits, faults)


def _tree(root: Path, limits: Limits, faults: list[SourceError]) -> Iterator[Spot]:
    """All files under a folder: first the real folders, then those behind links that were not met yet."""
    seen: set[tuple[int, int]] = set()
    waiting = [Folder(root, linked=False)]
    links: list[Folder] = []
    while waiting or links:
        if not waiting:
            links.sort(reverse=True)
            waiting.append(links.pop())
        folder = waiting.pop()
        for entry in _listed(folder.path, seen, faults):
            path, linked = folder.path / entry.name, folder.linked or entry.is_symlink()
            try:
                status = entry.stat()
            except OSError as fault:
                faults.append(_broken(path) or source_error(shown(path), fault))
                continue
            if not stat.S_ISDIR(status.st_mode):
                if not is_companion(entry.name, limits) and _readable(path, status, faults, pipes=False):
                    yield Spot(shown(path), path, status, linked)
            elif not entry.is_symlink():
                waiting.append(Folder(path, linked))
            elif not _loops(path, faults):
                links.append(Folder(path, linked))


def _listed(folder: Path, seen: set[tuple[int, int]], faults: list[SourceError]) -> list[os.DirEntry[str]]:
    """What stands in a folder, by name, without what is hidden; nothing when the folder was met before."""
    try:
        status = folder.stat()
        if (status.st_dev, status.st_ino) in seen:
            return []
        seen.add((status.st_dev, status.st_ino))
        with os.scandir(folder) as scan:
            return sorted((entry for entry in scan if not entry.name.startswith(".")), key=lambda entry: entry.name)
    except OSError as fault:
        faults.append(source_error(shown(folder), fault))
        return []


def _loops(link: Path, faults: list[SourceError]) -> bool:
    """Whether a link leads to a folder that it stands in."""
    if not link.parent.resolve().is_relative_to(link.resolve()):
        return False
    hint = "it was not followed; nothing is lost"
    faults.append(SourceError("the folder loops", where=Where(shown(link)), hint=hint))
    return True


def _broken(path: Path) -> SourceError | None:
    # unlike those of Path, these raise nothing where a folder on the way must not be entered
    if not os.path.islink(path) or os.path.exists(path):  # noqa: PTH110, PTH114
        return None
    return SourceError(
        f"is a link to something that does not exist: {shown(path.readlink())}",
        where=Where(shown(path)),
        hint="remove the link, or put back what it points to",
    )


def _readable(path: Path, status: os.stat_result, faults: list[SourceError], *, pipes: bool) -> bool:
    kind = stat.S_IFMT(status.st_mode)
    if kind == stat.S_IFREG or (pipes and kind == stat.S_IFIFO):
        return True
    hint = "name it itself to read it" if kind == stat.S_IFIFO else "give a file, or pipe its content to -"
    faults.append(
        SourceError(f"is {_SPECIAL.get(kind, 'no file')}, not a log file", where=Where(shown(path)), hint=hint)
    )
    return False
