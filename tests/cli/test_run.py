"""`logscan run`: what cron starts."""

import json
from pathlib import Path

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
