"""Every case of sample_logs/ says what logscan must conclude; here it is asked."""

import importlib.util
import json
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from logscan.cli.main import cli
from logscan.model.severity import SEVERITIES

SAMPLES = Path(__file__).parents[1] / "sample_logs"
CASES = sorted(path.parent for path in SAMPLES.glob("*/case.yml"))
ONSET_SLACK_S = 600  # an onset is an interval; the case names the true moment, which lies in it or this near


@cache
def scan(*paths: Path) -> dict[str, Any]:
    told = CliRunner().invoke(cli, ["scan", *map(str, paths), "--format", "json"], catch_exceptions=False)
    assert told.exit_code == 0, told.stderr
    document: dict[str, Any] = json.loads(told.stdout)
    return document


def holds(want: dict[str, Any], found: dict[str, Any]) -> bool:
    onset = [datetime.fromisoformat(at) for at in (found["onset"]["after"], found["onset"]["before"]) if at]
    alternatives = [other["cause"] for other in found["alternatives"]]
    checks: dict[str, Callable[[Any], Any]] = {
        "cause": lambda v: found["cause"] == v,
        "pattern": lambda v: found["pattern"] in v,
        "state": lambda v: found["state"] == v,
        "confidence": lambda v: found["confidence"] in v,
        "severity": lambda v: found["severity"] in v,
        "scope": lambda v: found["scope"]["level"] in v,
        "values": lambda v: set(map(str, v)) & {*found["scope"]["values"], *" ".join(texts(found)).split()} != set(),
        "alternative": lambda v: v in alternatives,
        "period_s": lambda v: found["period_s"] is not None and abs(found["period_s"] - v) <= v * 0.05,
        "onset": lambda v: onset and min(abs((at - v).total_seconds()) for at in onset) <= ONSET_SLACK_S,
    }
    return all(checks[key](value) for key, value in want.items())


def texts(found: dict[str, Any]) -> list[str]:
    return [line["text"].replace('"', " ").replace(",", " ").replace(":", " ") for line in found["evidence"]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_case_is_concluded_as_it_says(case: Path) -> None:
    want = yaml.safe_load((case / "case.yml").read_text("utf-8"))
    document = scan(case)
    told = [(f["cause"], f["pattern"], f["state"], f["scope"], f["severity"]) for f in document["findings"]]
    for conclusion in want["concludes"]:
        assert any(holds(conclusion, found) for found in document["findings"]), f"{conclusion}\nnot in {told}"
    worst = want.get("worst_severity")
    if worst:
        ranks = [SEVERITIES.index(found["severity"]) for found in document["findings"]]
        assert max(ranks, default=-1) <= (-1 if worst == "none" else SEVERITIES.index(worst)), told
    elif not want.get("others"):
        causes = {conclusion["cause"] for conclusion in want["concludes"]}
        stray = [row for row in told if row[0] not in causes and row[4] != "informational"]
        assert not stray, f"findings that the case does not speak of: {stray}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_line_of_a_case_is_accounted_for(case: Path) -> None:
    document = scan(case)
    for each in document["inputs"]:
        lines = Path(each["path"]).read_bytes().count(b"\n")
        assert each["lines"] == lines == each["events"] + each["rejects"]
    assert document["summary"]["rejects"] == 0


def test_the_whole_folder_finds_what_its_cases_find() -> None:
    document = scan(SAMPLES)
    wanted = [yaml.safe_load((case / "case.yml").read_text("utf-8"))["concludes"] for case in CASES]
    causes = {conclusion["cause"] for conclusions in wanted for conclusion in conclusions}
    assert causes <= {found["cause"] for found in document["findings"]}


def test_the_made_cases_are_what_the_generator_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make = load(SAMPLES / "make.py")
    monkeypatch.setattr("sys.argv", ["make.py", "--out", str(tmp_path)])
    make.main()
    made = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.*") if path.is_file())
    assert made
    for path in made:
        assert (tmp_path / path).read_bytes() == (SAMPLES / path).read_bytes(), path


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
