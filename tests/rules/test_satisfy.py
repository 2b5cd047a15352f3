"""A condition is called impossible only when no row can fulfil it."""

from pathlib import Path

import pytest
from hypothesis import given
from sigma.rule import SigmaRule

from logscan.rules.backend import Backend, merged
from logscan.rules.satisfy import impossible
from logscan.rules.tree import Node
from tests.rules.folder import load_one
from tests.rules.oracle import COLUMNS, DETECTIONS, ROWS, holds, written

IMPOSSIBLE = [
    "s: {http.response.status_code: 401}\nt: {http.response.status_code: [403, 404]}\ncondition: s and t",
    "s: {http.response.status_code|gte: 500, http.response.status_code|lt: 500}\ncondition: s",
    "s: {http.response.status_code: 200, http.response.status_code|gt: 300}\ncondition: s",
    "s: {message|contains: a}\ncondition: s and not s",
    "s: {message|contains: a}\nt: {message: null}\ncondition: s and t",
    "s: {message: ready}\nt: {message|contains: broken}\ncondition: s and t",
    "s: {http.request.method: GET}\nt: {http.request.method: POST}\ncondition: all of them",
    "s: {nowhere|contains: a}\ncondition: s",
    "a: {http.response.status_code: 401}\nb: {http.response.status_code: 403}\nc: {http.response.status_code: 200}\ncondition: (a or b) and c",
    "a: {message|contains: x}\nb: {message|contains: y}\ncondition: (a or b) and not (b or a)",
]
POSSIBLE = [
    "s: {http.response.status_code: [401, 403]}\nt: {http.response.status_code: [403, 404]}\ncondition: s and t",
    "s: {http.response.status_code|gte: 500, http.response.status_code|lte: 500}\ncondition: s",
    "s: {message: 'ready*'}\nt: {message|contains: broken}\ncondition: s and t",
    "s: {message: Ready}\nt: {message|endswith: ADY}\ncondition: s and t",
    "s: {message|contains: a}\nt: {error.code: null}\ncondition: s and t",
    "s: {nowhere|contains: a}\ncondition: not s",
    "a: {message|contains: x}\nb: {message|contains: y}\ncondition: (a or b) and not (a and b)",
]


@pytest.mark.parametrize("detection", IMPOSSIBLE)
def test_what_excludes_itself_is_impossible(tmp_path: Path, detection: str) -> None:
    assert impossible(load_one(tmp_path, detection).tree)


@pytest.mark.parametrize("detection", POSSIBLE)
def test_what_a_row_can_fulfil_is_not(tmp_path: Path, detection: str) -> None:
    assert not impossible(load_one(tmp_path, detection).tree)


def tree_of(detection: dict[str, object]) -> Node:
    rule = SigmaRule.from_dict({"title": "t", "logsource": {"category": "x"}, "detection": detection})
    backend = Backend(COLUMNS)
    return merged([backend.tree(condition.parsed) for condition in rule.detection.parsed_condition])


@given(detection=DETECTIONS, rows=ROWS)
def test_a_condition_that_some_row_fulfils_is_never_called_impossible(detection: dict[str, object], rows: list[dict[str, object]]) -> None:  # fmt: skip
    if any(holds(detection, row) for row in rows):
        assert not impossible(tree_of({**detection, "condition": written(detection["condition"])}))


def test_a_condition_of_many_ways_is_left_alone(tmp_path: Path) -> None:
    parts = "\n".join(f"p{at}: [{{message|contains: a{at}}}, {{message|contains: b{at}}}]" for at in range(12))
    assert not impossible(load_one(tmp_path, f"{parts}\ncondition: all of them").tree)
