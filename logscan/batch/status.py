"""How scheduled runs stand: what was not read yet, how the last one went, what waits to be told, what goes on."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from logscan.batch.checkpoint import Job, survey
from logscan.batch.config import Config
from logscan.batch.history import load_history
from logscan.batch.outbox import left
from logscan.ingest.limits import load_limits
from logscan.ingest.walk import expand
from logscan.report.show import duration, moment, number
from logscan.report.status import LastRun, SourceStatus, Status, Waiting

_GOOD = ("done", "nothing new")


def read_status(config: Config, db: sqlite3.Connection | None, *, now: datetime, max_age_s: float) -> Status:
    """In:  db: the state, None before the first run; max_age_s: how old the last good run may be

    Law: nothing is written, and a run at work is not disturbed
    """
    if db is None:
        sources = tuple(_unread(source.paths) for source in config.sources)
        return _judged(Status(now, sources, None, 0.0, 0, 0, 0, (), (), (), ()), None, max_age_s)
    found = survey(db, config.sources, now)
    sources = tuple(_source(source.paths, found.jobs.get(at, [])) for at, source in enumerate(config.sources))
    last, good = _run(db, ""), _run(db, f"WHERE outcome IN {_GOOD}")
    unread = sum(source.unread_bytes for source in sources)
    entries = load_history(db).entries
    parts, rows, stored = db.execute(
        "SELECT count(*), coalesce(sum(rows), 0), coalesce(sum(bytes), 0) FROM parts"
    ).fetchone()
    status = Status(
        at=now,
        sources=sources,
        last=last,
        lag_s=max((now - good.at).total_seconds(), 0.0) if good and unread else 0.0,
        archive_parts=parts,
        archive_rows=rows,
        archive_bytes=stored,
        outbox=tuple(Waiting(*each) for each in left(db)),
        open=tuple(told for told in entries[-1].told if told.state == "open") if entries else (),
        faults=tuple(f"{fault.where}: {fault.what}" for fault in found.faults),
        wrong=(),
    )
    return _judged(status, good, max_age_s)


def _unread(paths: tuple[str, ...]) -> SourceStatus:
    sizes = [spot.status.st_size for spot in expand(paths, load_limits())[0] if spot.status]
    return SourceStatus(paths, len(sizes), sum(map(bool, sizes)), sum(sizes))


def _source(paths: tuple[str, ...], jobs: Sequence[Job]) -> SourceStatus:
    unread = [max(job.stat.size - (job.record.reached.offset if job.record and job.plain else 0), 0) for job in jobs]
    return SourceStatus(paths, len(expand(paths, load_limits())[0]), sum(map(bool, unread)), sum(unread))


def _run(db: sqlite3.Connection, where: str) -> LastRun | None:
    row = db.execute(f"SELECT at, finished, outcome, told FROM runs {where} ORDER BY at DESC LIMIT 1").fetchone()  # noqa: S608
    if row is None:
        return None
    at, finished, outcome, told = row
    return LastRun(datetime.fromisoformat(at), datetime.fromisoformat(finished), outcome, json.loads(told))


def _tried(each: Waiting) -> bool:
    return bool(each.fault) and not each.refused


def _age(status: Status, each: Waiting) -> float:
    return (status.at - each.oldest).total_seconds() if each.oldest else 0.0


def _since(each: Waiting) -> str:
    when = moment(each.oldest) if each.oldest else ""
    return f"{when}: {each.fault}" if _tried(each) else when


def _judged(status: Status, good: LastRun | None, max_age_s: float) -> Status:
    wrong = []
    if status.last is None:
        wrong.append("there was no run yet")
    elif status.last.outcome not in (*_GOOD, "busy", "stopped"):
        wrong.append(f"the last run: {status.last.outcome}")
    if good and (age := (status.at - good.finished).total_seconds()) > max_age_s:
        wrong.append(f"the last good run ended {duration(age)} ago")
    wrong += [f"{each} has no file" for source in status.sources if not source.files for each in source.paths[:1]]
    wrong += [f"{each.sink} refused {number(each.refused)}: {each.fault}" for each in status.outbox if each.refused]
    late = [each for each in status.outbox if each.oldest and (_tried(each) or _age(status, each) > max_age_s)]
    wrong += [f"{each.sink} has not taken what waits since {_since(each)}" for each in late]
    wrong += [f"not read: {fault}" for fault in status.faults]
    return replace(status, wrong=tuple(wrong))
