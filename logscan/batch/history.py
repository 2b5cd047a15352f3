"""What runs found, remembered for the index: one row a run, and failures by hour, service or log, and cause."""

import json
import os
import re
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from logscan.model.finding import Finding, Scan, Scope
from logscan.model.taxonomy import Taxonomy
from logscan.report.index import Entry, History, Told, link, render_index
from logscan.report.templates import Templates

INDEX, LATEST = "index.html", "latest.html"
# A step of batch/state.py.
HISTORY_TABLES = """
CREATE TABLE history (
    at TEXT PRIMARY KEY,            -- when the run began, RFC 3339
    report TEXT NOT NULL,           -- the name of its file; empty: it wrote none
    changed INTEGER NOT NULL,       -- 0: it told nothing new
    entry TEXT NOT NULL,            -- JSON: what the index shows of it
    known TEXT NOT NULL             -- JSON: the findings that it saw, id -> state; empty but in the two newest rows
) STRICT;
CREATE TABLE hours (
    hour TEXT NOT NULL, source TEXT NOT NULL, cause TEXT NOT NULL, failures INTEGER NOT NULL,
    PRIMARY KEY (hour, source, cause)
) STRICT, WITHOUT ROWID;
"""
_TOLD = 200  # findings of one run that are remembered, worst first
_DETAIL = timedelta(days=3)  # older runs that told nothing new are forgotten, but for the last of each report
_CHANGES = ("new", "resolved", "silent")


def record_run(
    db: sqlite3.Connection,
    scan: Scan,
    taxonomy: Taxonomy,
    *,
    at: datetime,
    report: str,
    lines: int,
    failures: int,
    since: datetime | None = None,
    first: datetime | None = None,
) -> Entry:
    """Remember one run; inside the transaction of the caller.

    In:  scan: what its report shows, of events from `since` on; lines, failures: those that were new, from `first` on
    Out: the run as the index tells it
    Law: a run recorded again replaces itself; hours that the scan covers whole hold its counts, the others keep theirs
    """
    key = _text(at)
    before = db.execute("SELECT known, entry FROM history WHERE at < ? ORDER BY at DESC LIMIT 1", (key,)).fetchone()
    known: dict[str, Any] = json.loads(before[0]) if before and before[0] else {}
    told = _told(scan.findings, taxonomy, known, first)
    if before and not scan.partial:
        told += _gone(_read(before[1]).told, scan.findings)
    entry = Entry(
        at=at,
        report=report,
        since=min((i.first for i in scan.inputs if i.first), default=None),
        until=max((i.last for i in scan.inputs if i.last), default=None),
        lines=lines,
        failures=failures,
        told=told[:_TOLD],
        partial=scan.partial,
        faults=len(scan.faults),
    )
    changed = entry.partial or entry.faults > 0 or any(found.change in _CHANGES for found in entry.told)
    held = {found.id: _held(found) for found in scan.findings}
    row = (key, report, int(changed), json.dumps(_written(entry)), json.dumps(held, sort_keys=True))
    db.execute("INSERT OR REPLACE INTO history VALUES (?, ?, ?, ?, ?)", row)
    previous = "(SELECT max(at) FROM history WHERE at < ?)"
    db.execute(f"UPDATE history SET known = '' WHERE at < {previous} AND known <> ''", (key,))  # noqa: S608
    newest = "SELECT max(at) FROM history WHERE report <> '' GROUP BY report"
    db.execute(f"DELETE FROM history WHERE at < ? AND changed = 0 AND at NOT IN ({newest})", (_text(at - _DETAIL),))  # noqa: S608
    _count(db, scan.groups, since)
    return entry


def _held(found: Finding | Told) -> list[Any]:
    moments = [when and _text(when) for when in (found.first_seen, found.last_seen)]
    return [found.state, found.cause, found.scope.level, list(found.scope.values), *moments]


def _meet(one: list[Any], other: list[Any]) -> bool:
    """Whether both are of the same failures, as far as that can be told."""
    (cause, level, values, first, last), (cause_, level_, values_, first_, last_) = one[1:], other[1:]
    alike = (cause, level) == (cause_, level_) and (values == values_ or not set(values).isdisjoint(values_))
    return alike and (not (first and first_) or (first <= last_ and first_ <= last))


def _before(found: Finding, known: Mapping[str, Any]) -> str | None:
    """Its state in the run before, under whatever id: of the stretches of one cause the latest has the plain one."""
    own = known.get(found.id)
    if isinstance(own, str):
        return own  # as earlier logscans wrote it
    now = _held(found)
    alike = [held[0] for held in known.values() if not isinstance(held, str) and _meet(held, now)]
    if own and _meet(own, now):
        return str(own[0])
    return "open" if "open" in alike else next(iter(alike), None)


def _told(
    findings: Iterable[Finding], taxonomy: Taxonomy, known: Mapping[str, Any], first: datetime | None
) -> tuple[Told, ...]:
    """What needs action, and how it stands against the run before."""
    found = []
    for each in findings:
        cause = taxonomy.causes.get(each.cause)
        before = _before(each, known)
        if before is None and known and each.state != "open" and first and each.last_seen and each.last_seen < first:
            before = each.state  # nothing of it was read now: it is over, and is only seen otherwise
        change = _change(each.state, before)
        if (cause is None or not cause.benign) and change:
            moments = (each.first_seen, each.last_seen)
            found.append(
                Told(each.id, each.cause, each.severity, each.state, each.scope, each.counts.events, *moments, change)
            )
    return tuple(found)


