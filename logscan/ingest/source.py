"""Where log lines come from: what a person names becomes a list of sources, and a source becomes a stream."""

import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from logscan.ingest.archive import Archive
from logscan.ingest.limits import Limits, load_limits
from logscan.ingest.raw import Handle, Raw
from logscan.ingest.stream import Stream
from logscan.ingest.tar import Member
from logscan.ingest.walk import Spot, expand, is_companion, source_error
from logscan.model.errors import SourceError

__all__ = ["Found", "Source", "Stream", "find_sources", "open_source", "sha256_of", "sources_at"]


@dataclass(frozen=True)
class Source:
    """One file, archive member or standard input.

    path      as shown and as `log.file.path`; a member is `logs.tar.gz!inner/a.log`, standard input is `-`
    file      None: standard input
    modified  of the file or member, UTC
    size      bytes as stored, when known: what progress is measured against (see Stream.stored)
    """

    path: str
    file: Path | None
    member: str | None
    modified: datetime | None
    size: int | None = field(default=None, compare=False)
    place: tuple[Archive, Member] | None = field(default=None, compare=False, repr=False)


class Found(NamedTuple):
    sources: list[Source]
    faults: list[SourceError]


def find_sources(paths: Sequence[str], limits: Limits | None = None) -> Found:
    """Find what is to be read: files, folders, globs, `-`, and the members of tar archives.

    Out:    sources by path, a packed archive's members in stored order (unpacking it once); each file once, whatever
            names lead to it
    Law:    the order of paths does not matter; what cannot be read is a fault, and the others go on
    Source: a folder is a tree of files, links followed once; hidden files and limits.skip_suffixes are left out there
    """
    limits = limits or load_limits()
    spots, faults = expand(paths, limits)
    found: list[tuple[str, int, Source]] = []
    for spot in spots:
        try:
            found += [(spot.path, rank, source) for rank, source in sources_at(spot, limits, faults)]
        except OSError as fault:
            faults.append(source_error(spot.path, fault))
    found.sort(key=lambda item: (item[0], item[1], item[2].path))
    unique = {(fault.where.path, fault.what): fault for fault in faults}
    return Found([source for _, _, source in found], [unique[key] for key in sorted(unique)])


def open_source(source: Source, stdin: BinaryIO | None = None, limits: Limits | None = None) -> Stream:
    """Open a source for reading.

    Errors: SourceError when it cannot be opened; faults met later end the content and stand in Stream.notes
    """
    limits = limits or load_limits()
    try:
        raw, expected = _open(source, stdin, limits)
    except OSError as fault:
        raise source_error(source.path, fault) from fault
    try:
        return Stream(raw, limits, expected=expected)
    except BaseException:
        raw.close()
        raise


def sha256_of(source: Source, stdin: BinaryIO | None = None) -> str:
    """Hex, of what is stored: the same as `Stream.sha256` after reading to the end.

    Errors: SourceError when it cannot be opened or read to its end
    """
    try:
        raw, _ = _open(source, stdin, load_limits())
    except OSError as fault:
        raise source_error(source.path, fault) from fault
    try:
        raw.drain()
    finally:
        raw.close()
    if raw.fault:
        raise source_error(source.path, raw.fault)
    return raw.sha256


def _open(source: Source, stdin: BinaryIO | None, limits: Limits) -> tuple[Raw, int | None]:
    if source.file is None:
        if stdin is None:
            raise OSError("standard input is not open")
        return Raw(cast(Handle, stdin)), None
    if source.member is None:
        file = source.file.open("rb", buffering=0)
        return Raw(file, close=file.close), None
    archive, member = source.place or _look_up(source.file, source.member, limits)
    section = archive.open(member)
    return Raw(section, limit=member.size, close=section.close), member.size


def _look_up(file: Path, name: str, limits: Limits) -> tuple[Archive, Member]:
    archive = Archive(file, limits.unpack_memory_bytes)
    index = archive.index()
    for member in index.members if index else ():
        if member.name == name:
            return archive, member
    raise FileNotFoundError(2, "No such member in the archive")


def sources_at(spot: Spot, limits: Limits, faults: list[SourceError]) -> list[tuple[int, Source]]:
    """The sources of one spot, each with its rank within the spot."""
    if spot.file is None or spot.status is None:
        return [(0, Source(spot.path, None, None, None))]
    modified = _time(spot.status.st_mtime)
    if not stat.S_ISREG(spot.status.st_mode):
        return [(0, Source(spot.path, spot.file, None, modified))]
    archive = Archive(spot.file, limits.unpack_memory_bytes)
    index = archive.index()
    if index is None:
        return [(0, Source(spot.path, spot.file, None, modified, spot.status.st_size))]
    faults += [source_error(spot.path, words) for words in index.faults]
    members = [member for member in index.members if not is_companion(member.name, limits)]
    if not members and not index.faults:
        faults.append(source_error(spot.path, "the archive holds no log file"))
    return [(rank if index.packed else 0, _member(spot, archive, member)) for rank, member in enumerate(members)]


def _member(spot: Spot, archive: Archive, member: Member) -> Source:
    path = f"{spot.path}!{member.name}"
    return Source(path, spot.file, member.name, member.modified, member.size, (archive, member))


def _time(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
