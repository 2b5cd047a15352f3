"""Weeks of scheduled runs with a moving clock, over a log that grows, is rotated and thrown away in the end."""

import json
import random
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from logscan.batch.config import Config, load_config
from logscan.batch.run import run_once
from logscan.batch.state import NAME
from tests.batch.test_run import around
from tests.system.growing import Growing, Rotator, definitions_in_memory, settings

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_PACE = 3.0  # a line every fifteen seconds
_KEPT = 3  # rotated logs
_RETENTION = """
[retention]
archive = "2d"
reports = "2d"

[alerts]
keep = "2d"

[[sinks]]
kind = "ndjson"
path = "alerts.ndjson"
level = "high"
"""


@dataclass(frozen=True)
class Day:
    """What there is at the end of a day. Units: bytes, but for the counts of files, incidents and rows"""

    memory: int
    state: int
    archive: int
    files: int
    reports: int
    incidents: int
    rows: int


@dataclass
class Fortnight:
    """What came of it.

    faults  outages that were not told once as begun and once as over, and what was told twice;  runs: by their outcome
    """

    outages: list[tuple[datetime, datetime]]
    runs: dict[str, int] = field(default_factory=dict)
    days: list[Day] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        ids = [each["event"]["id"] for each in self.told]
        found = [f"told twice: {name}" for name in {name for name in ids if ids.count(name) > 1}]
        # what hits some may be told before it is known to hit everybody: then that is told as worse
        wide = {_turn(each) for each in self.told if each["logscan"]["finding"]["scope"]["level"] == "all"}
        everybody = [each for each in self.told if _turn(each) in wide]
        for begin, end in self.outages:
            near = [each for each in everybody if begin - MINUTE <= _moment(each["event"]["start"]) <= end]
            kinds = [each["logscan"]["kind"] for each in near]
            kinds += ["resolved" for each in near if each["logscan"]["kind"] == "new" and _over(each)]
            found += [
                f"{kind} {kinds.count(kind)} times: outage from {begin} to {end}"
                for kind in ("new", "resolved")
                if kinds.count(kind) != 1
            ]
            if len({each["logscan"]["incident"]["id"] for each in near}) > 1:
                found.append(f"told as several: outage from {begin} to {end}")
        return found


def lived(folder: Path, days: float, step: timedelta, *, seed: int) -> Fortnight:
    """Run every `step` for so many days."""
    log = Growing(folder, seed=seed)
    path = settings(folder, _RETENTION)
    path.write_text(path.read_text("utf-8").replace("400d", "1d"), "utf-8")
    table = Fortnight(_outages(log.at, days, random.Random(seed)))  # noqa: S311 (no secret)
    with definitions_in_memory():
        _live(load_config(path, {}), log, table, log.at + days * DAY, step)
    log.close()
    told = folder / "alerts.ndjson"
    table.told = [json.loads(line) for line in told.read_text("utf-8").splitlines()] if told.exists() else []
    return table


def _live(config: Config, log: Growing, table: Fortnight, end: datetime, step: timedelta) -> None:
    at = rotated = measured = log.at
    rotator, folder = Rotator(log, keep=_KEPT), config.data.parent
    while at < end:
        at += step
        _write(log, at, table.outages)
        if log.at - rotated >= 0.5 * DAY:
            rotated = log.at
            rotator.create()
            log.reopen()
            rotator.pack(2)
            for old in folder.glob(f"logs/access.log.{_KEPT + 1}*"):
                old.unlink()
        done = run_once(config, around(cache=folder / "cache"), log.at + timedelta(seconds=5))
        table.runs[done.outcome] = table.runs.get(done.outcome, 0) + 1
        assert not done.failed, done.line()
        if log.at - measured >= DAY:
            measured += DAY
            table.days.append(_measured(folder))


def _write(log: Growing, until: datetime, outages: list[tuple[datetime, datetime]]) -> None:
    log.pace = _PACE
    while log.at < until:
        log.outage = any(begin <= log.at < end for begin, end in outages)
        log.write(1)


def _outages(start: datetime, days: float, draw: random.Random) -> list[tuple[datetime, datetime]]:
    """Irregular, of half an hour to two; apart enough to be no flapping."""
    found: list[tuple[datetime, datetime]] = []
    at = start + 2 * HOUR
    while True:
        at += draw.uniform(3.1, 9) * HOUR
        end = at + draw.uniform(0.5, 2) * HOUR
        if end + HOUR > start + days * DAY:
            return found
        found.append((at, end))
        at = end


def _measured(folder: Path) -> Day:
    data = folder / "data"
    files = [each for each in (data / "archive").rglob("*") if each.is_file()]
    with closing(sqlite3.connect(data / NAME)) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = sum(db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables)  # noqa: S608
        incidents = db.execute("SELECT count(*) FROM incidents").fetchone()[0]
        pages, size, free = (
            db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size", "freelist_count")
        )
    return Day(
        memory=int(Path("/proc/self/statm").read_text("ascii").split()[1]) * 4096,
        state=(pages - free) * size,
        archive=sum(each.stat().st_size for each in files),
        files=len(files),
        reports=len(list((folder / "reports").glob("report-*.html"))),
        incidents=incidents,
        rows=rows,
    )


def _over(told: dict[str, Any]) -> bool:
    """Whether its end is told with its beginning."""
    return bool(told["logscan"]["incident"]["over"])


def _turn(told: dict[str, Any]) -> tuple[str, str]:
    """Which incident, and since when: one that comes back begins anew."""
    return told["logscan"]["incident"]["id"], told["event"]["start"]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