def _gone(before: Iterable[Told], findings: Iterable[Finding]) -> tuple[Told, ...]:
    """What was open and of which nothing is left in the time that a run looks at."""
    seen = {each.id: _held(each) for each in findings}
    left = (
        each
        for each in before
        if each.state == "open" and each.id not in seen and not any(_meet(_held(each), now) for now in seen.values())
    )
    return tuple(replace(each, state="silent", change="silent") for each in left)


def _change(state: str, before: str | None) -> str:
    """New, ongoing, resolved or silent; nothing when it was over before."""
    if before is None:
        return "new"
    if state == "open":
        return "ongoing" if before == "open" else "new"
    if before != "open":
        return ""
    return "silent" if state == "silent" else "resolved"


def _count(db: sqlite3.Connection, rows: Iterable[tuple[str, datetime, str, int]], since: datetime | None) -> None:
    whole = "" if since is None else _text(_next_hour(since))
    had = {
        (hour, source, cause): failures
        for hour, source, cause, failures in db.execute(
            "SELECT hour, source, cause, failures FROM hours WHERE hour >= ?", (whole,)
        )
    }
    now = {(_text(when), source, cause): failures for source, when, cause, failures in rows}
    partly = {key: failures for key, failures in now.items() if key[0] < whole}
    whole_now = {key: failures for key, failures in now.items() if key[0] >= whole}
    gone = [key for key in had if key not in whole_now]
    other = [(*key, failures) for key, failures in whole_now.items() if had.get(key) != failures]
    kept = (
        {hour for (hour,) in db.execute("SELECT DISTINCT hour FROM hours WHERE hour < ?", (whole,))}
        if partly
        else set()
    )
    other += [(*key, failures) for key, failures in partly.items() if key[0] not in kept]
    db.executemany("DELETE FROM hours WHERE hour = ? AND source = ? AND cause = ?", gone)
    db.executemany("INSERT OR REPLACE INTO hours VALUES (?, ?, ?, ?)", other)


def _next_hour(when: datetime) -> datetime:
    begun = when.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return begun if begun == when else begun + timedelta(hours=1)


def load_history(db: sqlite3.Connection) -> History:
    entries = tuple(_read(text) for (text,) in db.execute("SELECT entry FROM history ORDER BY at"))
    rows = db.execute("SELECT source, hour, cause, failures FROM hours ORDER BY source, hour, cause")
    return History(entries, tuple((source, _moment(hour), cause, n) for source, hour, cause, n in rows))


def write_index(
    folder: Path,
    db: sqlite3.Connection,
    taxonomy: Taxonomy,
    *,
    version: str,
    title: str = "",
    templates: Templates | None = None,
) -> None:
    """Write `index.html` and let `latest.html` be the newest report.

    Law:    the same state gives the same bytes, and files that hold them already are left alone; a reader never sees
            half a page; only reports that are there are linked
    Errors: OSError
    """
    history = load_history(db)
    there = {path.name for path in folder.iterdir()}
    entries = tuple(each if each.report in there else replace(each, report="") for each in history.entries)
    page = render_index(replace(history, entries=entries), taxonomy, version=version, title=title, templates=templates)
    _replace(folder / INDEX, page.encode("utf-8", "backslashreplace"))
    newest = next((link(each) for each in reversed(entries) if link(each)), "")
    if newest:
        _replace(folder / LATEST, (folder / newest).read_bytes())


def expire(folder: Path, db: sqlite3.Connection, before: datetime) -> tuple[str, ...]:
    """Remove reports that no run since `before` wrote, and forget those runs; inside the transaction of the caller.

    Out: the names of the files that were removed
    Law: only files that runs wrote are ever removed
    Errors: OSError
    """
    limit = _text(before)
    old = "SELECT report FROM history WHERE report <> '' GROUP BY report HAVING max(at) < ?"
    found = [name for (name,) in db.execute(old, (limit,)) if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*\.html", name)]
    removed = []
    for name in found:
        with suppress(FileNotFoundError):
            (folder / name).unlink()
            removed.append(name)
    db.execute("DELETE FROM history WHERE at < ?", (limit,))
    db.execute("DELETE FROM hours WHERE hour < ?", (limit,))
    return tuple(removed)


def _replace(path: Path, data: bytes) -> None:
    with suppress(FileNotFoundError):
        if path.read_bytes() == data:
            return
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _written(entry: Entry) -> dict[str, object]:
    return {
        "at": _text(entry.at),
        "report": entry.report,
        "since": entry.since and _text(entry.since),
        "until": entry.until and _text(entry.until),
        "lines": entry.lines,
        "failures": entry.failures,
        "partial": entry.partial,
        "faults": entry.faults,
        "told": [
            [t.id, t.cause, t.severity, t.state, t.scope.level, list(t.scope.values), t.events,
             t.first_seen and _text(t.first_seen), t.last_seen and _text(t.last_seen), t.change]
            for t in entry.told
        ],
    }  # fmt: skip


def _read(text: str) -> Entry:
    found = json.loads(text)
    told = tuple(
        Told(id_, cause, severity, state, Scope(level, tuple(values)), events, _maybe(first), _maybe(last), change)
        for id_, cause, severity, state, level, values, events, first, last, change in found.pop("told")
    )
    found |= {"since": _maybe(found["since"]), "until": _maybe(found["until"])}
    return Entry(**found | {"at": _moment(found["at"])}, told=told)


def _text(when: datetime) -> str:
    """RFC 3339 of one length, so that text sorts as time."""
    return when.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _maybe(text: str | None) -> datetime | None:
    return _moment(text) if text else None
