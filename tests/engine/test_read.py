"""Paths to what was read: faults of finding and of opening together; spilled files live as long as the context."""

from pathlib import Path

import pytest

from logscan.engine import merge
from logscan.engine.read import read_logs
from logscan.engine.request import Request
from logscan.model.errors import Faults
from tests.engine.chunk_of import NOW
from tests.system.logs import combined, joined


def ask(*paths: Path, log_format: str | None = None) -> Request:
    return Request(tuple(map(str, paths)), NOW, b"k" * 32, log_format=log_format)


def test_faults_of_finding_come_before_those_of_opening(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(joined(combined(20)))
    (tmp_path / "b.log").write_bytes(bytes(500))
    with read_logs(ask(tmp_path / "none", tmp_path / "b.log", tmp_path / "a.log"), lambda _: None) as (
        ran,
        definitions,
    ):
        assert [Path(fault.where.path).name for fault in ran.faults] == ["none", "b.log"]
        assert ran.events == 20
        assert definitions.library.causes


def test_invalid_settings_are_told_before_any_log_is_opened(tmp_path: Path) -> None:
    with pytest.raises(Faults), read_logs(ask(tmp_path / "none", log_format="none"), lambda _: None):
        pass


def test_what_went_to_disk_can_be_read_inside_and_is_gone_outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merge, "_FAILURES_HELD", 5)
    monkeypatch.setattr(merge, "_VISITS_HELD", 5)
    path = tmp_path / "a.log"
    path.write_bytes(joined(combined(60)))
    with read_logs(ask(path), lambda _: None) as (ran, _):
        spilled = ran.merged.visits.files
        assert spilled
        assert all(file.is_file() for file in spilled)
        assert ran.merged.visits.lazy().collect().height == 60
    assert not any(file.exists() for file in spilled)
    assert not spilled[0].parent.exists()
