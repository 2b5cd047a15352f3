"""How scheduled runs stand, in words and as JSON."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from logscan.model.finding import Scope
from logscan.report.index import Told
from logscan.report.status import LastRun, SourceStatus, Status, Waiting, status_json, status_text
from tests.hostile.corpus import PAYLOADS
from tests.report.scans import library

NOW = datetime(2026, 3, 12, 14, 0, tzinfo=UTC)
TOLD = Told(
    "3b0c", "token_expired", "high", "open", Scope("client", ("192.0.2.7",)), 41, NOW - timedelta(hours=2), NOW, "new"
)


def status(**changes: Any) -> Status:
    usual: dict[str, Any] = {
        "at": NOW,
        "sources": (SourceStatus(("/var/log/a.log*",), 3, 1, 2_500_000), SourceStatus(("/var/log/b.log",), 1, 0, 0)),
        "last": LastRun(
            NOW - timedelta(minutes=5), NOW - timedelta(minutes=4), "done", {"files": 2, "lines": 1200, "failures": 9}
        ),
        "lag_s": 300.0,
        "archive_parts": 12,
        "archive_rows": 34_000,
        "archive_bytes": 5_600_000,
        "outbox": (Waiting("pager", 2, 0, NOW - timedelta(minutes=3), "timed out"),),
        "open": (TOLD,),
        "faults": (),
        "wrong": (),
    }
    return Status(**usual | changes)


def test_all_of_it_is_told_in_words() -> None:
    assert status_text(status(), library().taxonomy) == (
        "well: nothing to do\n"
        "last run  2026-03-12 13:55:00 UTC, done in 60 s: 2 files, 1,200 lines, 9 failures\n"
        "source    /var/log/a.log*: 3 files, 2.5 MB in 1 not read\n"
        "source    /var/log/b.log: 1 file, all read\n"
        "lag       5 min\n"
        "archive   5.6 MB in 12 parts, 34,000 rows\n"
        "outbox    pager: 2 waiting, last fault: timed out\n"
        "going on  high: Token has expired, 192.0.2.7, 41 failures since 2026-03-12 12:00:00\n"
    )


def test_what_is_wrong_comes_first() -> None:
    told = status_text(status(wrong=("the last run: failed", "x"), last=None, open=(), lag_s=0.0), library().taxonomy)
    assert told.startswith("attention: the last run: failed; x\nsource ")
    assert told.endswith("going on  nothing\n")


def test_json_holds_the_same_for_a_monitor() -> None:
    found = json.loads(status_json(status()))
    assert found["schema"] == "logscan.status/1"
    assert found["well"] is True
    assert (found["lag_s"], found["lag_bytes"]) == (300.0, 2_500_000)
    assert found["last_run"]["outcome"] == "done"
    assert found["last_run"]["at"] == "2026-03-12T13:55:00.000Z"
    assert found["outbox"] == [
        {"sink": "pager", "waiting": 2, "refused": 0, "oldest": "2026-03-12T13:57:00.000Z", "fault": "timed out"}
    ]
    assert found["open"][0]["scope"] == {"level": "client", "values": ["192.0.2.7"]}


def test_json_before_the_first_run() -> None:
    found = json.loads(status_json(status(last=None, wrong=("there was no run yet",))))
    assert found["last_run"] is None
    assert found["well"] is False


def test_no_terminal_is_steered() -> None:
    for text in PAYLOADS.values():
        hostile = status(
            wrong=(text,),
            sources=(SourceStatus((text,), 1, 0, 0),),
            outbox=(Waiting(text, 1, 1, NOW, text),),
            open=(Told(text, text, text, "open", Scope(text, (text,)), 1, None, None, "new"),),
        )
        told = status_text(hostile, library().taxonomy)
        assert all(char.isprintable() or char == "\n" for char in told)
        json.loads(status_json(hostile))
