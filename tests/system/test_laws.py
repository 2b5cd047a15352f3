"""The same answer, whatever the chunks, the jobs, the files, their order and the machine's zone; and no line lost."""

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from logscan.engine.read import read_logs
from logscan.engine.request import Request
from logscan.engine.scan import scan_logs
from logscan.report.json import findings_json
from tests.system.logs import NOON, application, calls, combined, joined, json_lines, sshd

LOGS: dict[str, Callable[[], list[str]]] = {
    "combined": lambda: combined(300),
    "json": lambda: json_lines(200),
    "application": lambda: application(150),
    "sshd": lambda: sshd(150),
    "mixed": lambda: [*combined(60), *application(30), *json_lines(40), *sshd(20)],
    "shuffled": lambda: [line for rows in zip(combined(40), json_lines(40), sshd(40), strict=True) for line in rows],
}


@dataclass(frozen=True)
class Told:
    """All that a scan says."""

    document: dict[str, Any]
    timeline: Any
    rejected: Any


def ask(*paths: Path, **options: Any) -> Request:
    return Request(tuple(map(str, paths)), datetime(2026, 4, 1, tzinfo=UTC), b"k" * 32, **options)


def told(*paths: Path, **options: Any) -> Told:
    scan = scan_logs(ask(*paths, **options), lambda _: None).scan
    return Told(json.loads(findings_json(scan)), scan.timeline, scan.rejected)


def events(*paths: Path, **options: Any) -> pl.DataFrame:
    """Every event, in the order in which it is told."""
    with read_logs(ask(*paths, all_events=True, **options), lambda _: None) as (ran, _):
        return pl.concat(ran.merged.events.parts())


def write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    os.utime(path, (NOON.timestamp(), NOON.timestamp()))
    return path


@pytest.mark.parametrize("name", LOGS)
def test_the_size_of_chunks_and_the_number_of_jobs_change_nothing(name: str, tmp_path: Path) -> None:
    path = write(tmp_path, "a.log", joined(LOGS[name]()))
    whole = told(path, jobs=1)
    assert whole.document["summary"]["events"] > 0
    assert whole.document["summary"]["auth_failures"] > 0
    assert told(path, chunk=path.stat().st_size // 4, jobs=4) == whole


def test_chunks_smaller_than_a_line_change_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, "a.log", joined([*combined(4), *application(4)]))
    assert told(path, chunk=64, jobs=3) == told(path)


@pytest.mark.parametrize("name", ["application", "shuffled"])
def test_events_come_in_line_order_whatever_the_chunks(name: str, tmp_path: Path) -> None:
    path = write(tmp_path, "a.log", joined(LOGS[name]()[:100]))
    whole = events(path, jobs=1)
    assert whole["logscan.line"].is_sorted()
    assert events(path, chunk=3_000, jobs=4).equals(whole)


def nameless(of: Told) -> tuple[Any, ...]:
    """What is said, without the names of files and the places in them."""
    findings = [
        {**found, "evidence": [line["text"] for line in found["evidence"]]} for found in of.document["findings"]
    ]
    return findings, of.document["summary"], of.timeline


@pytest.mark.parametrize("name", ["combined", "json", "sshd"])
def test_how_a_log_is_split_into_files_changes_nothing(name: str, tmp_path: Path) -> None:
    lines = LOGS[name]()
    whole = nameless(told(write(tmp_path, "whole.log", joined(lines))))
    cuts = [1, 17, len(lines) // 2]
    folder = tmp_path / "parts"
    folder.mkdir()
    for low, high in zip([0, *cuts], [*cuts, len(lines)], strict=True):
        write(folder, f"{low:05}.log", joined(lines[low:high]))
    assert nameless(told(folder)) == whole


def test_where_a_log_is_rotated_changes_nothing_even_between_two_lines_of_one_call(tmp_path: Path) -> None:
    lines = calls(60)
    whole = nameless(told(write(tmp_path, "worker.log", joined(lines))))
    assert whole[1]["by_cause"] == {"api_key_invalid": 30}
    for cut in (len(lines) - 7, len(lines) - 8):
        write(tmp_path, "worker.log.1", joined(lines[:cut]))
        write(tmp_path, "worker.log", joined(lines[cut:]))
        assert nameless(told(tmp_path)) == whole


def test_the_order_of_paths_and_naming_one_twice_change_nothing(tmp_path: Path) -> None:
    paths = [write(tmp_path, f"{name}.log", joined(LOGS[name]())) for name in ("sshd", "combined", "json")]
    assert told(*paths) == told(*reversed(paths), paths[1], tmp_path)


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/St_Johns"])
def test_the_zone_of_the_machine_changes_nothing(zone: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [write(tmp_path, f"{name}.log", joined(LOGS[name]())) for name in ("sshd", "application")]
    before = told(*paths, zone="+02:00")
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        after = told(*paths, zone="+02:00")
    finally:
        monkeypatch.undo()
        time.tzset()
    assert before == after


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    path = write(tmp_path, "a.log", joined(LOGS["mixed"]()))
    one, two = (findings_json(scan_logs(ask(path), lambda _: None).scan) for _ in range(2))
    assert one == two


REAL = [*combined(6), *json_lines(4), *application(6), *sshd(4)]
PIECES = st.one_of(
    st.sampled_from(REAL).map(str.encode),
    st.sampled_from([b"", b" ", b"\t\r", b"\0", b"\xff\xfe", b'{"a":', b"{}", b"[]", b"null", b"at x.y(Z.java:3)"]),
    st.text(max_size=30).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary(max_size=30),
    st.tuples(st.sampled_from(REAL), st.integers(0, 200)).map(lambda cut: cut[0][: cut[1]].encode()),
    st.tuples(st.sampled_from(REAL), st.text(max_size=9)).map(lambda two: "".join(two).encode("utf-8", "replace")),
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(PIECES, min_size=1, max_size=12), st.sampled_from([64, 300, 1_000, 1 << 20]), st.booleans())
@example([application(6)[-1].encode(), b"", b" caused by x", b'{"level":"info","msg":"x"}', b"tail"], 64, True)
def test_no_line_is_lost_or_invented_and_chunks_change_nothing(
    tmp_path: Path, pieces: list[bytes], chunk: int, ended: bool
) -> None:
    # the first line is real: a file of mere bytes is no log and is refused as a whole
    data = b"\n".join([REAL[0].encode(), *pieces]) + (b"\n" if ended else b"")
    path = write(tmp_path, "a.log", data)
    whole = account(path, data)
    parts = account(path, data, chunk=chunk, jobs=1)
    assert whole == parts


def account(path: Path, data: bytes, **options: Any) -> tuple[Any, ...]:
    with read_logs(ask(path, all_events=True, **options), lambda _: None) as (ran, _):
        if ran.faults:  # taken for binary
            return (tuple(map(str, ran.faults)),)
        tally = ran.merged.tallies[str(path)]
        events = pl.concat(ran.merged.events.parts()).sort("logscan.line")
    assert tally.lines == tally.events + tally.rejects + tally.continuations + tally.blank
    assert tally.lines == data.count(b"\n") + (not data.endswith(b"\n"))
    assert events.height == tally.events
    assert events["logscan.line"].is_unique().all()
    starts = [0, *(at + 1 for at, byte in enumerate(data) if byte == 10)]
    assert events["log.offset"].to_list() == [starts[line - 1] for line in events["logscan.line"]]
    return tally, events.rows(), ran.merged.rejects.rows(), ran.merged.totals.sort(pl.all()).rows()
