from datetime import UTC, datetime
from pathlib import Path

import pytest

from logscan.batch.marks import load_marks
from logscan.model.errors import Faults


def test_each_line_is_a_moment_and_its_label(tmp_path: Path) -> None:
    path = tmp_path / "marks.txt"
    path.write_text("# deploys\n\n2026-03-12T14:00+02:00 = release 7 = final\n2026-03-11T09:30=restart\n", "utf-8")
    assert load_marks(path) == (
        (datetime(2026, 3, 11, 9, 30, tzinfo=UTC), "restart"),
        (datetime(2026, 3, 12, 12, tzinfo=UTC), "release 7 = final"),
    )


def test_lines_that_are_none_are_told_all_at_once(tmp_path: Path) -> None:
    path = tmp_path / "marks.txt"
    path.write_text("2026-03-12T14:00Z\nyesterday = x\n2026-03-12 = y\n", "utf-8")
    with pytest.raises(Faults) as caught:
        load_marks(path)
    assert [fault.where.line for fault in caught.value.errors] == [1, 2]


def test_a_file_that_is_not_there_yet_holds_none(tmp_path: Path) -> None:
    assert load_marks(tmp_path / "none") == load_marks(None) == ()
