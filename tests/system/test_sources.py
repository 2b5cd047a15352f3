"""Files as they lie about: two formats in one, rotated parts, New Year, zones that are assumed; what is told of them."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.system.logs import combined, joined, json_lines
from tests.system.tool import run


def scan(*arguments: Any) -> Any:
    return json.loads(run("scan", *arguments, "--format", "json").stdout)


@pytest.mark.parametrize(
    ("order", "tied"), [("interleaved", False), ("changed", False), ("changed", True), ("interleaved", True)]
)
def test_a_file_with_two_formats_is_read_as_both(tmp_path: Path, order: str, *, tied: bool) -> None:
    one, two = combined(90), json_lines(90 if tied else 45)
    pairs = [line for pair in zip(one, [*two, *two], strict=False) for line in pair]
    lines = [*one, *two] if order == "changed" else pairs[: 2 * len(two)] + one[len(two) :]
    log = tmp_path / "a.log"
    log.write_bytes(joined(lines))
    document = scan(log)
    (read,) = document["inputs"]
    assert (read["events"], read["rejects"], read["dataset"]) == (len(one) + len(two), 0, read["dataset"])
    datasets = {json.loads(line)["event.dataset"] for line in run("events", log, "--all").stdout.splitlines()}
    assert "combined" in datasets
    assert len(datasets) == 2
    assert ("mixes formats" in read.get("doubt", "")) is tied
    told = run("report", log, "-o", tmp_path / "r.html")
    assert ("mixes formats" in told.stderr) is tied
    assert ("<b>combined and " in (tmp_path / "r.html").read_text("utf-8")) is tied


def test_how_a_log_was_rotated_changes_no_finding_and_no_gap(tmp_path: Path) -> None:
    lines = [*combined(300), *combined(200, start=datetime(2026, 3, 12, 18, tzinfo=UTC))]
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    for folder in (whole, parts):
        folder.mkdir()
    (whole / "access.log").write_bytes(joined(lines))
    for name, part in {"access.log": lines[300:], "access.log.1": lines[120:300], "access.log.2": lines[:120]}.items():
        (parts / name).write_bytes(joined(part))
    one, three = scan(whole), scan(parts)
    keys = ("id", "cause", "counts", "pattern", "first_seen", "last_seen", "state", "rate")
    assert [[each[key] for key in keys] for each in one["findings"]] == [
        [each[key] for key in keys] for each in three["findings"]
    ]
    (log,) = three["coverage"]
    assert [Path(part).name for part in log["parts"]] == ["access.log.2", "access.log.1", "access.log"]
    gaps = [[(gap["from"], gap["to"]) for gap in each["coverage"][0]["gaps"]["longest"]] for each in (one, three)]
    assert gaps[0] == gaps[1] != []
    assert log["gaps"]["longest"][0]["line"] == 1
    assert {each["log"] for each in three["inputs"]} == {str(parts / "access.log")}
    run("report", parts, "-o", tmp_path / "r.html")
    assert "access.log and 2 older parts" in (tmp_path / "r.html").read_text("utf-8")


def test_a_log_over_new_year_that_was_copied_later_is_in_its_years(tmp_path: Path) -> None:
    begin = datetime(2025, 12, 29, tzinfo=UTC)
    rows = [
        (begin + timedelta(hours=n)).strftime("%b %e %H:%M:%S gate sshd[7]: Failed password for ada")
        for n in range(160)
    ]
    log = tmp_path / "auth.log"
    log.write_bytes(joined(rows))
    os.utime(log, (1_794_000_000, 1_794_000_000))  # November 2026
    (read,) = scan(log)["inputs"]
    assert (read["first"], read["last"]) == ("2025-12-29T00:00:00Z", "2026-01-04T15:00:00Z")


def test_the_assumed_zone_is_stated_in_every_output(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(joined(["2026-03-12 06:25:24,120 ERROR app.auth - token refused: 401 Unauthorized"] * 3))
    options = (log, "--tz", "Europe/Berlin")
    said = "imes that name no zone were read as Europe/Berlin: 3 of 3"
    assert scan(*options)["inputs"][0]["timezone"] == "Europe/Berlin"
    assert said in run("scan", *options).stdout
    assert said in run("report", *options, "-o", tmp_path / "r.html").stderr
    assert said in (tmp_path / "r.html").read_text("utf-8")
    rows = [json.loads(line) for line in run("events", *options, "--all").stdout.splitlines()]
    assert {(row["@timestamp"], row["event.timezone"]) for row in rows} == {
        ("2026-03-12T05:25:24.120Z", "Europe/Berlin (assumed)")
    }
    named = tmp_path / "b.log"
    named.write_bytes(joined(combined(20)))
    assert "imes that name no zone were read as UTC: 0 of 20" in run("scan", named).stdout
