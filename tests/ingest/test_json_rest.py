"""What has no column."""

import json

from hypothesis import given
from hypothesis import strategies as st

from logscan.ingest.json_rest import rests
from logscan.ingest.keyed import Group

GROUPS = (Group(numeric=False, paths=("msg", "m.text")), Group(numeric=True, paths=("status", "code")))


def left(line: str) -> object:
    text = rests([line], GROUPS)[0]
    return None if text is None else json.loads(text)


def test_only_the_first_path_that_filled_a_column_is_taken() -> None:
    assert left('{"m":{"text":"b","x":1},"msg":"a"}') == {"m": {"text": "b", "x": 1}}
    assert left('{"m.text":"b","x":1}') == {"x": 1}


def test_a_word_does_not_fill_a_number() -> None:
    assert left('{"status":"ok","code":"200 OK"}') == {"status": "ok"}


def test_objects_that_are_empty_then_go_too() -> None:
    assert left('{"m":{"text":"b"},"x":{}}') == {"x": {}}


def test_containers_and_nulls_stay() -> None:
    assert left('{"msg":["a"],"status":null}') == {"msg": ["a"], "status": None}


def test_nothing_left_is_null_and_so_is_a_broken_line() -> None:
    assert left('{"msg":"a"}') is None
    assert left('{"msg"') is None


@given(st.dictionaries(st.sampled_from(["msg", "m", "status", "code", "x", "y"]), st.text(max_size=3), max_size=6))
def test_what_is_left_stood_in_the_line(value: dict[str, str]) -> None:
    found = left(json.dumps(value))
    assert found is None or (isinstance(found, dict) and found.items() <= value.items())
    assert {key for key in value if key in "xy"} <= set(found or {})
