import pytest

from logscan.ingest.json_value import Broken, More, Values, blank_end


@pytest.mark.parametrize("value", ["{}", '{"a": [1, "}"]}', "[]", '"x\\""', "true", "-1.5e9", "null"])
def test_a_value_ends_where_it_ends_whatever_follows(value: str) -> None:
    for behind in ("", " ", ",x", "\n{"):
        assert Values(100).end("  " + value + behind, 2, ended=True) == 2 + len(value)


@pytest.mark.parametrize("text", ['{"a": "b', '{"a": [1, {"b"', '{"a": tr', "["])
def test_a_text_that_ends_too_early_is_asked_for_more_and_is_cut_at_its_end(text: str) -> None:
    with pytest.raises(More) as stop:
        Values(100).end("x" + text, 1, ended=False)
    assert stop.value.args == (1,)
    with pytest.raises(Broken, match="is cut off by the end of the file"):
        Values(100).end("x" + text, 1, ended=True)


def test_what_is_wrong_is_told_and_counted() -> None:
    values = Values(100)
    with pytest.raises(Broken, match="breaks at character 6: expecting ':' delimiter"):
        values.end('{"a" 1}' + " " * 50, 0, ended=True)
    with pytest.raises(Broken, match="is longer than 100 bytes"):
        values.end('"' + "x" * 200 + '"', 0, ended=True)
    with pytest.raises(Broken, match="is nested too deep"):
        values.end("[" * 100_000, 0, ended=True)
    assert values.spent > 1_000


def test_blanks_end_at_the_first_character_that_is_none() -> None:
    assert blank_end(" \t\r\n x", 0) == 5
    assert blank_end("    ", 1, 3) == 3
