"""What a run of some settings would do, in words: nothing is read whole, nothing is written."""

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from logscan.batch.config import Config, SourceSettings
from logscan.engine.detected import Detected, detect_sources
from logscan.ingest.shape import Format
from logscan.ingest.source import Source, find_sources
from logscan.report.show import duration, number, percent, size, visible

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_LISTED = 20  # files of one source that are looked at and told one by one, the newest


def preview(config: Config, formats: Sequence[Format], key: bytes, sinks: Sequence[str]) -> str:
    """In: formats: all that may be detected; sinks: in words, without any secret. Out: lines of text

    Law: no text of a log is in it; what cannot be read is told with its reason
    """
    lines = [f"{visible(str(config.path))}: valid", "", "reads"]
    for source in config.sources:
        lines += _source(source, formats, key)
    reports = config.reports
    lines += ["", "writes"]
    lines.append(f"  data     {_place(config.data)}; what was read is kept for {duration(config.archive_s)}")
    lines.append(
        f"  reports  {_place(reports.folder)}: index.html, latest.html and one report a {reports.each}, "
        f"kept for {duration(config.reports_s)}"
    )
    lines += ["", f"looks back {duration(config.look_back_s)} to tell causes and what goes on"]
    folders = [*config.rules.folders, *config.rules.formats]
    if folders:
        lines.append(f"uses as well {', '.join(visible(str(folder)) for folder in folders)}")
    if not config.rules.default:
        lines.append("leaves out the shipped rules")
    if config.marks:
        lines.append(f"takes marked moments from {visible(str(config.marks))}")
    lines += ["", "tells", *(f"  {visible(sink)}" for sink in sinks or ["nobody: there are no sinks"])]
    return "\n".join(lines) + "\n"


def _source(source: SourceSettings, formats: Sequence[Format], key: bytes) -> Iterator[str]:
    told = [f"service {source.service}" if source.service else "", f"zone {source.zone}"]
    told += [f"behind {', '.join(map(str, source.trusted))}" if source.trusted else ""]
    yield f"  {visible(' '.join(source.paths))} ({visible(', '.join(filter(None, told)))})"
    found = find_sources(source.paths)
    newest = sorted(found.sources, key=lambda each: (-(each.modified or _NEVER).timestamp(), each.path))
    looked = detect_sources(newest[:_LISTED], formats, key)
    for each, detected in zip(newest, looked, strict=False):
        yield f"    {visible(each.path)}  {_told(each, detected, source.format)}"
    if len(newest) > _LISTED:
        yield f"    and {number(len(newest) - _LISTED)} older ones"
    for fault in found.faults:
        yield f"    {visible(fault.where.path)}  NOT READ: {visible(fault.what)}"
    if not newest and not found.faults:
        yield "    no file now; those that come are read"


def _told(source: Source, each: Detected, form: str) -> str:
    if each.fault:
        return f"NOT READ: {visible(each.fault)}"
    told = size(source.size or 0)
    if form:
        return f"{told}, read as {form}"
    if not each.sampled:
        return f"{told}, empty"
    if not each.shares:
        return f"{told}, NOT UNDERSTOOD: {visible(each.why)}"
    name, share = next(iter(each.shares.items()))
    return f"{told}, {name}" + (f" ({percent(share)} of the lines)" if share < 1 else "")


def _place(folder: Path) -> str:
    """A folder, and what stands in the way of writing to it."""
    shown = visible(str(folder))
    there = folder
    while not os.path.lexists(there) and there != there.parent:
        there = there.parent
    if not there.is_dir():
        return f"{shown} (NOT WRITABLE: {visible(str(there))} is no folder)"
    if not os.access(there, os.W_OK | os.X_OK):
        return f"{shown} (NOT WRITABLE by this user)"
    return shown if there == folder else f"{shown} (will be made)"
