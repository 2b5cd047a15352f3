"""Two scans compared."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.report.diff import KINDS, compare, diff_json, diff_table, differs

FIRST, LAST = "2026-03-12T00:00:00Z", "2026-03-12T10:00:00Z"


def scan(**events: tuple[int, str]) -> dict[str, Any]:
    findings = [
        {
            "id": name, "cause": "token_expired", "scope": {"level": "client", "values": ["192.0.2.1"]},
            "severity": severity, "pattern": "irregular", "state": "open", "counts": {"events": count},
        }
        for name, (count, severity) in events.items()
    ]  # fmt: skip
    return {"inputs": [{"first": FIRST, "last": LAST}], "findings": findings}


def kinds(before: dict[str, Any], after: dict[str, Any]) -> dict[str, str]:
    return {str(each.finding["id"]): each.kind for each in compare(before, after, times=1.5, chance=0.01)}


def test_new_gone_worse_better_and_the_same() -> None:
    before = scan(a=(100, "medium"), b=(100, "medium"), c=(100, "medium"), d=(5, "low"), e=(100, "low"))
    after = scan(a=(300, "medium"), b=(20, "medium"), c=(104, "medium"), e=(100, "high"), f=(3, "low"))
    assert kinds(before, after) == {"a": "worse", "b": "better", "c": "same", "d": "gone", "e": "worse", "f": "new"}


def test_a_few_more_are_no_change() -> None:
    assert kinds(scan(a=(3, "low")), scan(a=(6, "low"))) == {"a": "same"}


SCANS = st.dictionaries(
    st.sampled_from("abcd"), st.tuples(st.integers(0, 400), st.sampled_from(["low", "medium", "high"])), max_size=4
).map(lambda found: scan(**found))


@given(SCANS, SCANS)
def test_every_finding_is_in_one_change_and_swapping_swaps(one: dict[str, Any], two: dict[str, Any]) -> None:
    there, back = kinds(one, two), kinds(two, one)
    swapped = {"new": "gone", "gone": "new", "worse": "better", "better": "worse", "same": "same"}
    assert there == {name: swapped[kind] for name, kind in back.items()}
    assert there.keys() == {found["id"] for each in (one, two) for found in each["findings"]}


def test_the_probability_is_that_of_the_binomial() -> None:
    """7 of 10 or more, at one half: 176 / 1024, doubled."""
    assert differs(3, 7, (1, 1)) == pytest.approx(2 * 176 / 1024)
    assert differs(1000, 1400, (1, 1)) == pytest.approx(3.5e-16, rel=0.3)
    assert differs(0, 0, (1, 1)) == 1.0


def test_both_forms_tell_the_same_and_hide_what_is_hostile() -> None:
    after = scan(a=(30, "high"))
    after["findings"][0]["scope"]["values"] = ["\x1b[31mred"]
    changes = compare(scan(), after, times=1.5, chance=0.01)
    document = json.loads(diff_json(changes))
    assert document["summary"] == dict.fromkeys(KINDS, 0) | {"new": 1}
    assert document["changes"][0]["per_hour"] == {"before": None, "after": 3.0}
    assert "\x1b" not in diff_table(changes)
    assert "1 new, 0 worse" in diff_table(changes)
