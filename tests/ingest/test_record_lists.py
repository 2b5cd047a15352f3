import pytest

from logscan.ingest.json_value import More, Values
from logscan.ingest.record_lists import Level, Lists, Text

LISTS = Lists(["Records", "hits.hits"], ["data.result[].values", "results", "a[].b[].c"], ["took", "status"])


def begins(text: str, *, ended: bool = True) -> tuple[str, list[Level]]:
    end, levels = LISTS.begins(Text(text, ended), 0, Values(1000))
    return text[:end], levels


def test_a_list_is_known_by_its_name_and_what_stands_before_it() -> None:
    assert begins('[{"a":1}]') == ("[", [Level("[")])
    assert begins('{"Records": [{}]}') == ('{"Records": [', [Level("{"), Level("[", "Records")])
    assert begins('{"took":1,"hits":{"hits":[{')[1] == [Level("{"), Level("{"), Level("[", "hits.hits")]
    assert begins('{"message":"x","Records":[{}]}') == ("", [])
    assert begins('{"Records":[1,2]}') == ("", [])
    assert begins('{"results":[[{"field":"a","value":"b"}]]}')[1] == [Level("{"), Level("[", "results", "")]


def test_rows_within_a_record_share_what_stands_before_them() -> None:
    above = [Level("{"), Level("[", "a")]
    text = '{"x": {"y": 1}, "b": [{"z": "]", "c": [{}]}]}'
    end, levels = LISTS.below(Text(text, ended=True), 0, Values(1000), above)
    assert levels == [Level("{"), Level("[", "a[].b", '"x": {"y": 1}')]
    end, levels = LISTS.below(Text(text, ended=True), end, Values(1000), [*above, *levels])
    assert (text[end - 1 :], levels[-1]) == ("[{}]}]}", Level("[", "a[].b[].c", '"x": {"y": 1},"z": "]"'))
    assert LISTS.below(Text(text, ended=True), 0, Values(1000), [Level("["), Level("[", "Records")]) == (0, [])
    assert LISTS.below(Text('{"x": 1}', ended=True), 0, Values(1000), above) == (0, [])


@pytest.mark.parametrize("text", ['{"took": 1', '{"took"', '{"Records":[', '{"hits":{"hits":  '])
def test_a_head_that_is_cut_is_asked_for_more(text: str) -> None:
    with pytest.raises(More):
        begins(text, ended=False)
    assert begins(text) == ("", [])
