"""Bytes to findings: the counts of an answer agree with each other and with the log."""

import gzip
import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from logscan.engine.request import Request
from logscan.engine.scan import Answer, scan_logs
from tests.engine.chunk_of import NOW
from tests.scenarios.signatures import fail, refuse
from tests.scenarios.world import Hit, make_world
from tests.scenarios.written import write
from tests.system.logs import NOON, combined, joined

LINES = combined(200)


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> Answer:
    path = tmp_path_factory.mktemp("logs") / "a.log"
    path.write_bytes(joined(LINES))
    return scan_logs(Request((str(path),), NOW, b"k" * 32), lambda _: None)


def test_every_failure_is_in_one_finding(answer: Answer) -> None:
    refused = sum('" 401 ' in line for line in LINES)
    scan = answer.scan
    assert scan.auth_failures == refused == sum(found.counts.events for found in scan.findings)
    assert sum(scan.by_cause.values()) == refused
    assert {found.cause for found in scan.findings} == set(scan.by_cause)


def test_the_timeline_holds_every_event_once(answer: Answer) -> None:
    scan = answer.scan
    assert sum(count for _, _, count in scan.timeline) == scan.events == 200
    assert sum(count for _, what, count in scan.timeline if what in scan.by_cause) == scan.auth_failures
    assert list(scan.timeline) == sorted(scan.timeline)
    assert {at.tzinfo is not None and at.second == 0 for at, _, _ in scan.timeline} == {True}


def test_findings_lie_within_the_log(answer: Answer) -> None:
    last = NOON + timedelta(seconds=7 * 199)
    for found in answer.scan.findings:
        assert found.first_seen is not None
        assert found.last_seen is not None
        assert found.first_seen >= NOON
        assert found.first_seen <= found.last_seen <= last
        assert found.cause in answer.library.taxonomy.causes
        assert found.pattern in answer.library.taxonomy.patterns
        assert found.playbook in answer.library.playbooks


def test_ids_are_stable_when_more_of_the_same_follows(answer: Answer, tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(joined(combined(230)))
    longer = scan_logs(Request((str(path),), NOW, b"k" * 32), lambda _: None).scan
    assert len({found.id for found in answer.scan.findings}) == len(answer.scan.findings)
    assert {found.id for found in answer.scan.findings if found.scope.values} & {found.id for found in longer.findings}


def test_nothing_read_is_an_empty_answer(tmp_path: Path) -> None:
    scan = scan_logs(Request((str(tmp_path / "none"),), NOW, b"k" * 32), lambda _: None).scan
    assert (scan.inputs, scan.findings, scan.lines, scan.timeline) == ((), (), 0, ())
    assert len(scan.faults) == 1


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Everybody is refused for a while, one for good, a job by the clock, and strays."""
    world = make_world("one answer", span=30_000, clients=(10, 10), hits=900)
    routes, hits = world.routes, list(world.hits)
    refuse([hit for hit in hits if hit.path.startswith(routes)], 6000, 11_000)
    client = world.fresh()
    refuse(world.ask(client, world.paced(0, 30_000, 120), routes), 19_000)
    fail(world, world.fresh(), [at + 7.0 for at in range(0, 30_000, 1200)], routes[0])
    world.hits.append(Hit(25_000.0, world.fresh().address, routes[0], 401))
    world.shapes = ("combined",)
    folder = tmp_path_factory.mktemp("world")
    write(world, folder)
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir(), reverse=True)).splitlines(keepends=True)


def _told(folder: Path, files: dict[str, list[bytes]], **rest: Any) -> set[tuple[Any, ...]]:
    for name, lines in files.items():
        data = b"".join(lines)
        (folder / name).write_bytes(gzip.compress(data, mtime=0) if name.endswith(".gz") else data)
    paths = tuple(str(folder / name) for name in files)
    found = scan_logs(Request(paths, NOW, b"k" * 32, **rest), lambda _: None).scan.findings
    return {
        (f.id, f.cause, f.pattern, f.state, f.scope, f.period_s, f.onset_before, f.onset_after, f.last_seen, f.counts)
        for f in found
    }


def _thirds(log: list[bytes]) -> dict[str, list[bytes]]:
    third = len(log) // 3
    return {"a.log": log[2 * third :], "a.log.2.gz": log[:third], "a.log.1": log[third : 2 * third]}


def _shuffled(log: list[bytes]) -> dict[str, list[bytes]]:
    return {"a.log": random.Random(5).sample(log, len(log))}  # noqa: S311


_WAYS: dict[str, tuple[Callable[[list[bytes]], dict[str, list[bytes]]], dict[str, int]]] = {
    "small chunks": (lambda log: {"a.log": log}, {"chunk": 9000, "jobs": 1}),
    "three jobs": (lambda log: {"a.log": log}, {"chunk": 30_000, "jobs": 3}),
    "rotated, in any order": (_thirds, {}),
    "lines in any order": (_shuffled, {}),
    "plain and packed": (lambda log: {"a.log": log, "a.log.gz": log}, {}),
    "half packed": (lambda log: {"a.log": log, "a.log.gz": log[: len(log) // 2]}, {}),
}


@pytest.fixture(scope="module")
def whole(log: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> set[tuple[Any, ...]]:
    found = _told(tmp_path_factory.mktemp("whole"), {"a.log": log})
    assert {"sustained_closed", "sustained_open", "fixed_interval"} <= {each[2] for each in found}
    return found


@pytest.mark.parametrize("way", _WAYS)
def test_findings_do_not_depend_on_how_the_log_is_laid_out_or_read(
    way: str, log: list[bytes], whole: set[tuple[Any, ...]], tmp_path: Path
) -> None:
    laid_out, rest = _WAYS[way]
    assert _told(tmp_path, laid_out(log), **rest) == whole
