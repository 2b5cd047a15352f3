"""Scheduled runs that are killed at random moments, over a log that grows and is rotated meanwhile."""

import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from logscan.batch.state import NAME
from tests.system.growing import Growing, Rotator, kept, settings, summary
from tests.system.tool import command

_LONGER = 1.1  # some runs end before they are killed
_STRETCH = 25, 60  # minutes of log time, at random: what comes by the clock is told as one that comes by the clock
_SLOW = 0.02  # once a stretch is over, the log's time hardly moves: all of them are of the last day, as alerts must be
_MOST = 24  # stretches
_BEFORE = timedelta(hours=25)  # more than all of them: no line is of later than the clock
_NEAR = timedelta(minutes=1)  # an outage is dated from the last failure before it


class Receiver:
    """A web hook that remembers what it was told. struck: called once, with a notice in hand that is not yet taken"""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.struck: Callable[[], None] | None = None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                if outer.struck:
                    struck, outer.struck = outer.struck, None
                    struck()
                    return
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/hook"

    @contextmanager
    def serving(self) -> Iterator["Receiver"]:
        thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield self
        finally:
            self.server.shutdown()
            thread.join()
            self.server.server_close()


class Busy:
    """A log that grows and is rotated in a thread of its own, through outages and calm; every so often, on average."""

    def __init__(self, log: Growing, every_s: float) -> None:
        self.log, self.every_s = log, every_s
        self.by_hand = Rotator(log, keep=500)
        self.done = {"create": 0, "copytruncate": 0, "gzip": 0}
        self.outages: list[tuple[datetime, datetime]] = []
        self._lengths = random.Random(str(log.draw.getstate()))  # noqa: S311 (no secret)
        self._turned, self._until = log.at, log.at
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self.log.end()
        self.log.close()

    def turn(self) -> None:
        """An outage begins, or ends."""
        if self.log.outage:
            self.outages.append((self._turned, self.log.at))
        self.log.outage, self._turned = not self.log.outage, self.log.at
        self._until = self._turned + timedelta(minutes=self._lengths.uniform(*_STRETCH))

    def rest(self) -> None:
        """It stays as it is for so long that what is over can be known to be."""
        self._until = self.log.at + timedelta(minutes=_STRETCH[0])
        self.last()

    def last(self) -> None:
        """Until it has gone on for so long that it must be known."""
        while self.log.at < self._until:
            time.sleep(0.05)

    def _work(self) -> None:
        draw = self.log.draw
        next_s = time.monotonic()
        while not self._stop.wait(0.03):
            self.log.pace = 1.0 if self.log.at < self._until else _SLOW
            self.log.write(draw.randrange(1, 12), half=draw.random() < 0.3)
            if time.monotonic() < next_s:
                continue
            next_s = time.monotonic() + self.every_s * draw.uniform(0.2, 1.8)
            if draw.random() < 0.5:
                self.by_hand.create()
                self.log.write(3)
                self.log.reopen()
                self.done["create"] += 1
            else:
                self.log.end()
                self.by_hand.copytruncate()
                self.done["copytruncate"] += 1
            if draw.random() < 0.5:
                self.by_hand.pack(2)
                self.done["gzip"] += 1


@dataclass
class Table:
    """What was done, and what came of it.

    at_notice  kills with a notice handed over and not yet answered
    told       notices as they came;  undelivered: what never did;  untold: outages that nobody was told of;
     renamed: notices that came again as another;  retold: outages told as new twice
    """

    kills: int = 0
    at_notice: int = 0
    after_its_end: int = 0
    outages: list[tuple[datetime, datetime]] = field(default_factory=list)
    rotations: dict[str, int] = field(default_factory=dict)
    clean: dict[str, Any] = field(default_factory=dict)
    got: dict[str, Any] = field(default_factory=dict)
    want: dict[str, Any] = field(default_factory=dict)
    told: list[dict[str, Any]] = field(default_factory=list)
    undelivered: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)
    retold: list[str] = field(default_factory=list)
    unlinked: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    @property
    def notices(self) -> dict[str, dict[str, Any]]:
        """By id, in the order in which they were told first."""
        found: dict[str, dict[str, Any]] = {}
        for notice in self.told:
            found.setdefault(notice["id"], notice)
        return found

    @property
    def kinds(self) -> dict[str, int]:
        return dict(Counter(notice["kind"] for notice in self.notices.values()))


