"""How scheduled runs stand, for a person and for a monitor."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from logscan.model.taxonomy import Taxonomy
from logscan.report.context import cause_words
from logscan.report.index import Told
from logscan.report.show import duration, machine_time, moment, number, size, visible

SCHEMA = "logscan.status/1"


class SourceStatus(NamedTuple):
    """One [[sources]]. unread: files with something that was not read; unread_bytes: of it, as stored."""

    paths: tuple[str, ...]
    files: int
    unread: int
    unread_bytes: int


class LastRun(NamedTuple):
    """told: the line that it printed."""

    at: datetime
    finished: datetime
    outcome: str
    told: Mapping[str, Any]


class Waiting(NamedTuple):
    """What a sink has not got yet; fault: what it said last."""

    sink: str
    waiting: int
    refused: int
    oldest: datetime | None
    fault: str


@dataclass(frozen=True)
class Status:
    """lag_s: how long ago the last good run began, where something was not read since; archive_bytes: its files.

    wrong: why somebody should look, in words; nothing when all is well
    """

    at: datetime
    sources: tuple[SourceStatus, ...]
    last: LastRun | None
    lag_s: float
    archive_parts: int
    archive_rows: int
    archive_bytes: int
    outbox: tuple[Waiting, ...]
    open: tuple[Told, ...]
    faults: tuple[str, ...]
    wrong: tuple[str, ...]


def status_text(status: Status, taxonomy: Taxonomy) -> str:
    lines = [f"{'attention' if status.wrong else 'well'}: {'; '.join(map(visible, status.wrong)) or 'nothing to do'}"]
    if status.last:
        told = status.last.told
        took = (status.last.finished - status.last.at).total_seconds()
        counts = ", ".join(f"{number(told[key])} {key}" for key in ("files", "lines", "failures") if key in told)
        lines.append(
            f"last run  {moment(status.last.at)} UTC, {visible(status.last.outcome)} in {duration(took)}: {counts}"
        )
    for source in status.sources:
        files = "file" if source.files == 1 else "files"
        behind = f"{size(source.unread_bytes)} in {number(source.unread)} not read" if source.unread else "all read"
        lines.append(f"source    {visible(' '.join(source.paths))}: {number(source.files)} {files}, {behind}")
    if status.lag_s:
        lines.append(f"lag       {duration(status.lag_s)}")
    parts = "part" if status.archive_parts == 1 else "parts"
    lines.append(
        f"archive   {size(status.archive_bytes)} in {number(status.archive_parts)} {parts}, "
        f"{number(status.archive_rows)} rows"
    )
    for each in status.outbox:
        refused = f", {number(each.refused)} refused" if each.refused else ""
        fault = f", last fault: {visible(each.fault)}" if each.fault else ""
        lines.append(f"outbox    {visible(each.sink)}: {number(each.waiting)} waiting{refused}{fault}")
    for told_ in status.open:
        since = f" since {moment(told_.first_seen)}" if told_.first_seen else ""
        title = cause_words(taxonomy, told_.cause).title
        who = ", ".join(map(visible, told_.scope.values)) or visible(told_.scope.level)
        lines.append(
            f"going on  {visible(told_.severity)}: {visible(title)}, {who}, {number(told_.events)} failures{since}"
        )
    if not status.open:
        lines.append("going on  nothing")
    return "\n".join(lines) + "\n"


def status_json(status: Status) -> str:
    document = {
        "schema": SCHEMA,
        "at": machine_time(status.at),
        "well": not status.wrong,
        "wrong": list(status.wrong),
        "last_run": status.last and _run(status.last),
        "lag_s": status.lag_s,
        "lag_bytes": sum(source.unread_bytes for source in status.sources),
        "sources": [source._asdict() for source in status.sources],
        "archive": {"bytes": status.archive_bytes, "parts": status.archive_parts, "rows": status.archive_rows},
        "outbox": [each._asdict() | {"oldest": _maybe(each.oldest)} for each in status.outbox],
        "open": [_open(each) for each in status.open],
    }
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def _run(last: LastRun) -> dict[str, Any]:
    times = {"at": machine_time(last.at), "finished": machine_time(last.finished)}
    return {**last.told, **times, "outcome": last.outcome}


def _open(told: Told) -> dict[str, Any]:
    return {
        "id": told.id,
        "cause": told.cause,
        "severity": told.severity,
        "scope": {"level": told.scope.level, "values": list(told.scope.values)},
        "events": told.events,
        "first_seen": _maybe(told.first_seen),
        "last_seen": _maybe(told.last_seen),
    }


def _maybe(when: datetime | None) -> str | None:
    return machine_time(when) if when else None
