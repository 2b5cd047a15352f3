"""`logscan scan`: its formats, and the exit code that --fail-on decides."""

import json
from pathlib import Path

import pytest

from tests.system.logs import combined, joined
from tests.system.tool import run


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("logs") / "a.log"
    path.write_bytes(joined(combined(100)))
    return path


def test_each_format_goes_to_stdout_or_to_a_file(log: Path, tmp_path: Path) -> None:
    for form, begins in (("table", "SEVERITY"), ("json", '{\n  "schema"'), ("ndjson", '{"id"')):
        told = run("scan", log, "--format", form)
        assert told.stdout.startswith(begins)
        assert run("scan", log, "--format", form, "-o", tmp_path / form).stdout == ""
        assert (tmp_path / form).read_text("utf-8") == told.stdout


def test_the_table_is_what_is_printed_when_nothing_is_asked_for(log: Path) -> None:
    assert run("scan", log).stdout == run("scan", log, "--format", "table").stdout


def test_fail_on_looks_at_the_worst_finding_and_the_result_is_printed_first(log: Path) -> None:
    found = json.loads(run("scan", log, "--format", "json").stdout)["findings"]
    worst = found[0]["severity"]
    told = run("scan", log, "--format", "json", "--fail-on", worst)
    assert told.exit_code == 1
    assert json.loads(told.stdout)["findings"] == found
    assert run("scan", log, "--fail-on", "critical").exit_code == (1 if worst == "critical" else 0)
