"""Sources read one after the other: what is bad is told, what is empty is shown, a stop keeps what was read."""

import gzip
import hashlib
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from logscan.engine.local import Local, Ran, Settings
from logscan.engine.plan import Plan, Task
from logscan.ingest.source import Source, find_sources
from tests.engine.chunk_of import NOW, make_plan
from tests.system.logs import application, combined, joined

LOG = joined(combined(200))


@pytest.fixture(scope="module")
def plan() -> Plan:
    return make_plan()


def ran(plan: Plan, folder: Path, sources: list[Source], progress: Callable[[int], None] = print, **other: Any) -> Ran:
    settings = Settings("UTC", NOW, None, 1 << 20, 2, None, lambda: False)._replace(**other)
    return Local(plan, settings, folder, progress).run(sources)


def sources(*paths: Path) -> list[Source]:
    return find_sources([str(path) for path in paths]).sources


def test_every_source_is_read_and_hashed(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(LOG)
    (tmp_path / "b.log.gz").write_bytes(gzip.compress(LOG))
    done = ran(plan, tmp_path, sources(tmp_path / "a.log", tmp_path / "b.log.gz"))
    assert (done.lines, done.events, done.faults, done.partial) == (400, 400, (), False)
    for path in (tmp_path / "a.log", tmp_path / "b.log.gz"):
        opened = done.opened[str(path)]
        assert opened.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        assert opened.why.startswith("combined read ")
    assert {tally.bytes for tally in done.merged.tallies.values()} == {len(LOG)}


def test_bad_sources_are_told_and_the_others_read(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(LOG)
    (tmp_path / "b.log").write_bytes(bytes(range(256)) * 50)
    (tmp_path / "c.log").write_bytes(b"")
    (tmp_path / "d.log").write_bytes(LOG)
    found = sources(tmp_path)
    (tmp_path / "d.log").unlink()
    done = ran(plan, tmp_path, found)
    assert [Path(fault.where.path).name for fault in done.faults] == ["b.log", "d.log"]
    assert all(fault.hint for fault in done.faults)
    assert {Path(path).name: tally.lines for path, tally in done.merged.tallies.items()} == {"a.log": 200, "c.log": 0}


def test_standard_input_is_a_source(plan: Plan, tmp_path: Path) -> None:
    done = ran(plan, tmp_path, [Source("-", None, None, None)], stdin=io.BytesIO(LOG))
    assert done.lines == 200
    closed = ran(plan, tmp_path, [Source("-", None, None, None)])
    assert "standard input is not open" in str(closed.faults[0])


def test_progress_adds_up_to_what_is_stored(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "a.log.gz"
    path.write_bytes(gzip.compress(LOG))
    steps: list[int] = []
    ran(plan, tmp_path, sources(path), steps.append, chunk=4096)
    assert len(steps) > 3
    assert sum(steps) == path.stat().st_size


def test_a_stop_keeps_what_was_read_until_then(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(LOG)
    (tmp_path / "b.log").write_bytes(LOG)
    handed: list[int] = []
    done = ran(plan, tmp_path, sources(tmp_path), handed.append, chunk=4096, stop=lambda: len(handed) >= 2)
    assert done.partial
    (tally,) = done.merged.tallies.values()
    assert 0 < tally.lines < 200
    assert all(line <= tally.lines for line in done.merged.classified.lazy().collect()["logscan.line"])
    assert done.opened[str(tmp_path / "a.log")].why


def test_a_format_that_is_named_is_the_only_one(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(LOG)
    done = ran(plan, tmp_path, sources(tmp_path), log_format="nginx-error")
    assert (done.events, done.lines) == (0, 200)
    assert done.opened[str(tmp_path / "a.log")].why == "as told by --log-format"


def test_events_of_several_lines_are_never_divided_and_looking_back_asks_few_questions(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from logscan.engine import local

    asked: list[int] = []
    judge = local._last_event

    def judged(lines: Sequence[bytes], task: Task, **more: Any) -> int | None:
        asked.append(len(lines))
        return judge(lines, task, **more)

    monkeypatch.setattr(local, "_last_event", judged)
    long = [application(3)[0], *["    at com.example.Deep.call(Deep.java:7)"] * 400]
    (tmp_path / "a.log").write_bytes(joined([*application(30), *long, *application(30)]))
    whole = ran(plan, tmp_path, sources(tmp_path))
    parts = ran(plan, tmp_path, sources(tmp_path), chunk=3000)
    keys = ["logscan.line", "event.original", "logscan.cause"]
    got = [each.merged.classified.lazy().select(keys).collect() for each in (whole, parts)]
    assert got[0].equals(got[1])
    assert isinstance(got[0], pl.DataFrame)
    assert len(asked) < 60


def test_a_directive_governs_the_lines_of_later_chunks(plan: Plan, tmp_path: Path) -> None:
    heads = [
        "#Fields: date time s-ip cs-method cs-uri-stem cs-username c-ip sc-status sc-substatus sc-win32-status",
        "#Fields: c-ip sc-status time s-sitename sc-win32-status cs-uri-stem",
    ]
    rows = [
        "2026-03-12 06:{:02}:00 192.0.2.44 GET /a - 192.0.2.7 401 1 1326",
        "192.0.2.8 401 06:{:02}:00 W3SVC1 1331 /b",
    ]
    lines = ["#Software: Microsoft Internet Information Services 10.0"]
    for at in range(6):
        lines += [f"#Date: 2026-03-{12 + at} 00:00:00", heads[at % 2]]
        lines += [rows[at % 2].format(minute) for minute in range(50)]
        lines += application(3) if at == 3 else []
    (tmp_path / "a.log").write_bytes(joined(lines))
    whole = ran(plan, tmp_path, sources(tmp_path))
    keys = ["logscan.line", "@timestamp", "source.address", "error.type", "logscan.cause"]
    want = whole.merged.classified.lazy().select(keys).collect().sort("logscan.line")
    assert want.filter(pl.col("error.type").is_not_null())["logscan.cause"].value_counts(sort=True).rows() == [
        ("username_password_invalid", 150),
        ("account_inactive_or_restricted", 150),
    ]
    (tally,) = whole.merged.tallies.values()
    assert tally.blank == 13
    for size in (200, 1000, 5000):
        parts = ran(plan, tmp_path, sources(tmp_path), chunk=size)
        assert parts.merged.classified.lazy().select(keys).collect().sort("logscan.line").equals(want)
        assert list(parts.merged.tallies.values()) == [tally]
