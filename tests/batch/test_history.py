"""What runs found, remembered for the index."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from logscan.batch.history import HISTORY_TABLES, expire, load_history, record_run, write_index
from logscan.model.finding import Finding, Scan
from logscan.report.index import Entry
from tests.report.scans import empty, finding, library

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
STEP = timedelta(minutes=5)
TOKEN = finding(id="token", state="open")
KEY = finding(id="key", cause="api_key_invalid", family="credential", state="open", severity="critical")


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    made = sqlite3.connect(":memory:", isolation_level=None)
    made.executescript(HISTORY_TABLES)
    yield made
    made.close()


def scan(*findings: Finding, groups: Any = (), **changes: Any) -> Scan:
    return empty(findings=findings, groups=tuple(groups), **changes)


def record(db: sqlite3.Connection, k: int, what: Scan, **named: Any) -> Entry:
    usual: dict[str, Any] = {"at": START + STEP * k, "report": f"r{k}.html", "lines": 10, "failures": 2}
    return record_run(db, what, library().taxonomy, **(usual | named))


def changes(entry: Entry) -> dict[str, str]:
    return {found.id: found.change for found in entry.told}


def test_findings_are_new_once_then_ongoing_then_over(db: sqlite3.Connection) -> None:
    over, quiet = replace(TOKEN, state="resolved"), replace(KEY, state="silent")
    told = [
        record(db, k, scan(*found))
        for k, found in enumerate([(TOKEN,), (TOKEN, KEY), (TOKEN, KEY), (over, quiet), (over, quiet), (TOKEN,)])
    ]
    assert [changes(each) for each in told] == [
        {"token": "new"},
        {"token": "ongoing", "key": "new"},
        {"token": "ongoing", "key": "ongoing"},
        {"token": "resolved", "key": "silent"},
        {},
        {"token": "new"},
    ]


def test_what_leaves_the_time_that_is_looked_at_has_gone_quiet(db: sqlite3.Connection) -> None:
    record(db, 0, scan(TOKEN))
    assert changes(record(db, 1, scan())) == {"token": "silent"}
    assert changes(record(db, 2, scan())) == {}


def test_what_goes_by_another_id_is_known_by_what_fails_and_when(db: sqlite3.Connection) -> None:
    first = replace(TOKEN, state="open")
    assert first.first_seen
    assert first.last_seen
    record(db, 0, scan(first))
    over = replace(first, id="token-2026", state="resolved")
    later = [each + timedelta(days=1) for each in (first.first_seen, first.last_seen)]
    again = replace(first, first_seen=later[0], last_seen=later[1])
    assert changes(record(db, 1, scan(over, again))) == {"token-2026": "resolved", "token": "new"}
    assert changes(record(db, 2, scan(over, replace(again, id="other")))) == {"other": "ongoing"}


def test_what_is_only_seen_otherwise_is_not_new_but_what_was_read_now_is(db: sqlite3.Connection) -> None:
    over = replace(KEY, id="seen-otherwise", state="closed")
    assert over.last_seen
    record(db, 0, scan(TOKEN), first=over.last_seen)
    assert "seen-otherwise" not in changes(record(db, 1, scan(TOKEN, over), first=over.last_seen + STEP))
    late = replace(over, id="late", cause="no_credentials")
    assert changes(record(db, 2, scan(TOKEN, late), first=late.first_seen)) == {"token": "ongoing", "late": "new"}


def test_what_an_earlier_logscan_knew_is_known(db: sqlite3.Connection) -> None:
    record(db, 0, scan(TOKEN))
    db.execute('UPDATE history SET known = \'{"token": "open"}\'')
    assert changes(record(db, 1, scan(TOKEN))) == {"token": "ongoing"}


def test_an_interrupted_run_takes_nothing_for_gone(db: sqlite3.Connection) -> None:
    record(db, 0, scan(TOKEN))
    assert changes(record(db, 1, scan(partial=True))) == {}


def test_benign_findings_are_not_told(db: sqlite3.Connection) -> None:
    assert changes(record(db, 0, scan(finding(id="d", cause="challenge_handshake")))) == {}


def test_a_run_recorded_again_replaces_itself(db: sqlite3.Connection) -> None:
    record(db, 0, scan(TOKEN))
    for _ in range(3):
        assert changes(record(db, 1, scan(TOKEN, KEY))) == {"token": "ongoing", "key": "new"}
    assert len(load_history(db).entries) == 2


def test_what_is_recorded_comes_back(db: sqlite3.Connection) -> None:
    made = [record(db, k, scan(TOKEN, KEY, faults=("x",), partial=k == 1)) for k in range(3)]
    assert list(load_history(db).entries) == made


def hour(k: int) -> datetime:
    return datetime(2026, 3, 2, tzinfo=UTC) + timedelta(hours=k)


def counted(db: sqlite3.Connection) -> dict[tuple[str, int, str], int]:
    rows = load_history(db).rows
    return {(source, int((when - hour(0)) / timedelta(hours=1)), cause): n for source, when, cause, n in rows}


def test_hours_that_a_scan_covers_whole_hold_its_counts_the_others_keep_theirs(db: sqlite3.Connection) -> None:
    record(db, 0, scan(groups=[("a", hour(1), "c", 5), ("a", hour(2), "c", 6), ("b", hour(3), "c", 7)]))
    later = [("a", hour(1), "c", 2), ("a", hour(2), "d", 6), ("a", hour(4), "c", 9)]
    record(db, 1, scan(groups=later), since=hour(1) + timedelta(minutes=20))
    assert counted(db) == {("a", 1, "c"): 5, ("a", 2, "d"): 6, ("a", 4, "c"): 9}


def test_an_hour_that_was_never_covered_is_taken_in_part(db: sqlite3.Connection) -> None:
    record(db, 0, scan(groups=[("a", hour(1), "c", 2)]), since=hour(1) + timedelta(minutes=20))
    assert counted(db) == {("a", 1, "c"): 2}


def test_without_a_begin_everything_is_covered(db: sqlite3.Connection) -> None:
    record(db, 0, scan(groups=[("a", hour(1), "c", 5)]))
    record(db, 1, scan(groups=[("a", hour(2), "c", 1)]))
    assert counted(db) == {("a", 2, "c"): 1}


def test_two_weeks_of_runs_stay_small_and_keep_every_change(db: sqlite3.Connection) -> None:
    for k in range(14 * 288):
        record(
            db,
            k,
            scan(*([TOKEN] if k >= 700 else []), *([KEY] if 900 <= k < 905 else [])),
            report=f"day{k // 288}.html",
        )
    entries = load_history(db).entries
    assert len(entries) < 3 * 288 + 14 + 10
    assert {each.report for each in entries} == {f"day{k}.html" for k in range(14)}
    told = [(found.id, found.change) for each in entries for found in each.told if found.change != "ongoing"]
    assert told == [("token", "new"), ("key", "new"), ("key", "silent")]


def test_the_index_is_the_same_bytes_for_the_same_state(db: sqlite3.Connection, tmp_path: Path) -> None:
    for k in range(3):
        (tmp_path / f"r{k}.html").write_text(f"<!doctype html><title>{k}</title>")
        record(db, k, scan(TOKEN, groups=[("a", hour(1), "token_expired", 5)]))
    write_index(tmp_path, db, library().taxonomy, version="1", title="x")
    first = {path.name: (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino) for path in tmp_path.iterdir()}
    write_index(tmp_path, db, library().taxonomy, version="1", title="x")
    assert {
        path.name: (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino) for path in tmp_path.iterdir()
    } == first
    assert set(first) == {"index.html", "latest.html", "r0.html", "r1.html", "r2.html"}
    assert first["latest.html"][0] == first["r2.html"][0]


def test_a_report_that_is_gone_is_not_linked(db: sqlite3.Connection, tmp_path: Path) -> None:
    (tmp_path / "r1.html").write_text("x")
    for k in range(3):
        record(db, k, scan(TOKEN))
    write_index(tmp_path, db, library().taxonomy, version="1")
    page = (tmp_path / "index.html").read_text("utf-8")
    assert 'href="r1.html"' in page
    assert 'href="r0.html"' not in page
    assert (tmp_path / "latest.html").read_text("utf-8") == "x"


def test_retention_removes_old_reports_and_nothing_else(db: sqlite3.Connection, tmp_path: Path) -> None:
    for name in ("r0.html", "r1.html", "r2.html", "mine.html", "r0.txt"):
        (tmp_path / name).write_text("x")
    outside = tmp_path.parent / "outside.html"
    outside.write_text("x")
    record(db, 0, scan(TOKEN, groups=[("a", START - timedelta(hours=2), "c", 5)]))
    record(db, 1, scan(TOKEN), since=START, report="../outside.html")
    record(db, 2, scan(TOKEN), since=START, report="r1.html")
    record(db, 3, scan(TOKEN), since=START, report="r1.html")
    assert expire(tmp_path, db, START + STEP * 3) == ("r0.html",)
    assert {path.name for path in tmp_path.iterdir()} == {"r1.html", "r2.html", "mine.html", "r0.txt"}
    assert outside.exists()
    history = load_history(db)
    assert [each.report for each in history.entries] == ["r1.html"]
    assert not history.rows
