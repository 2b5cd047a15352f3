"""Definitions of several files, added up and checked."""

from logscan.analysis.secret_words import add_document, empty_body, words_of
from logscan.model.document import parse_document
from logscan.model.errors import LogscanError


def test_lists_of_two_files_are_added_up() -> None:
    body, faults = empty_body(), list[LogscanError]()
    add_document(parse_document("verdicts: [Expired]\n", "a.yml"), body, faults)
    add_document(parse_document("verdicts: [stale]\ntests: {opaque: ['[0-9]+']}\n", "b.yml"), body, faults)
    words = words_of(body)
    assert faults == []
    assert words.verdicts == {"expired", "stale"}
    assert words.passes("opaque", "123")
    assert not words.passes("opaque", "123x")
    assert not words.passes("long", "123")


def test_without_shapes_no_value_has_one() -> None:
    assert words_of(empty_body()).shape_of("anything") is None


def test_a_file_that_is_no_mapping_is_a_fault() -> None:
    faults: list[LogscanError] = []
    add_document(parse_document("- a\n", "a.yml"), empty_body(), faults)
    assert [str(fault).splitlines()[0] for fault in faults] == ["a.yml:1: is not a mapping"]


def test_an_unknown_key_of_an_entry_is_told_in_its_place() -> None:
    faults: list[LogscanError] = []
    text = "names:\n  - {kind: token, words: [a], colour: red}\nshapes:\n  - {pattern: 'a', kind: b, size: 1}\n  - {kind: b}\n"
    add_document(parse_document(text, "a.yml"), empty_body(), faults)
    assert [(f.where.line, f.where.key) for f in faults] == [
        (2, "names.0.colour"),
        (4, "shapes.0.size"),
        (5, "shapes.1"),
    ]


def test_every_fault_of_a_phrase_is_told_and_a_good_one_is_taken() -> None:
    body, faults = empty_body(), list[LogscanError]()
    text = """phrases:
  - {head: 'seal-cli -s '}
  - {kind: token}
  - {head: '(a', value: some}
  - {head: '(a)', kind: NO, tail: x}
"""
    add_document(parse_document(text, "a.yml"), body, faults)
    assert sorted((f.where.line, f.where.key) for f in faults) == [
        (3, "phrases.1"), (4, "phrases.2.head"), (4, "phrases.2.value"),
        (5, "phrases.3.head"), (5, "phrases.3.kind"), (5, "phrases.3.tail"),
    ]  # fmt: skip
    found = body["phrases"][0].reader().fullmatch("seal-cli -s hunter2")
    assert (found["head"], found["value"]) == ("seal-cli -s ", "hunter2")
