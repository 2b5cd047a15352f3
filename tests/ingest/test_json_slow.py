"""One JSON line at a time."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.ingest.json_paths import plan
from logscan.ingest.json_slow import DEEPEST, BrokenError, deeper, flat_line, leaves, parse_object, to_json, trimmed

VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=4), VALUE, max_size=4))
def test_a_parsed_object_is_written_back_as_it_was(value: dict[str, object]) -> None:
    assert json.loads(to_json(parse_object(json.dumps(value)))) == value


@pytest.mark.parametrize("number", ["1.50", "-0", "1e400", "123456789012345678901234567890123456789012345", "0.1"])
def test_numbers_stay_as_written(number: str) -> None:
    assert to_json(parse_object(f'{{"a":{number}}}')) == f'{{"a":{number}}}'


def test_the_first_of_equal_keys_counts() -> None:
    assert parse_object('{"a":1,"a":2}') == {"a": "1"}


def test_what_python_writes_for_no_number_is_null() -> None:
    assert parse_object('{"a":NaN,"b":-Infinity}') == {"a": None, "b": None}


def test_a_raw_tab_in_a_text_is_forgiven() -> None:
    assert parse_object('{"a":"x\ty"}') == {"a": "x\ty"}


def test_a_lone_surrogate_stays_an_escape() -> None:
    assert to_json(parse_object('{"a":"\\ud800é"}')) == '{"a":"\\ud800\\u00e9"}'


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"a":1', "JSON breaks at character 7: expecting ',' delimiter"),
        ('{"a" 1}', "JSON breaks at character 6: expecting ':' delimiter"),
        ("nope", "JSON breaks at character 1: expecting value"),
        ('{"a":1} x', "JSON breaks at character 9: extra data"),
        ("[1]", "JSON, but not an object"),
        ("[" * 10_000, f"JSON is nested deeper than {DEEPEST}"),
        ('{"a":' * 10_000 + "1" + "}" * 10_000, f"JSON is nested deeper than {DEEPEST}"),
    ],
)
def test_a_broken_line_says_where(line: str, why: str) -> None:
    with pytest.raises(BrokenError) as caught:
        parse_object(line)
    assert str(caught.value) == why


def test_brackets_in_texts_are_no_depth() -> None:
    assert not deeper('{"a":"' + "[" * 1_000 + '"}', 3)
    assert not deeper('{"a":[' + "{}," * 1_000 + "{}]}", 3)
    assert deeper("[[[[]]]]", 3)


@pytest.mark.parametrize("line", [' {"a":1}\r', '\x1e{"a":1}', '\ufeff{"a":1}', '  {"a":1},', '{"a":1} , '])
def test_what_stands_around_an_object_is_taken_off(line: str) -> None:
    assert trimmed(line) == '{"a":1}'


def test_a_broken_line_has_no_leaves() -> None:
    assert leaves('{"a"', plan(("a",)).tree(frozenset("a"))) is None


def test_leaves_become_a_flat_line() -> None:
    ready = plan(("a", "b", "c", "d"))
    found = leaves('{"a":{"x":[1]},"b":true,"c":-1.50,"d":1e999}', ready.tree(ready.keys))
    assert found is not None
    assert json.loads(flat_line(found)) == {"0": '{"x":[1]}', "1": True, "2": -1.5, "3": None}
