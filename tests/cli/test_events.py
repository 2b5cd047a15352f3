"""`logscan events`: formats, --all, and where they go."""

import io
import json
from pathlib import Path

import polars as pl
import pytest

from logscan.cli import events as module
from tests.system.logs import combined, joined
from tests.system.tool import run

LINES = combined(50)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("logs") / "a.log"
    path.write_bytes(joined(LINES))
    return path


def test_failures_alone_or_every_event(log: Path) -> None:
    refused = sum('" 401 ' in line for line in LINES)
    assert len(run("events", log).stdout.splitlines()) == refused
    assert len(run("events", log, "--all").stdout.splitlines()) == len(LINES)


def test_each_format_holds_the_same_events(log: Path) -> None:
    lines = [json.loads(line)["logscan.line"] for line in run("events", log).stdout.splitlines()]
    table = run("events", log, "--format", "csv").stdout
    assert pl.read_csv(io.StringIO(table))["logscan.line"].to_list() == lines
    packed = run("events", log, "--format", "parquet").stdout_bytes
    assert pl.read_parquet(io.BytesIO(packed))["logscan.line"].to_list() == lines


def test_a_terminal_gets_no_parquet(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal:
        class stdout:  # noqa: N801
            isatty = staticmethod(lambda: True)

    monkeypatch.setattr(module, "sys", Terminal)
    told = run("events", log, "--format", "parquet")
    assert told.exit_code == 2
    assert "name a file with -o" in told.stderr


def test_what_was_bad_is_told_behind_the_result(log: Path, tmp_path: Path) -> None:
    told = run("events", tmp_path / "none.log", log)
    assert told.exit_code == 0
    assert told.stdout
    assert told.stderr.startswith(f"warning: {tmp_path / 'none.log'}: ")
