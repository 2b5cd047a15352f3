"""Metrics for node_exporter."""

import re
from pathlib import Path
from typing import Any

from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from logscan.alert.sinks.sink import Delivery, Entry
from logscan.alert.sinks.textfile import Textfile, metrics
from tests.alert.documents import told
from tests.alert.made import HOUR, START

HEALTH: dict[str, Any] = {
    "evaluated": "2026-03-12T06:00:00Z", "until": "2026-03-12T05:59:00Z", "lines": 10, "events": 9, "rejects": 1, "failures": 2,
    "faults": 0, "findings": [["high", "open", 1], ["low", "closed", 3]], "outbox": [("chat", 4, 1)],
}  # fmt: skip


def values(delivery: Delivery) -> dict[tuple[str, ...], float]:
    families = text_string_to_metric_families(generate_latest(metrics(delivery)).decode())
    return {(s.name, *sorted(s.labels.values())): s.value for family in families for s in family.samples}


def test_runs_and_what_goes_on_are_told() -> None:
    found = values(Delivery((), [told("new")], START, HOUR, HEALTH))
    assert found["logscan_last_run_timestamp_seconds",] == START.timestamp()
    assert found["logscan_last_event_timestamp_seconds",] == START.timestamp() - 60
    assert found["logscan_window_rejects",] == 1
    assert found["logscan_findings", "closed", "low"] == 3
    assert found["logscan_incidents", "active", "high"] == 1
    assert found["logscan_outbox_waiting", "chat"] == 4
    assert found["logscan_outbox_refused", "chat"] == 1
    assert [value for name, value in found.items() if name[0] == "logscan_incident_active"] == [1]


def test_before_the_first_evaluation_there_is_only_the_run() -> None:
    assert set(values(Delivery((), (), START, HOUR))) == {("logscan_last_run_timestamp_seconds",)}


def test_no_line_has_a_time_stamp_and_no_name_is_that_of_a_counter() -> None:
    text = generate_latest(metrics(Delivery((), [told("new")], START, HOUR, HEALTH))).decode()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z_]+(\{.*\})? [0-9.e+-]+", line) for line in lines)
    assert not re.search(r"_total|_created", text)


def test_what_is_expected_is_a_time() -> None:
    due = told("new")
    due["incident"] |= {"due": "2026-03-13T06:00:00Z", "status": "due"}
    found = values(Delivery((), [due], START, HOUR))
    assert START.timestamp() + 86400 in found.values()
    assert not [name for name in found if name[0] == "logscan_incident_active"]


def test_series_are_bounded_and_the_worst_are_among_them() -> None:
    many = [
        {
            **told("new"),
            "severity": "critical" if k == 999 else "low",
            "incident": {**told("new")["incident"], "id": f"i{k}"},
        }
        for k in range(1000)
    ]
    found = [name for name in values(Delivery((), many, START, HOUR)) if name[0] == "logscan_incident_active"]
    assert len(found) == 200
    assert any("i999" in name for name in found)


def test_hostile_labels_stay_labels() -> None:
    bad = told("new")
    bad["finding"]["cause"] = 'x"} 1\nevil{a="\\'
    found = values(Delivery((), [bad], START, HOUR))
    assert any('x"} 1\nevil{a="\\' in name for name in found)


def test_the_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "logscan.prom"
    delivery = Delivery((Entry("a", told("new")),), (), START, HOUR)
    for _ in range(2):
        assert Textfile("file", path).deliver(delivery).delivered == {"a"}
    assert [each.name for each in path.parent.iterdir()] == ["logscan.prom"]
    assert path.stat().st_mode & 0o777 == 0o644
    path.unlink()
    path.mkdir()
    assert str(path) in Textfile("file", path).deliver(delivery).fault
    assert [each.name for each in path.parent.iterdir()] == ["logscan.prom"]


def test_what_it_takes_with_this_waits_no_more() -> None:
    health = {**HEALTH, "outbox": [("chat", 4, 1), ("metrics", 2, 0)]}
    pending = (Entry("a", told("new")), Entry("b", told("new")))
    text = generate_latest(metrics(Delivery(pending, [], START, HOUR, health), "metrics")).decode()
    assert 'logscan_outbox_waiting{sink="metrics"} 0.0' in text
    assert 'logscan_outbox_waiting{sink="chat"} 4.0' in text
