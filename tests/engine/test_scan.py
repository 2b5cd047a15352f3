"""Bytes to findings: the counts of an answer agree with each other and with the log."""

from datetime import timedelta
from pathlib import Path

import pytest

from logscan.engine.request import Request
from logscan.engine.scan import Answer, scan_logs
from tests.engine.chunk_of import NOW
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
