"""One rule file: what pySigma refuses is told with its place, and what it accepts too easily is refused."""

from pathlib import Path

import polars as pl
import pytest

from tests.rules.folder import faults_of, foreign_text, load, make, rule_text

TEXT = "text: {message|contains: expired}\ncondition: text"
UUIDS = "give a UUID, such as 0b8f8a53-6f0e-4c53-9b7c-2d0b6a6f1c11"
NAMES = "use names that stand under `detection`, with and, or, not, `1 of name*`, `all of name*`"


def told(folder: Path, text: str) -> list[str]:
    return [line.removeprefix("causes/a_rule.yml:") for line in faults_of(make(folder, {"causes/a_rule.yml": text}))]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("id: ", "id: not-a-uuid #", f"2 id: Sigma rule identifier must be an UUID | {UUIDS}"),
        ("title: Rule", "titel: Rule", "1 titel: unknown key `titel` | did you mean `title`?"),
        ("name: a_rule", "name: a_rule\nlevel: severe", "4 level: 'severe' is not a valid Sigma rule level | use one of: informational, low, medium, high, critical"),
        ("name: a_rule", "name: a_rule\nstatus: ready", "4 status: 'ready' is not a valid Sigma rule status | use one of: stable, test, experimental, deprecated, unsupported"),
        ("name: a_rule", "name: a_rule\ntags: [plain]", "4 tags: Sigma tag must start with namespace separated with dot from remaining tag. | write tags as namespace.name"),
        ("logsource: {category: webserver}", "logsource: {}", "4 logsource: Sigma log source can't be empty | name at least one of category, product, service"),
        ("condition: text", "condition: tekst", "7 detection.condition: Detection 'tekst' not defined in detections | " + NAMES),
        ("condition: text", "condition: 1 of other*", "7 detection.condition: Selector '1 of other*' doesn't match any detection | " + NAMES),
        ("condition: text", "condition: text | count() > 5", "7 detection.condition: The pipe syntax in Sigma conditions has been deprecated"),
        ("condition: text", "condition: (text", f"7 detection.condition: cannot be read: `(text` | {NAMES}"),
        ("  condition: text\n", "", "5 detection: Sigma rule must contain at least one condition"),
        ("message|contains", "message|contians", "6 detection.text.message|contians: Unknown modifier 'contians' | did you mean `contains`?"),
        ("contains: expired", "contains: 5", "6 detection.text.message|contains: "),
        ("contains: expired", "cidr: 300.0.0.0/8", "6 detection.text.message|cidr: Invalid CIDR expression: "),
        ("message|contains: expired", "message|re: '('", "6 detection.text.message|re: cannot be used as a regular expression: unclosed group | "),
        ("message|contains: expired", "'http.response.status_code': true", "6 detection.text.http.response.status_code: compares `http.response.status_code` to true or false"),
        ("text: {", "other: {message: x}\n  text: {", "6 detection.other: no condition asks for this part | name it in `condition`"),
    ],
)  # fmt: skip
def test_faults_have_their_place(tmp_path: Path, old: str, new: str, expected: str) -> None:
    text = rule_text(TEXT)
    assert old in text
    found = told(tmp_path, text.replace(old, new, 1))
    assert [line for line in found if line.startswith(expected)], found
    assert all(line.partition(" | ")[2] for line in found)
    assert len(found) <= 2  # a key of the wrong name is also a missing one


@pytest.mark.parametrize(
    "text",
    [
        "",
        "text",
        "5",
        "[]",
        "title: x",
        "title: x\nlogsource: 5\ndetection: 5",
        "title: x\nlogsource: {category: a}\ndetection: {s: {5: x}, condition: s}",
        "title: x\nlogsource: {category: a}\ndetection: {s: {a: {b: c}}, condition: s}",
        "title: x\nlogsource: {category: a}\ndetection: {s: {a: x}, condition: 5}",
        "title: x\nlogsource: {category: a}\ndetection: {s: {a: x}, condition: []}",
        "title: x\nlogsource: {category: a}\ndetection: {s: {}, condition: s}",
        "title: x\nid: 5\nlogsource: {category: a}\ndetection: {s: {message: x}, condition: s}",
        "title: x\nlogsource: {category: a}\ndetection: {s: {message|re: 5}, condition: s}",
        "title: [x]\nlogsource: {category: [a]}\ndetection: {s: [[[]]], condition: s}",
        "title: x\nlogscan: 5\nlogsource: {category: a}\ndetection: [1]",
        "title: x\ntags: 5\nlogsource: {category: a}\ndetection: {s: {message: x}, condition: s}",
        f"title: x\nlogsource: {{category: a}}\ndetection: {{s: {{message: x}}, condition: {'not ' * 5000}s}}",
    ],
)
def test_whatever_stands_in_a_file_is_a_fault_and_never_a_crash(tmp_path: Path, text: str) -> None:
    assert told(tmp_path, text)


@pytest.mark.parametrize(
    ("key", "what"),
    [("correlation", "counts or joins what other rules match"), ("filter", "changes other rules"), ("action", "is of the old way")],
)  # fmt: skip
def test_rules_about_more_than_one_row_are_refused_at_their_place(tmp_path: Path, key: str, what: str) -> None:
    (fault,) = told(tmp_path, f"title: x\n{key}: {{type: event_count}}")
    assert fault.startswith(f"2 {key}: `{key}` {what}")
    assert " | " in fault


def test_an_unknown_column_is_a_fault_of_ours_and_a_remark_on_others(tmp_path: Path) -> None:
    detection = "text: {mesage|contains: expired}\ncondition: text"
    assert told(tmp_path / "ours", rule_text(detection)) == [
        "6 detection.text.mesage|contains: unknown column `mesage` | did you mean `message`?"
    ]
    rule = load(make(tmp_path / "theirs", {"causes/a_rule.yml": foreign_text(detection)})).detections[0]
    assert rule.unknown == ("mesage",)
    assert not pl.DataFrame({"mesage": ["expired"]}).with_columns(x=rule.expr)["x"].any()


def test_one_of_several_conditions_is_enough(tmp_path: Path) -> None:
    text = foreign_text("a: {message: x}\nb: {message: y}\ncondition: [a, b]")
    rule = load(make(tmp_path, {"causes/a_rule.yml": text})).detections[0]
    assert pl.DataFrame({"message": ["x", "y", "z"]}).with_columns(x=rule.expr)["x"].to_list() == [True, True, False]


def test_the_words_of_the_file_stay_with_the_rule(tmp_path: Path) -> None:
    extra = (
        "level: high\nstatus: test\nreferences: [https://example.com/a]\nfalsepositives: [Probes]\ndescription: Why.\n"
    )
    rule = load(make(tmp_path, {"causes/a_rule.yml": foreign_text(TEXT, extra)})).detections[0]
    assert (rule.level, rule.status, rule.description) == ("high", "test", "Why.")
    assert (rule.references, rule.falsepositives) == (("https://example.com/a",), ("Probes",))
    assert rule.logsource == {"category": "application"}
    assert rule.path.endswith("causes/a_rule.yml")
