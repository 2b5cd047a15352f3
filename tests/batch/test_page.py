from datetime import UTC, datetime
from pathlib import Path

import pytest

from logscan.batch.config import ReportSettings
from logscan.batch.page import Page, write_page
from logscan.engine.scan import scan_logs
from tests.batch.runs import access, request

NOW = datetime(2026, 3, 12, 14, 5, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("each", "name"),
    [
        ("day", "report-2026-03-12.html"),
        ("hour", "report-2026-03-12T14.html"),
        ("run", "report-2026-03-12T140506.html"),
    ],
)
def test_the_name_tells_the_time_and_nothing_else_is_left(tmp_path: Path, each: str, name: str) -> None:
    (tmp_path / "a.log").write_bytes(access(0, 9))
    answer = scan_logs(request(str(tmp_path / "a.log")), lambda _: None, listed=True)
    page = Page(ReportSettings(tmp_path / "out" / "deep", "Shop", each), "0", "logscan run", lambda: "")
    assert write_page(page, answer, NOW) == write_page(page, answer, NOW) == name
    assert [path.name for path in (tmp_path / "out" / "deep").iterdir()] == [name]
    assert "Shop" in (tmp_path / "out" / "deep" / name).read_text("utf-8")
