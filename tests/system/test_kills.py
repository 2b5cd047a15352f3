"""Runs that are killed, and runs that get in each other's way: nothing is lost, nothing is doubled."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.system.growing import Growing, assert_nothing_lost_or_doubled, settings
from tests.system.kills import killed_runs
from tests.system.tool import command


@pytest.mark.skipif("LOGSCAN_FAULTS" not in os.environ, reason="kills at random moments: LOGSCAN_FAULTS=1, make faults")
def test_killed_runs_lose_and_double_nothing(tmp_path: Path) -> None:
    table = killed_runs(tmp_path, 8, seed=7)
    assert table.kills >= 4
    assert table.at_notice >= 2
    assert table.got == table.want
    assert len(table.outages) == 2
    assert table.kinds["new"] >= 2
    assert table.kinds["resolved"] >= 2
    assert not table.untold
    assert not table.renamed
    assert not table.unlinked
    assert not table.left


def test_of_ten_runs_at_once_one_works(tmp_path: Path) -> None:
    log, config = Growing(tmp_path), settings(tmp_path)
    log.write(3000)
    log.close()
    started = [
        subprocess.Popen(command("run", "-c", config), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(10)
    ]
    told = [process.communicate() for process in started]
    assert [process.returncode for process in started] == [0] * 10, [error for _, error in told]
    outcomes = [json.loads(line)["outcome"] for line, _ in told]
    assert outcomes.count("done") == 1
    assert set(outcomes) <= {"done", "busy", "nothing new"}
    assert_nothing_lost_or_doubled(tmp_path, log)
