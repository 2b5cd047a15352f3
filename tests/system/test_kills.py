"""Runs that are killed, and runs that get in each other's way: nothing is lost, nothing is doubled."""

import json
import subprocess
from pathlib import Path

from tests.system.growing import Growing, assert_nothing_lost_or_doubled, settings
from tests.system.kills import killed_runs
from tests.system.tool import command


def test_killed_runs_lose_and_double_nothing(tmp_path: Path) -> None:
    """A few; `make faults` kills 200."""
    table = killed_runs(tmp_path, 4, seed=7)
    assert table.kills >= 1
    assert table.got == table.want
    assert len(table.outages) == 1
    assert not table.undelivered
    assert not table.renamed
    assert not table.retold
    assert not table.unlinked
    assert not table.left


def test_of_several_runs_at_once_one_works(tmp_path: Path) -> None:
    log, config = Growing(tmp_path), settings(tmp_path)
    log.write(3000)
    log.close()
    started = [
        subprocess.Popen(command("run", "-c", config), stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(5)
    ]
    told = [process.communicate() for process in started]
    assert [process.returncode for process in started] == [0] * 5, [error for _, error in told]
    outcomes = [json.loads(line)["outcome"] for line, _ in told]
    assert outcomes.count("done") == 1
    assert set(outcomes) <= {"done", "busy", "nothing new"}
    assert_nothing_lost_or_doubled(tmp_path, log)
