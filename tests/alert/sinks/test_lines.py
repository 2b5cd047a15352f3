"""Lines are appended whole."""

import json
from pathlib import Path

import pytest

from logscan.alert.sinks.lines import append


def test_lines_are_added_to_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "out.ndjson"
    append(path, [{"a": 1}])
    append(path, [{"a": 2}, {"a": "x\ny\u2028z"}])
    assert [json.loads(line)["a"] for line in path.read_text("utf-8").split("\n")[:-1]] == [1, 2, "x\ny\u2028z"]


def test_a_line_that_a_crash_cut_stays_alone(tmp_path: Path) -> None:
    path = tmp_path / "out.ndjson"
    path.write_text('{"a": 1}\n{"a": 2, "b', "utf-8")
    append(path, [{"a": 3}])
    assert path.read_text("utf-8").split("\n") == ['{"a": 1}', '{"a": 2, "b', '{"a": 3}', ""]


def test_nothing_is_nothing(tmp_path: Path) -> None:
    append(tmp_path / "out.ndjson", [])
    assert (tmp_path / "out.ndjson").read_bytes() == b""


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="directory"):
        append(tmp_path, [{}])
