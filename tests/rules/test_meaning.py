"""The `logscan:` block is checked key by key."""

from pathlib import Path

import pytest

from tests.rules.folder import faults_of, foreign_text, load, make, rule_text

TEXT = "text: {message|contains: expired}\ncondition: text"


def told(folder: Path, text: str, kind: str = "causes") -> list[str]:
    return [line.partition(": ")[2] for line in faults_of(make(folder, {f"{kind}/a_rule.yml": text}))]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("cause: token_expired", "cause: token_expire", "unknown cause `token_expire` | did you mean `token_expired`?"),
        ("cause: token_expired", "cause: ''", "`logscan.cause` is not a text | write a text that is not empty"),
        ("  cause: token_expired\n", "", "`logscan.cause` is missing | add `logscan.cause`"),
        ("confidence: high", "confidence: certain", "unknown confidence `certain` | use one of: high, low, medium"),
        ("priority: 50", "priority: 101", "`logscan.priority` is `101` | give a whole number from 0 to 100"),
        ("priority: 50", "priority: true", "`logscan.priority` is `True` | give a whole number from 0 to 100"),
        ("  priority: 50\n", "", "`logscan.priority` is missing | give a whole number from 0 to 100"),
        ("priority: 50", "priority: 50\n  playbok: renew", "unknown key `logscan.playbok` | did you mean `playbook`?"),
        ("priority: 50", "priority: 50\n  playbook: renw", "unknown playbook `renw` | did you mean `renew`?"),
        ("priority: 50", "priority: 50\n  alternatives: [key_invald]", "unknown cause `key_invald` | did you mean `key_invalid`?"),
        ("priority: 50", "priority: 50\n  alternatives: [token_expired]", "`logscan.alternatives.0` is the cause itself | leave it out"),
        ("priority: 50", "priority: 50\n  alternatives: key_invalid", "`logscan.alternatives` is not a list of at least one item | add `logscan.alternatives: [...]`"),
        ("  hits: [{message: x}]\n", "", "`logscan.hits` is missing | add `logscan.hits: [...]`"),
        ("misses: [{message: y}]", "misses: []", "`logscan.misses` is not a list of at least one item | add `logscan.misses: [...]`"),
        ("hits: [{message: x}]", "hits: [text]", "`logscan.hits.0` is not a sample | give columns and their values, or `line:` and a raw log line"),
        ("hits: [{message: x}]", "hits: [{mesage: x}]", "unknown column `mesage` | did you mean `message`?"),
        ("hits: [{message: x}]", "hits: [{message: [x]}]", "`logscan.hits.0.message` is not a single value | write one text or number"),
        ("hits: [{message: x}]", "hits: [{line: x, message: y}]", "`logscan.hits.0` mixes a raw line with columns | give `line:` and one text, nothing else"),
        ("logsource:", "tags: [logscan.key-invalid]\nlogsource:", "a tag names cause `key_invalid`, `logscan` does not | use one of: token_expired"),
    ],
)  # fmt: skip
def test_every_fault_of_the_block_is_told(tmp_path: Path, old: str, new: str, expected: str) -> None:
    text = rule_text(TEXT)
    assert old in text
    assert told(tmp_path, text.replace(old, new)) == [expected]


def test_a_block_that_is_no_mapping_is_a_fault(tmp_path: Path) -> None:
    text = foreign_text(TEXT) + "logscan: token_expired\n"
    assert told(tmp_path, text) == ["`logscan` is not a mapping | write `key: value` pairs"]


@pytest.mark.parametrize("kind", ["outcomes", "signatures", "patterns"])
def test_only_cause_rules_may_lack_the_block(tmp_path: Path, kind: str) -> None:
    column = "message|contains" if kind == "outcomes" else "cause"
    assert told(tmp_path, foreign_text(f"s: {{{column}: x}}\ncondition: s"), kind) == [
        "`logscan` is not a mapping | write `key: value` pairs"
    ]


def test_an_outcome_is_one_of_three(tmp_path: Path) -> None:
    assert told(tmp_path, rule_text(TEXT, logscan="outcome: okay"), "outcomes") == [
        "unknown outcome `okay` | did you mean `ok`?"
    ]


def test_a_raw_line_is_no_sample_of_a_series(tmp_path: Path) -> None:
    text = rule_text("s: {events|gte: 5}\ncondition: s", hits="[{line: x}]", misses="[{events: 1}]")
    assert told(tmp_path, text, "signatures")[0].startswith("unknown column `line`")


def test_a_rule_for_any_siem_makes_up_no_cause(tmp_path: Path) -> None:
    library = load(make(tmp_path, {"causes/a_rule.yml": foreign_text(TEXT)}))
    assert library.causes == ()
    assert [(rule.names, rule.priority) for rule in library.detections] == [("", 0)]


def test_an_unknown_cause_in_a_tag_is_a_fault(tmp_path: Path) -> None:
    make(tmp_path, {"causes/a_rule.yml": foreign_text(TEXT, "tags: [logscan.key-invlid]\n")})
    assert faults_of(tmp_path) == [
        "causes/a_rule.yml:4 tags: a tag names an unknown cause `key_invlid` | did you mean `key_invalid`?"
    ]


def test_a_tag_names_the_cause_of_a_rule_for_any_siem(tmp_path: Path) -> None:
    text = foreign_text(TEXT, "tags: [attack.t1110, logscan.key-invalid]\n")
    rule = load(make(tmp_path, {"causes/a_rule.yml": text})).causes[0]
    assert rule.names == "key_invalid"
    assert rule.meaning["playbook"] == "renew"
    assert rule.priority > 0
