from pathlib import Path

from tests.batch.runs import access, archived, config, run, scanned, summary, table

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


def test_logs_that_grow_together_are_entered_as_one_scan_finds_them(tmp_path: Path) -> None:
    settings, folder = config(tmp_path), tmp_path / "logs"
    data = {f"{name}.log": access(1000 * at, 90) for at, name in enumerate("abcd")}
    for low, high in ((0, 3000), (3000, 6001), (6001, None)):
        for name, text in data.items():
            with (folder / name).open("ab") as file:
                file.write(text[low:high])
        run(settings)
    assert summary(archived(settings)) == summary(scanned(folder))
    firsts = (number % 3 for number in (0, 2, 1, 0))  # lines before the first failure of each log
    assert sorted(table(settings, "failures")["logscan.line"]) == sorted(
        line for first in firsts for line in range(1 + first, 91, 3)
    )
    assert len(list((settings.data / "archive" / "sources").glob("*.parquet"))) == 3
