"""Scheduled runs that are killed at random moments, over a log that grows and is rotated meanwhile."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from logscan.batch.state import NAME
from tests.system.growing import Growing, Rotator, kept, settings, summary
from tests.system.tool import command

_LONGER = 1.1  # some runs end before they are killed


class Receiver:
    """A web hook that remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
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
    """A log that grows and is rotated in a thread of its own."""

    def __init__(self, log: Growing, *, rotations: bool = True) -> None:
        self.log, self.rotations = log, rotations
        self.by_hand = Rotator(log, keep=500)
        self.done = {"create": 0, "copytruncate": 0, "gzip": 0}
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

    def _work(self) -> None:
        draw = self.log.draw
        while not self._stop.wait(0.03):
            self.log.write(draw.randrange(1, 12), half=draw.random() < 0.3)
            if not self.rotations or draw.random() > 0.02:
                continue
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
    """What was done, and what came of it."""

    kills: int = 0
    after_its_end: int = 0
    rotations: dict[str, int] = field(default_factory=dict)
    clean: dict[str, Any] = field(default_factory=dict)
    got: dict[str, Any] = field(default_factory=dict)
    want: dict[str, Any] = field(default_factory=dict)
    told: list[dict[str, Any]] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)
    unlinked: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def killed_runs(folder: Path, kills: int, *, seed: int) -> Table:
    """Kill runs after a random part of the time that a whole one takes, then let one end, and compare."""
    with Receiver().serving() as receiver:
        table = _killed_runs(folder, kills, seed, f'[[sinks]]\nkind = "webhook"\nurl = "{receiver.url}"\n')
    table.told = receiver.told
    names: dict[tuple[str, str], set[str]] = {}
    for notice in receiver.told:
        names.setdefault((notice["kind"], notice["incident"]["id"]), set()).add(notice["id"])
    table.renamed = sorted(str(key) for key, ids in names.items() if key[0] == "new" and len(ids) > 1)
    with closing(sqlite3.connect(folder / "data" / NAME)) as db:
        known = {id_ for (id_,) in db.execute("SELECT id FROM incidents")}
        table.untold = sorted(known - {notice["incident"]["id"] for notice in receiver.told})
        table.untold += [f"outbox: {notice}" for (notice,) in db.execute("SELECT notice FROM outbox")]
    return table


def _killed_runs(folder: Path, kills: int, seed: int, sinks: str) -> Table:
    log, config, table = Growing(folder, seed=seed), settings(folder, sinks), Table()
    log.write(500)
    began = time.monotonic()
    clean_run(config)
    whole = time.monotonic() - began
    with Busy(log) as busy:
        for _ in range(kills):
            _kill(config, log.draw.random() * whole * _LONGER, table)
    table.rotations = busy.done
    table.clean = clean_run(config)
    table.got, table.want = kept(folder), summary(log.whole)
    reports = folder / "reports"
    page = (reports / "index.html").read_text("utf-8")
    linked = set(re.findall(r'href="([^"]+)"', page))
    table.unlinked = sorted({path.name for path in reports.glob("report-*.html")} - linked)
    table.left = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.part"))
    return table


def _kill(config: Path, after_s: float, table: Table) -> None:
    process = subprocess.Popen(
        command("run", "-c", config), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )
    time.sleep(after_s)
    ended = process.poll() is not None
    if ended:
        table.after_its_end += 1
        said = process.communicate()[1].decode()
        assert process.returncode == 0, said
    else:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        table.kills += 1


def clean_run(config: Path) -> dict[str, Any]:
    done = subprocess.run(command("run", "-c", config), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    line: dict[str, Any] = json.loads(done.stdout)
    return line