def killed_runs(folder: Path, kills: int, *, seed: int) -> Table:
    """Kill runs after a random part of the time that a whole one takes, then let one end, and compare."""
    with Receiver().serving() as receiver:
        table = _killed_runs(folder, kills, seed, receiver)
    table.told = receiver.told
    with closing(sqlite3.connect(folder / "data" / NAME)) as db:
        known = [json.loads(body) for (body,) in db.execute("SELECT body FROM incidents")]
        waiting = [f"outbox: {notice}" for (notice,) in db.execute("SELECT notice FROM outbox")]
    table.undelivered = waiting + _undelivered(table, known)
    table.untold = _untold(table)
    table.renamed = [each["id"] for each in table.told if each != table.notices[each["id"]]]
    table.retold = _retold(table)
    return table


def _undelivered(table: Table, known: list[dict[str, Any]]) -> list[str]:
    """Notices that the memory has given a number and nobody got."""
    ids = [f"{incident['id']}-{number}" for incident in known for number in range(1, incident["serial"] + 1)]
    return [f"notice {name}" for name in ids if name not in table.notices]


def _untold(table: Table) -> list[str]:
    """Outages of which a beginning or an end is missing."""
    lost: list[str] = []
    for begin, end in table.outages:
        kinds = {kind for kind, started, _ in _beginnings(table) if begin - _NEAR <= started <= end}
        lost += [f"{kind}: outage of {begin} to {end}" for kind in ("new", "resolved") if kind not in kinds]
    return lost


def _retold(table: Table) -> list[str]:
    again: list[str] = []
    for begin, end in table.outages:
        new = Counter(
            about for kind, started, about in _beginnings(table) if kind == "new" and begin - _NEAR <= started <= end
        )
        again += [f"outage of {begin}: {about}" for about, times in new.items() if times > 1]
    return again


def _beginnings(table: Table) -> list[tuple[str, datetime, str]]:
    """Of each notice its kind, when its incident began, and what rule and group it is of."""
    incidents = [(each["kind"], each["incident"]) for each in table.notices.values()]
    found = [(kind, datetime.fromisoformat(of["started"]), f"{of['rule']} {of['group']}") for kind, of in incidents]
    over = [of for kind, of in incidents if kind == "new" and of["over"]]  # its end is told with its beginning
    return found + [("resolved", datetime.fromisoformat(of["started"]), str(of["rule"])) for of in over]


def _killed_runs(folder: Path, kills: int, seed: int, receiver: Receiver) -> Table:
    sink = f'[[sinks]]\nkind = "webhook"\nurl = "{receiver.url}"\nlevel = "informational"\n'
    sink += "[alerts]\nflap_starts = 1000\n"  # so many outages a day would be told as coming and going
    start = datetime.now(UTC).replace(microsecond=0) - _BEFORE
    log, config, table = Growing(folder, seed=seed, start=start), settings(folder, sink), Table()
    log.write(500)
    clean_run(config)  # the first one compiles what the others find in their cache
    log.write(500)
    began = time.monotonic()
    clean_run(config)
    whole = time.monotonic() - began
    stretches = min(_MOST, max(1, kills // 4) * 2)
    with Busy(log, whole) as busy:
        for number in range(stretches):
            busy.turn()
            for _ in range(kills * (number + 1) // stretches - kills * number // stretches - 1):
                _kill(config, log.draw.random() * whole * _LONGER, table)
            busy.last()
            if _kill_at_notice(config, receiver, table):
                clean_run(config)
        busy.rest()
    table.rotations, table.outages = busy.done, busy.outages
    table.clean = clean_run(config)
    table.got, table.want = kept(folder), summary(log.whole)
    reports = folder / "reports"
    page = (reports / "index.html").read_text("utf-8")
    linked = set(re.findall(r'href="([^"]+)"', page))
    table.unlinked = sorted({path.name for path in reports.glob("report-*.html")} - linked)
    table.left = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.part"))
    return table


def _started(config: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command("run", "-c", config), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )


def _kill(config: Path, after_s: float, table: Table) -> None:
    process = _started(config)
    time.sleep(after_s)
    ended = process.poll() is not None
    if ended:
        _ended(process, table)
    else:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        table.kills += 1


def _kill_at_notice(config: Path, receiver: Receiver, table: Table) -> bool:
    """Out: whether there was a notice, and so a kill"""
    process = _started(config)
    hit = threading.Event()

    def strike() -> None:
        hit.set()
        os.killpg(process.pid, signal.SIGKILL)

    receiver.struck = strike
    process.wait()
    receiver.struck = None
    if not hit.is_set():
        _ended(process, table)
        return False
    process.communicate()
    table.kills += 1
    table.at_notice += 1
    return True


def _ended(process: subprocess.Popen[bytes], table: Table) -> None:
    said = process.communicate()[1].decode()
    assert process.returncode == 0, said
    table.after_its_end += 1


def clean_run(config: Path) -> dict[str, Any]:
    done = subprocess.run(command("run", "-c", config), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    line: dict[str, Any] = json.loads(done.stdout)
    return line
