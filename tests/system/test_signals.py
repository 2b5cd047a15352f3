"""A run that is asked to end, as systemd and containers ask: a process of its own, and what the next run finds."""

import json
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.batch.runs import access
from tests.system.tool import start

_MEGABYTE = 1 << 20
_PATIENCE_S = 60


def settings(folder: Path) -> Path:
    path = folder / "logscan.toml"
    path.write_text('[[sources]]\npaths = ["access.log"]\n', "utf-8")
    return path


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


def read_so_far(process: subprocess.Popen[bytes], log: Path) -> int:
    """How far a process has read a file that it has open, bytes; as the kernel tells it."""
    place = Path(f"/proc/{process.pid}")
    for handle in (place / "fd").iterdir():
        try:
            if handle.readlink() == log:
                return int((place / "fdinfo" / handle.name).read_text().split()[1])
        except OSError:  # closed meanwhile
            continue
    return 0


def last_line(out: bytes) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(out.splitlines()[-1])
    return told


@pytest.mark.skipif(not Path("/proc/self/fdinfo").is_dir(), reason="needs /proc to see how far a process has read")
def test_a_run_that_is_asked_to_end_keeps_what_it_read_and_the_next_goes_on(tmp_path: Path) -> None:
    block = access(0, 240, agent="x" * 6000)
    log, blocks = tmp_path / "access.log", 100 * _MEGABYTE // len(block)
    log.write_bytes(block * blocks)
    with start("run", "-c", settings(tmp_path)) as process:
        until(lambda: read_so_far(process, log) > _MEGABYTE)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=_PATIENCE_S)
    assert process.returncode == 0, err
    first = last_line(out)
    assert (first["outcome"], first["faults"]) == ("stopped", [])
    assert 0 < first["lines"] < 240 * blocks
    with start("run", "-c", settings(tmp_path)) as process:
        out, err = process.communicate(timeout=_PATIENCE_S)
    second = last_line(out)
    assert (process.returncode, second["outcome"]) == (0, "done"), err
    assert first["lines"] + second["lines"] == 240 * blocks
    assert first["failures"] + second["failures"] == 80 * blocks


def test_it_stays_in_the_foreground_and_leaves_with_0_when_asked_between_two_runs(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(access(0, 30))
    with start("run", "-c", settings(tmp_path), "--every", "1s") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        told = [json.loads(process.stdout.readline())]
        with log.open("ab") as file:
            file.write(access(30, 12))
        while sum(line["lines"] for line in told) < 42:
            told.append(json.loads(process.stdout.readline()))
        while told[-1]["outcome"] != "nothing new":
            told.append(json.loads(process.stdout.readline()))
        process.send_signal(signal.SIGTERM)
        assert process.wait(_PATIENCE_S) == 0
        assert b"Traceback" not in process.stderr.read()
    assert [line["outcome"] for line in told[:1]] == ["done"]
    assert sum(line["failures"] for line in told) == 14
