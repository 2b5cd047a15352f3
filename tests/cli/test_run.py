"""`logscan run`: what cron starts."""

import json
import os
import signal
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from logscan.batch.run import Outcome
from tests.batch.runs import access
from tests.system.tool import run


def test_it_says_in_one_line_of_json_what_it_did(tmp_path: Path) -> None:
    (tmp_path / "access.log").write_bytes(access(0, 30))
    settings = tmp_path / "logscan.toml"
    settings.write_text('[[sources]]\npaths = ["access.log"]\n', "utf-8")
    told = run("run", "-c", settings)
    line = json.loads(told.stdout)
    assert told.stdout.count("\n") == 1
    assert (line["outcome"], line["lines"], line["failures"]) == ("done", 30, 10)
    assert json.loads(run("run", "-c", settings).stdout)["outcome"] == "nothing new"


def test_the_archive_stands_in_place_of_the_logs(tmp_path: Path) -> None:
    log, settings = tmp_path / "access.log", tmp_path / "logscan.toml"
    log.write_bytes(access(0, 30))
    settings.write_text('[[sources]]\npaths = ["access.log"]\n', "utf-8")
    run("run", "-c", settings)
    data, since = tmp_path / "data", "2026-03-12T07:22Z"
    for bounds in ((), ("--since", since), ("--until", since)):
        told, expected = (
            json.loads(run("scan", *what, "--format", "json", *bounds).stdout)
            for what in ((log,), ("--from-archive", data))
        )
        assert told["summary"] == expected["summary"]
        assert [found["id"] for found in told["findings"]] == [found["id"] for found in expected["findings"]]
    assert run("events", "--from-archive", data).stdout == run("events", log).stdout
    page = tmp_path / "page.html"
    assert run("report", "--from-archive", data, "-o", page).exit_code == 0
    assert "access.log" in page.read_text("utf-8")


def test_logs_and_archive_exclude_each_other_and_one_must_be_named(tmp_path: Path) -> None:
    for arguments, words in (((), "PATH"), (("a.log", "--from-archive", tmp_path), "in place of")):
        told = run("scan", *arguments)
        assert told.exit_code == 2
        assert words in told.stderr
    told = run("scan", "--from-archive", tmp_path)
    assert (told.exit_code, "holds no archive" in told.stderr) == (3, True)
    assert run("events", "--all", "--from-archive", tmp_path).exit_code == 2


def test_settings_that_are_wrong_end_it_with_4_and_every_fault(tmp_path: Path) -> None:
    settings = tmp_path / "logscan.toml"
    settings.write_text('[[sources]]\npath = "a.log"\n[dta]\n', "utf-8")
    told = run("run", "-c", settings)
    assert told.exit_code == 4
    assert "logscan.toml:2 sources.0.path: unknown key `path`\n  hint: did you mean `paths`?" in told.stderr
    assert "logscan.toml:3 dta: unknown key `dta`" in told.stderr


@pytest.mark.parametrize(("asked", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)], ids=["SIGTERM", "Ctrl-C"])
def test_who_is_asked_to_end_did_not_fail_and_who_presses_ctrl_c_is_told(
    tmp_path: Path, asked: signal.Signals, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_config: Any, around: Any, now: datetime) -> Outcome:
        os.kill(os.getpid(), asked)
        assert around.stop()
        return Outcome(now, "stopped")

    signal.signal(signal.SIGINT, signal.default_int_handler)
    monkeypatch.setattr("logscan.batch.run.run_once", interrupted)
    settings = tmp_path / "logscan.toml"
    settings.write_text('[[sources]]\npaths = ["access.log"]\n', "utf-8")
    told = run("run", "-c", settings)
    assert (told.exit_code, json.loads(told.stdout)["outcome"]) == (code, "stopped")
