"""Faults of a detection stand at the item that causes them."""

import pytest

from logscan.model.document import Document, parse_document
from logscan.rules.detection import item_faults, items, regex_faults, unknown_fields, unused_parts

NESTED = parse_document(
    """\
detection:
  one: {message|contains: a, error.code: [b, c]}
  two:
    - {url.path: d}
    - [{url.query|re: '(e'}]
  words: [f, 5]
  condition: one or two or words
""",
    "x.yml",
)


def detection(condition: str) -> Document:
    return parse_document(
        f"detection: {{sel_a: {{m: x}}, sel_b: {{m: y}}, other: {{m: z}}, condition: {condition}}}", "x.yml"
    )


def test_every_item_is_found_with_its_place() -> None:
    assert [(item.place, item.field, item.texts) for item in items(NESTED)] == [
        ("detection.one.message|contains", "message", ["a"]),
        ("detection.one.error.code", "error.code", ["b", "c"]),
        ("detection.two.0.url.path", "url.path", ["d"]),
        ("detection.two.1.0.url.query|re", "url.query", ["(e"]),
        ("detection.words", "", ["f"]),
    ]
    assert [NESTED.where(item.place).line for item in items(NESTED)] == [2, 2, 4, 5, 6]


@pytest.mark.parametrize("text", ["[1]", "detection: 5", "detection: {condition: a}", "a: b", "5"])
def test_what_is_no_detection_has_no_items(text: str) -> None:
    assert items(parse_document(text, "x.yml")) == []


def test_every_item_that_sigma_refuses_is_told() -> None:
    broken = parse_document("detection: {a: {m|contians: x, n|cidr: y, o: z}, b: {p|gt: text}, condition: a}", "x.yml")
    assert [fault.where.key for fault in item_faults(broken)] == [
        "detection.a.m|contians",
        "detection.a.n|cidr",
        "detection.b.p|gt",
    ]


@pytest.mark.parametrize("pattern", ["a(?!b)", "(?<=a)b", r"(a)\1", "(", "[z-a]", r"\p{Nonsense}"])
def test_patterns_that_cannot_run_are_told_with_their_place(pattern: str) -> None:
    good = parse_document("detection: {a: {m|re: 'fine[0-9]+', n|re: '(?<name>x)'}, condition: a}", "good.yml")
    bad = parse_document(f"detection: {{a: {{m|re: ok, n|re|i: [ok, '{pattern}']}}, condition: a}}", "bad.yml")
    faults = regex_faults([good, bad])
    assert [str(fault.where) for fault in faults] == ["bad.yml:1 detection.a.n|re|i"]
    assert all(fault.hint for fault in faults)


def test_a_pattern_that_is_too_large_is_told_to_repeat_less() -> None:
    huge = parse_document("detection: {a: {m|re: '(?:.{0,300}a){40}(?:.{0,300}b){40}'}, condition: a}", "x.yml")
    ordinary = parse_document("detection: {a: {m|re: '(?<=x)y'}, condition: a}", "x.yml")
    assert ["repetitions" in fault.hint for fault in regex_faults([huge, ordinary])] == [True, False]


def test_good_patterns_make_no_fault() -> None:
    assert regex_faults([parse_document("detection: {a: {m|re: '^x.*$'}, condition: a}", "x.yml")]) == []
    assert regex_faults([]) == []


def test_pysigma_is_not_asked_about_patterns(capfd: pytest.CaptureFixture[str]) -> None:
    assert item_faults(NESTED) == []
    assert capfd.readouterr().err == ""  # its own library writes to stderr on a broken one


@pytest.mark.parametrize(
    ("condition", "unused"),
    [
        ("sel_a or sel_b or other", []),
        ("sel_a", ["sel_b", "other"]),
        ("1 of sel_*", ["other"]),
        ("all of them", []),
        ("not (1 of sel*) and other", []),
        ("[sel_a, sel_b]", ["other"]),
    ],
)
def test_parts_that_no_condition_asks_for(condition: str, unused: list[str]) -> None:
    assert [fault.where.key for fault in unused_parts(detection(condition))] == [f"detection.{name}" for name in unused]


def test_an_unknown_field_is_told_wherever_it_stands() -> None:
    document = parse_document(
        "detection: {a: {urlpath: x}, b: [{message: y}, {urlpath|contains: z}], c: {message|fieldref: urlpath}}",
        "x.yml",
    )
    faults = unknown_fields(document, {"urlpath"}, {"url.path", "message"})
    assert [fault.where.key for fault in faults] == [
        "detection.a.urlpath",
        "detection.b.1.urlpath|contains",
        "detection.c.message|fieldref",
    ]
    assert {fault.hint for fault in faults} == {"did you mean `url.path`?"}
