"""What only a process of its own can show: pipes, terminals, signals, memory."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.system.logs import combined, joined
from tests.system.tool import command, measured, peak, start

LOG = joined(combined(2000))
MEGABYTE = 1 << 20


def finished(process: subprocess.Popen[bytes]) -> tuple[str, str, int]:
    """Stdout, stderr and the exit code."""
    with process:
        out, err = process.communicate(timeout=60)
    return out.decode(), err.decode(), process.returncode


@pytest.mark.parametrize("arguments", [["events", "--all"], ["scan", "--format", "json"], ["report", "-o", "-"]])
def test_a_reader_that_has_seen_enough_is_no_fault(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(LOG)
    with start(*arguments, tmp_path / "a.log", stdin=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(100)
        process.stdout.close()
        told = process.stderr.read().decode()
        assert process.wait(60) == 0
    assert not re.search(r"Traceback|[Ee]rror|Broken|ignored", told)


def interruptible(*arguments: str | Path) -> subprocess.Popen[bytes]:
    # a shell that runs the tests in the background has told its children to ignore the signal
    return start(*arguments, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))


def interrupted(process: subprocess.Popen[bytes]) -> tuple[str, str, int]:
    """Give more than a pipe holds, so that reading has begun; then press Ctrl-C while more is expected."""
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        for _ in range(0, MEGABYTE, len(LOG)):
            process.stdin.write(LOG)
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        out = process.stdout.read().decode()
        return out, process.stderr.read().decode(), process.wait(60)


def test_an_interrupt_gives_the_page_of_what_was_read_and_marks_it(tmp_path: Path) -> None:
    out, told, code = interrupted(interruptible("report", "-", "-o", tmp_path / "page.html"))
    assert code == 130, told
    assert out == ""
    assert "Traceback" not in told
    assert "partial" in told
    assert "covers only what was read" in told
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "interrupted" in page.lower()
    assert "203.0.113." in page


def test_an_interrupted_document_is_whole_and_says_that_it_is_partial() -> None:
    out, told, code = interrupted(interruptible("scan", "--format", "json", "-"))
    assert code == 130, told
    document = json.loads(out)
    assert document["partial"] is True
    assert document["summary"]["lines"] > MEGABYTE // 2 // 130
    assert document["findings"]


def test_an_interrupt_before_anything_was_read_leaves_quietly() -> None:
    with interruptible("events", "-") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        assert process.stdout.read() == b""
        told = process.stderr.read()
        code = process.wait(60)
    assert code in (130, -signal.SIGINT)  # the latter when the interpreter itself was still starting
    assert code != 130 or b"Traceback" not in told


def test_one_line_of_200_megabytes_is_cut_and_costs_little_memory(tmp_path: Path) -> None:
    asked = measured("scan", "--format", "json", "-")
    with (
        (tmp_path / "err").open("wb") as told,
        subprocess.Popen(asked, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=told) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(LOG)
        for _ in range(200):
            process.stdin.write(b"x" * MEGABYTE)
        process.stdin.write(b"\n" + LOG)
        process.stdin.close()
        document = json.loads(process.stdout.read())
    assert process.returncode == 0
    assert document["summary"]["lines"] == 4001
    assert document["summary"]["events"] == 4000
    assert document["inputs"][0]["bytes"] < 3 * MEGABYTE
    assert peak((tmp_path / "err").read_text()) < 400 * MEGABYTE


def on_terminal(*arguments: str | Path, **environment: str) -> str:
    """What a terminal gets on stderr; stdout is a pipe."""
    ours, theirs = pty.openpty()
    surroundings = {"TERM": "xterm-256color", "COLUMNS": "100", **environment}
    surroundings = {**{key: value for key, value in os.environ.items() if key != "NO_COLOR"}, **surroundings}
    process = subprocess.Popen(command(*arguments), stdout=subprocess.DEVNULL, stderr=theirs, env=surroundings)
    os.close(theirs)
    seen = b""
    while select.select([ours], [], [], 60)[0]:
        try:
            more = os.read(ours, 65536)
        except OSError:  # Linux: the other side is closed
            break
        seen += more
        if not more:
            break
    os.close(ours)
    assert process.wait(60) == 0
    return seen.decode()


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a log that is large but quickly read: a hole, as a truncation under its writer leaves it, and lines."""
    path = tmp_path_factory.mktemp("large") / "a.log"
    with path.open("wb") as file:
        file.truncate(80 * MEGABYTE)
        file.seek(0, 2)
        file.write(LOG)
    return path.parent


def test_long_work_shows_a_bar_on_a_terminal(large: Path) -> None:
    seen = on_terminal("scan", large)
    assert re.search(r"\d[\d.]*/\d[\d.]* MB", seen)
    assert "\x1b[" in seen
    assert seen.endswith("\x1b[2K") or not seen.rsplit("\x1b[2K", 1)[-1].strip()


def test_without_colour_the_bar_has_none(large: Path) -> None:
    seen = on_terminal("scan", large, NO_COLOR="1")
    assert " MB" in seen
    assert not re.search(r"\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9\d)(?:;\d+)*m", seen)


def test_short_work_shows_no_bar_and_a_pipe_never_gets_one(large: Path, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(LOG)
    assert on_terminal("scan", tmp_path / "a.log") == ""
    told = finished(start("scan", large, stdin=subprocess.DEVNULL))
    assert told[1:] == ("", 0)


def test_parquet_is_kept_from_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(LOG)
    ours, theirs = pty.openpty()
    with start("events", "--format", "parquet", tmp_path / "a.log", stdin=subprocess.DEVNULL, stdout=theirs) as process:
        os.close(theirs)
        assert process.stderr is not None
        assert "-o" in process.stderr.read().decode()
        assert process.wait(60) == 2
    os.close(ours)


def test_closed_standard_streams_are_met_with_a_message(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(LOG)
    line = " ".join(command("scan"))
    for shell, said, code in (
        (f"{line} - <&-", "standard input is not open", 3),
        (f"{line} a.log >&-", "is closed", 2),
    ):
        told = subprocess.run(["sh", "-c", shell], capture_output=True, cwd=tmp_path, check=False, timeout=60)
        assert told.returncode == code
        assert said in told.stderr.decode()
        assert "Traceback" not in told.stderr.decode()


def test_an_account_without_a_home_can_use_it(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(LOG)
    lost = {"HOME": "/nonexistent", "XDG_STATE_HOME": "/proc/nothing", "XDG_CACHE_HOME": "/proc/nothing"}
    told = finished(
        start("report", tmp_path / "a.log", "-o", tmp_path / "page.html", env=lost, stdin=subprocess.DEVNULL)
    )
    assert told[2] == 0, told[1]
    assert (tmp_path / "page.html").stat().st_size > 100_000
