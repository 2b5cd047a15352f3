"""What a condition cannot match without."""

from typing import Any

import polars as pl
import pytest

from logscan.rules.needs import Needs, express_needs, needed, union
from logscan.rules.tree import Never
from tests.rules.test_gate import tree

EXPIRED = {"message|contains": "Token Expired"}
DENIED = {"http.response.status_code": [401, 403]}


def need_of(detection: dict[str, Any], *, text_first: bool = False) -> Needs:
    return needed(tree(detection), text_first=text_first)[0]


def texts(need: Needs) -> set[str]:
    return {text for _, text in need.literals}


def test_of_an_and_the_number_or_when_asked_the_text() -> None:
    both = {"a": EXPIRED, "b": DENIED, "condition": "a and b"}
    assert {number for _, number in need_of(both).numbers} == {401, 403}
    assert texts(need_of(both)) == set()
    assert texts(need_of(both, text_first=True)) == {"token expired"}
    assert need_of(both, text_first=True).numbers == frozenset()


def test_of_an_or_everything() -> None:
    need = need_of({"a": EXPIRED, "b": DENIED, "condition": "a or b"})
    assert (texts(need), {number for _, number in need.numbers}) == ({"token expired"}, {401, 403})


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"message|contains": ["A", "B"]}, {"a", "b"}),
        ({"message": "a*longest?b"}, {"longest"}),
        ({"message|startswith": "Start"}, {"start"}),
        ({"message|re": "invalid (key|token)"}, {"invalid "}),
        ({"message|contains|cased": "TOKEN ÄÖ"}, {"token "}),
        ({"message|contains|all": ["short", "the longest"]}, {"the longest"}),
    ],
)
def test_texts_that_must_be_there(item: dict[str, Any], expected: set[str]) -> None:
    assert texts(need_of({"a": item, "condition": "a"})) == expected


@pytest.mark.parametrize(
    "item",
    [{"message|re": "[a-z]+"}, {"message": ""}, {"http.response.status_code|gte": 400}, {"message|exists": True}],
)
def test_what_has_no_text_is_asked_as_it_stands(item: dict[str, Any]) -> None:
    need = need_of({"a": item, "condition": "a"})
    assert need.leaves
    assert not need.literals


@pytest.mark.parametrize(
    "detection", [{"a": {"message": None}, "condition": "a"}, {"a": EXPIRED, "condition": "not a"}]
)
def test_of_absence_nothing_is_known(detection: dict[str, Any]) -> None:
    assert needed(tree(detection)) == ()


def test_never_needs_what_is_never_there() -> None:
    (need,) = needed(Never())
    assert pl.DataFrame({"message": ["x"]}).with_columns(x=express_needs(need, None))["x"].to_list() == [False]


def test_needs_are_joined_and_asked_together() -> None:
    need = union([need_of({"a": EXPIRED, "condition": "a"}), need_of({"a": DENIED, "condition": "a"})])
    frame = pl.DataFrame({"message": ["token expired", None], "http.response.status_code": [None, 401]})
    assert frame.with_columns(x=express_needs(need, None))["x"].to_list() == [True, True]
    assert frame.with_columns(x=express_needs(need, ["message"]))["x"].to_list() == [True, False]


def test_a_second_need_is_told_when_it_is_of_the_same_column() -> None:
    words, said = {"message|contains": ["invalid", "denied"]}, {"message|re|i": "(client|app) (id|key)"}
    generic = {"a": words, "b": said, "c": DENIED, "condition": "a and b"}
    found = [texts(need) for need in needed(tree(generic))]
    assert len(found) == 2
    assert {"invalid", "denied"} in found
    with_status = generic | {"condition": "a and c"}
    assert [texts(need) for need in needed(tree(with_status))] == [set()]


def test_parts_of_an_or_lend_their_only_need_twice() -> None:
    words, said = {"message|contains": ["invalid", "denied"]}, {"message|contains": ["client"]}
    either = {"a": words, "b": said, "c": EXPIRED, "condition": "(a and b) or c"}
    first, second = (texts(need) for need in needed(tree(either)))
    assert "token expired" in first & second
    assert first | second == {"invalid", "denied", "client", "token expired"}
