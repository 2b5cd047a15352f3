"""A log that grows and is rotated while scheduled runs read it, and what a run must have seen of it in the end."""

import gzip
import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from logscan.batch import run as batch_run
from logscan.batch.state import NAME, open_state
from logscan.batch.stored import read_archive
from logscan.cli.place import installation_key
from logscan.engine import request
from logscan.engine.request import Request, load_definitions
from logscan.engine.scan import answer
from logscan.model.resources import rules_dir
from tests.system.tool import run

START = datetime(2026, 3, 12, 6, 0, tzinfo=UTC)
SETTINGS = """
[data]
folder = "data"

[reports]
folder = "reports"

[window]
look_back = "400d"

[[sources]]
paths = ["logs/access.log*"]
"""


class Growing:
    """A writer that keeps its file open, as servers do, until `reopen`.

    whole: every byte that it ever wrote;  pace: of its time, 1 is 5 s a line;  outage: everybody is refused
    """

    def __init__(self, folder: Path, *, seed: int = 1, name: str = "access.log", start: datetime = START) -> None:
        self.path, self.whole = folder / "logs" / name, folder / "whole" / name
        for path in (self.path, self.whole):
            path.parent.mkdir(parents=True, exist_ok=True)
        self.draw = random.Random(seed)  # noqa: S311 (no secret)
        self.at, self.count, self.rest = start, 0, b""
        self.pace, self.outage = 1.0, False
        self.file = self.path.open("ab", buffering=0)

    def line(self) -> bytes:
        self.at += timedelta(seconds=self.draw.randrange(1, 9)) * self.pace
        self.count += 1
        stamp = self.at.strftime("%d/%b/%Y:%H:%M:%S +0000")
        refused = self.draw.random() < 0.15
        client = f"203.0.113.{self.draw.randrange(3)}" if refused else f"192.0.2.{self.draw.randrange(40)}"
        status = 401 if refused or self.outage else self.draw.choice([200, 200, 304, 404, 500])
        odd = "  \t not of any format" if self.draw.random() < 0.003 else ""
        line = (
            f'{client} - - [{stamp}] "GET /api/orders/{self.count} HTTP/1.1" {status} {self.count % 997} "-" "app/3.1"'
        )
        return (odd or line).encode() + b"\n"

    def write(self, lines: int, *, half: bool = False) -> None:
        """half: the last line is left half-written until the next call."""
        data = self.rest + b"".join(self.line() for _ in range(lines))
        self.rest = b""
        if half:
            cut = len(data) - self.draw.randrange(1, 60)
            data, self.rest = data[:cut], data[cut:]
        self._out(data)

    def end(self) -> None:
        """What was left half-written is written."""
        self._out(self.rest)
        self.rest = b""

    def _out(self, data: bytes) -> None:
        self.file.write(data)
        with self.whole.open("ab") as whole:
            whole.write(data)

    def reopen(self) -> None:
        self.file.close()
        self.file = self.path.open("ab", buffering=0)

    def close(self) -> None:
        self.file.close()


class Rotator:
    """Rotation as logrotate does it, by hand: for where a test must choose the moment."""

    def __init__(self, log: Growing, *, keep: int = 50) -> None:
        self.log, self.keep = log, keep

    def create(self) -> None:
        self._shift()
        self.log.path.rename(self._old(1))

    def copytruncate(self) -> None:
        self._shift()
        shutil.copyfile(self.log.path, self._old(1))
        self.log.file.truncate(0)

    def pack(self, number: int = 2) -> None:
        plain = self._old(number)
        if plain.exists():
            packed = plain.with_name(plain.name + ".gz")
            packed.write_bytes(gzip.compress(plain.read_bytes(), mtime=0))
            plain.unlink()

    def _old(self, number: int) -> Path:
        return self.log.path.with_name(f"{self.log.path.name}.{number}")

    def _shift(self) -> None:
        for number in range(self.keep, 0, -1):
            for suffix in ("", ".gz"):
                old = self._old(number).with_name(self._old(number).name + suffix)
                if old.exists():
                    old.rename(self._old(number + 1).with_name(self._old(number + 1).name + suffix))


def logrotate(program: str, folder: Path, log: Path, *settings: str, script: str = "") -> None:
    """Rotate for real, now."""
    conf, state = folder / "logrotate.conf", folder / "logrotate.state"
    after = f"  postrotate\n    {script}\n  endscript\n" if script else ""
    body = "".join(f"  {setting}\n" for setting in settings)
    conf.write_text(f'"{log}" {{\n{body}{after}}}\n', "utf-8")
    conf.chmod(0o644)
    done = subprocess.run(
        [program, "--force", "--state", str(state), str(conf)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "error" not in done.stderr, done.stderr


def settings(folder: Path, extra: str = "") -> Path:
    path = folder / "logscan.toml"
    path.write_text(SETTINGS + extra, "utf-8")
    return path


def summary(*arguments: str | Path) -> dict[str, Any]:
    told = run("scan", *arguments, "--format", "json")
    assert told.exit_code == 0, told.output
    found = json.loads(told.stdout)
    counts: dict[str, Any] = found["summary"]
    return counts | {"findings": sorted(each["cause"] for each in found["findings"])}


@contextmanager
def definitions_in_memory() -> Iterator[None]:
    """What each run would unpack from its cache, and compare with the files, is done once: many short runs."""
    compiled = request._compiled([rules_dir()], ())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(request, "_kept", lambda *_: compiled)
        patch.setattr(batch_run, "rules_fingerprint", lambda _: "shipped")
        yield


def kept(folder: Path) -> dict[str, Any]:
    """What the archive of a folder tells."""
    asked = Request(paths=(), now=datetime.now(UTC), key=installation_key())
    definitions = load_definitions(asked)
    with closing(open_state(folder / "data" / NAME, make=False)) as db, TemporaryDirectory() as spill:
        scan = answer(
            read_archive(db, folder / "data", definitions.plan, Path(spill)), definitions, asked, listed=False
        ).scan
    counts = {name: getattr(scan, name) for name in ("lines", "events", "rejects", "auth_failures", "by_cause")}
    return counts | {"findings": sorted(found.cause for found in scan.findings)}


def assert_nothing_lost_or_doubled(folder: Path, log: Growing) -> None:
    """What the archive holds is what one scan of all bytes that were ever written finds."""
    got, want = kept(folder), summary(log.whole)
    assert got == want


def ran(config: Path) -> dict[str, Any]:
    """What a run says of itself."""
    told = run("run", "-c", config)
    assert told.exit_code == 0, told.output
    line: dict[str, Any] = json.loads(told.stdout)
    return line


def archived(folder: Path, table: str) -> str:
    """A glob of the files of one table."""
    return str(folder / "data" / "archive" / table / "*.parquet")


class AtOpening:
    """Does something once, right before a file below a folder is opened for the n-th time."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.left = f"{folder}/", 0
        self.do: Callable[[], None] = lambda: None
        sys.addaudithook(self._heard)  # for good: it does nothing while `left` is 0

    def _heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and self.left and str(arguments[0]).startswith(self.folder):
            self.left -= 1
            if not self.left:
                self.do()
