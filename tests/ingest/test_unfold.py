import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.ingest.unfold import Shared, unfolded


def test_a_row_has_what_it_shares_and_its_items_are_named() -> None:
    got = unfolded('["1", "é \\"x\\"", {"t": 1}]', Shared('"stream": {"app": "a"}', ("at", "line", "more")))
    assert json.loads(got) == {"stream": {"app": "a"}, "at": "1", "line": 'é "x"', "more": {"t": 1}}
    assert "\n" not in unfolded('[\n"1"\n]', Shared("", ("at", "line")))


def test_named_values_are_members_and_wrapped_ones_plain() -> None:
    row = '[{"field":"a","value":"1"},{"field":"b.c","value":"2"}]'
    assert json.loads(unfolded(row, Shared("", ()))) == {"a": "1", "b.c": "2"}
    record = '{"attributes":[{"key":"k","value":{"kvlistValue":{"values":[{"key":"x","value":{"intValue":"4"}}]}}}],"body":{"stringValue":"s"}}'
    told = json.loads(unfolded(record, Shared('"resource":{"attributes":[]}', ())))
    assert told == {"resource": {"attributes": []}, "attributes": {"k": {"values": {"x": "4"}}}, "body": "s"}


def test_a_member_above_may_name_the_items() -> None:
    above = '"name":"T","columns":[{"name":"Time","type":"d"},{"name":"Text"}]'
    assert json.loads(unfolded('["1","x"]', Shared(above, ("columns",)))) == {"name": "T", "Time": "1", "Text": "x"}


def test_a_line_of_a_table_becomes_an_object_of_what_it_says() -> None:
    table = Shared("", ("at", "user", "text"), ",")
    assert json.loads(unfolded('1,,"a ""b"", c\nd"', table)) == {"at": "1", "text": 'a "b", c\nd'}
    assert unfolded("1,2", table) == "1,2"


@pytest.mark.parametrize("row", ["[1", "7", '["\\ud800"]', "[" * 5000, '{"a":' * 5000])
def test_what_cannot_be_read_stays(row: str) -> None:
    assert isinstance(unfolded(row, Shared('"a":1', ("x",))).encode(), bytes)
    assert unfolded(row, Shared("", ())) == row or row.startswith("[")


@given(st.text(), st.text(max_size=20))
def test_any_text_is_a_text_without_a_fault(row: str, around: str) -> None:
    for shared in (Shared(around, ("a", "b")), Shared("", (), ","), Shared("", ("columns",))):
        unfolded(row.replace("\0", ""), shared)
