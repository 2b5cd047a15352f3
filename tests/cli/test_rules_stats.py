"""`logscan rules stats` tells what rules find and cost."""

import json
from pathlib import Path

import pytest

from logscan.cli.exits import Exit
from tests.rules.folder import foreign_text
from tests.system.tool import run

LINE = '192.0.2.7 - - [12/Mar/2026:06:25:24 +0000] "GET /a HTTP/1.1" 401 17 "-" "curl/8"\n'


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    (tmp_path / "access.log").write_text(LINE * 3)
    (tmp_path / "rules").mkdir()
    text = foreign_text("s: {cs-user-agent|contains: curl}\ncondition: s").replace("application", "webserver")
    (tmp_path / "rules" / "made_up.yml").write_text(text)
    return ["rules", "stats", str(tmp_path / "access.log"), "--rules", str(tmp_path / "rules")]


def test_as_a_table(arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == Exit.CLEAN
    head, *rows = result.stdout.splitlines()
    assert head.split()[:6] == ["name", "names", "asked", "matches", "wins", "seconds"]
    found = {row.split()[0]: row.split() for row in rows}
    assert found["generic_status_401"][1:5] == ["unclassified", "3", "3", "3"]
    assert found["made_up"][1:4] == ["3", "3", "0"]
    assert rows[-1].startswith("3 lines, of which rules were asked about 3 events; all at once in ")


def test_as_json(arguments: list[str]) -> None:
    told = json.loads(run(*arguments, "--format", "json").stdout)
    assert (told["lines"], told["candidates"]) == (3, 3)
    rows = {row["name"]: row for row in told["rules"]}
    assert rows["made_up"]["matches"] == 3
    assert rows["made_up"]["seconds_per_million_lines"] is None
    assert [row["seconds"] for row in told["rules"]] == sorted((row["seconds"] for row in told["rules"]), reverse=True)


def test_what_cannot_be_read_is_told(arguments: list[str], tmp_path: Path) -> None:
    result = run(*arguments, tmp_path / "nowhere.log")
    assert result.exit_code == Exit.CLEAN
    assert "nowhere.log" in result.stderr
