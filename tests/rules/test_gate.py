"""The gate lets through every row that a rule matches, and few others."""

from copy import deepcopy
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sigma.rule import SigmaRule

from logscan.rules.backend import Backend, merged
from logscan.rules.gate import gate
from logscan.rules.match import match
from logscan.rules.rule import Rule
from logscan.rules.tree import Node
from tests.rules.oracle import COLUMNS, DETECTIONS, ROWS, written

FRAME = pl.DataFrame(
    {
        "message": ["token EXPIRED", "password mismatch", None, "all is well", "no such user"],
        "http.response.status_code": [200, 401, 403, 200, None],
    },
    schema_overrides={"http.response.status_code": pl.UInt16()},
)


def tree(detection: dict[str, Any]) -> Node:
    rule = SigmaRule.from_dict({"title": "t", "logsource": {"category": "x"}, "detection": detection})
    return merged([Backend(COLUMNS).tree(condition.parsed) for condition in rule.detection.parsed_condition])


def rule_of(detection: dict[str, Any], name: str = "r") -> Rule:
    texts: dict[str, Any] = dict.fromkeys(("id", "path", "title", "level", "status", "description", "text"), "")
    empty: dict[str, Any] = dict.fromkeys(("falsepositives", "references", "tags", "unknown"), ())
    meaning = {"cause": "x", "priority": 1}
    return Rule(name=name, kind="causes", logsource={}, meaning=meaning, tree=tree(detection), **texts, **empty)


def passed(*detections: dict[str, Any], frame: pl.DataFrame = FRAME) -> list[int]:
    condition = gate([rule_of(detection) for detection in detections])
    return [at for at, value in enumerate(frame.with_columns(x=condition)["x"]) if value]


@given(st.lists(DETECTIONS, min_size=1, max_size=3), ROWS)
def test_whatever_matches_passes_the_gate(detections: list[dict[str, Any]], events: list[dict[str, Any]]) -> None:
    rules = [
        rule_of(deepcopy(detection) | {"condition": written(detection["condition"])}, f"r{at}")
        for at, detection in enumerate(detections)
    ]
    frame = pl.DataFrame(events, schema=COLUMNS)
    let_through = frame.with_columns(x=gate(rules))["x"]
    assert let_through.null_count() == 0
    assert not (match(frame, rules).select(pl.any_horizontal(pl.all())).to_series() & ~let_through).any()


@given(st.lists(DETECTIONS, min_size=1, max_size=2), ROWS, st.sets(st.sampled_from(sorted(COLUMNS)), min_size=1))
def test_so_it_does_when_columns_are_missing(
    detections: list[dict[str, Any]], events: list[dict[str, Any]], have: set[str]
) -> None:
    rules = [
        rule_of(deepcopy(detection) | {"condition": written(detection["condition"])}, f"r{at}")
        for at, detection in enumerate(detections)
    ]
    frame = pl.DataFrame(events, schema=COLUMNS).select(sorted(have))
    let_through = frame.with_columns(x=gate(rules, have))["x"]
    assert not (match(frame, rules).select(pl.any_horizontal(pl.all())).to_series() & ~let_through).any()


def test_of_an_and_the_most_selective_part_is_asked() -> None:
    text, status = {"message|contains": "expired"}, {"http.response.status_code": 401}
    both = {"a": text, "b": status, "condition": "a and b"}
    assert passed(both) == [1]
    assert passed({"a": text, "b": {"message|re": "x"}, "condition": "a and b"}) == [0]


def test_of_an_or_every_part_is_asked() -> None:
    either = {
        "a": {"message|contains": "expired"},
        "b": {"http.response.status_code": [401, 403]},
        "condition": "a or b",
    }
    assert passed(either) == [0, 1, 2]


def test_several_rules_are_let_through_together() -> None:
    one = {"a": {"message|contains": ["expired", "is well"]}, "condition": "a"}
    assert passed(one, {"a": {"message|startswith": "no such"}, "condition": "a"}) == [0, 3, 4]


def test_nothing_is_known_of_a_not() -> None:
    assert passed({"a": {"message|contains": "expired"}, "condition": "not a"}) == [0, 1, 2, 3, 4]
    assert passed(
        {"a": {"message|contains": "expired"}, "b": {"message|contains": "well"}, "condition": "b and not a"}
    ) == [3]


def test_one_rule_of_which_nothing_is_known_opens_the_gate() -> None:
    known = {"a": {"message|contains": "expired"}, "condition": "a"}
    assert len(passed(known, {"a": {"message": None}, "condition": "a"})) == FRAME.height


def test_without_rules_nothing_passes() -> None:
    assert passed() == []


def test_a_literal_that_holds_another_one_need_not_be_looked_for() -> None:
    condition = gate([rule_of({"a": {"message|contains": ["token expired", "expired", "mismatch"]}, "condition": "a"})])
    assert "token expired" not in str(condition)
    assert "mismatch|expired" in str(condition) or "expired|mismatch" in str(condition)


@pytest.mark.parametrize("text", ["ΑΣ", "İstanbul", "STRAẞE"])
def test_letters_whose_lower_case_depends_on_their_neighbours_are_not_lost(text: str) -> None:
    frame = pl.DataFrame({"message": [f"x{text}y", f"{text}", f"{text}Β", f"Α{text}"]})
    detection = {"a": {"message|contains|cased": text}, "condition": "a"}
    assert passed(detection, frame=frame) == [0, 1, 2, 3]


def test_the_gate_holds_no_python_function() -> None:
    detection = {
        "a": {"source.address|cidr": "192.0.2.0/24"},
        "b": {"message|contains": "expired"},
        "condition": "a and b",
    }
    condition = gate([rule_of(detection)])
    assert condition.meta.root_names() == ["message"]
    assert "python_udf" not in str(condition)
