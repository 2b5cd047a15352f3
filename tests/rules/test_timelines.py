"""Rules on what is worth telling judge their own timelines."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from logscan.model.errors import Faults
from logscan.model.resources import rules_dir
from logscan.rules.alerts import load_alerts
from logscan.rules.timelines import alert_doubts, check_alerts, timeline
from tests.rules.test_alerts import CHOICE, JOINED, load


def told(folder: Path, joined: str = JOINED, choice: str = CHOICE) -> list[str]:
    return [
        f"{each.where.line} {each.where.key}: {each.what}" for each in check_alerts(load(folder, choice, joined)).faults
    ]


def test_the_shipped_rules_judge_their_timelines_as_they_say() -> None:
    rules = load_alerts([rules_dir()])
    checked = check_alerts(rules)
    assert not checked.faults
    assert checked.samples == sum(len(each.meaning[kind]) for each in rules.correlations for kind in ("hits", "misses"))
    found = alert_doubts(rules)
    assert not [*found.faults, *found.notes]


def test_a_hit_that_is_none_and_a_miss_that_is_one_have_their_place(tmp_path: Path) -> None:
    swapped = JOINED.replace("hits", "x").replace("misses", "hits").replace("x:", "misses:")
    assert told(tmp_path, swapped) == [
        "21 logscan.hits.0: the rule does not speak of its hit",
        "20 logscan.misses.0: the rule speaks of its miss",
    ]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            "severity: high}",
            "severity: high, events: many}",
            "20 logscan.hits.0.0.events: `many` does not fit its column",
        ),
        ("'2026-03-12T10:00:00Z', cause", "yesterday, cause", "20 logscan.hits.0.0.at: `yesterday`"),
    ],
)
def test_a_value_that_fits_no_column_has_its_place(tmp_path: Path, old: str, new: str, fault: str) -> None:
    assert any(each.startswith(fault) for each in told(tmp_path, JOINED.replace(old, new, 1)))


@pytest.mark.parametrize(
    ("sample", "fault"),
    [
        ("{at: '2026-03-12T10:00:00Z'}", "is no timeline"),
        ("[]", "is no timeline"),
        ("[1]", "is no timeline"),
        ("[{severity: high}]", "has no time"),
        ("[{at: '2026-03-12T10:00:00Z', severty: high}]", "unknown column `severty`"),
    ],
)
def test_what_is_no_timeline_is_refused_when_it_is_loaded(tmp_path: Path, sample: str, fault: str) -> None:
    joined = JOINED.replace("[[{at: '2026-03-12T10:00:00Z', cause: x, severity: high}]]", f"[{sample}]")
    with pytest.raises(Faults) as wrong:
        load(tmp_path, joined=joined)
    assert fault in str(wrong.value)


def test_a_timeline_knows_ages_and_lengths() -> None:
    frame = timeline(
        [
            {"at": "2026-03-12T10:00:00Z", "next_expected": "2026-03-12T12:00:00Z"},
            {"first_seen": "2026-03-12T09:00:00Z", "last_seen": datetime(2026, 3, 12, 11, tzinfo=UTC), "age_s": 7},
        ]
    )
    assert frame["age_s"].to_list() == [3600.0, 7.0]
    assert frame["lasted_s"].to_list() == [0.0, 7200.0]
    assert frame["next_in_s"].to_list() == [3600.0, None]
    assert frame["id"].to_list() == ["f0", "f1"]


def test_a_choice_that_nothing_fulfils_is_a_fault(tmp_path: Path) -> None:
    never = CHOICE.replace("  condition: bad", "  low: {severity: low}\n  condition: bad and low")
    found = alert_doubts(load(tmp_path, never))
    assert [each.what for each in found.faults] == ["never matches: what it asks for excludes itself"]


def test_a_rule_whose_hits_another_one_tells_first_is_told(tmp_path: Path) -> None:
    other = JOINED.replace("severe_failures", "wider").replace("9c99", "9c98").replace("priority: 80", "priority: 90")
    notes = alert_doubts(load(tmp_path, joined=f"{JOINED}---\n{other}")).notes
    assert [each.what for each in notes] == ["never speaks: `wider` (priority 90) tells all of its hits first"]
