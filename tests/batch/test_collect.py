from pathlib import Path

from tests.batch.runs import access, config, run, table

TRACE = b"2026-03-12 10:00:0%d ERROR app Login failed: token expired\nTraceback (most recent call last):\n  File x\n"


def test_lines_are_counted_once_whatever_is_read_again(tmp_path: Path) -> None:
    settings, log = config(tmp_path), tmp_path / "logs" / "access.log"
    data = access(0, 50)
    counted = []
    for size in (3, 1000, 1001, 2500, len(data)):
        log.write_bytes(data[:size])
        counted.append(run(settings))
    assert sum(each.lines for each in counted) == 50
    assert sum(each.events for each in counted) == 50
    assert sum(each.failures for each in counted) == 17
    assert table(settings, "sources")["lines"].sum() == 50


def test_an_event_that_goes_on_later_is_one(tmp_path: Path) -> None:
    settings, log = config(tmp_path), tmp_path / "logs" / "app.log"
    lines = b"".join(TRACE % number for number in range(4)).splitlines(keepends=True)
    for count in range(1, len(lines) + 1):
        log.write_bytes(b"".join(lines[:count]))
        run(settings)
    found = table(settings, "failures")
    assert found.height == 4
    assert found["message"].str.contains("File x").all()
