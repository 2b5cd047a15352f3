"""`logscan status`."""

import json
from pathlib import Path

from tests.system.logs import combined
from tests.system.tool import run


def settings(folder: Path) -> Path:
    (folder / "a.log").write_text("\n".join(combined(300)) + "\n")
    (folder / "logscan.toml").write_text('[[sources]]\npaths = ["a.log"]\n')
    return folder / "logscan.toml"


def test_a_monitor_can_tell_by_the_exit_code(tmp_path: Path) -> None:
    path = settings(tmp_path)
    before = run("status", "-c", path)
    assert before.exit_code == 3
    assert before.stdout.startswith("attention: there was no run yet\n")
    assert not (tmp_path / "data").exists()
    assert run("run", "-c", path).exit_code == 0
    after = run("status", "-c", path)
    assert after.exit_code == 0, after.output
    assert "all read" in after.stdout
    assert run("status", "-c", path, "--max-age", "0s").exit_code == 1


def test_json_is_one_document(tmp_path: Path) -> None:
    path = settings(tmp_path)
    run("run", "-c", path)
    found = json.loads(run("status", "-c", path, "--format", "json").stdout)
    assert found["well"] is True
    assert found["lag_bytes"] == 0
    assert found["archive"]["parts"] > 0
    assert found["last_run"]["lines"] == 300


def test_settings_that_are_invalid_are_told(tmp_path: Path) -> None:
    (tmp_path / "logscan.toml").write_text("[dta]\n")
    assert run("status", "-c", tmp_path / "logscan.toml").exit_code == 4
