"""Rules on what is worth telling are read whole, or every fault is told with its place."""

from pathlib import Path

import pytest

from logscan.model.errors import Faults
from logscan.rules.alerts import AlertRules, load_alerts
from logscan.rules.correlate import Asked

CHOICE = """\
title: Severe
id: 2b4f9a1e-7c63-4d0a-9a55-0d6f2f3b8a99
name: severe
logsource: {product: logscan, category: finding}
detection:
  bad: {severity: [high, critical]}
  condition: bad
"""
JOINED = """\
title: Severe failures
id: 8f0b2c55-1a9e-4d7b-8e0c-5b1f7a5d9c99
name: severe_failures
correlation:
  type: event_count
  rules: [severe]
  group-by: [cause]
  timespan: 1h
  condition: {gte: 1}
logscan:
  priority: 80
  hits: [[{at: '2026-03-12T10:00:00Z', cause: x, severity: high}]]
  misses: [[{at: '2026-03-12T10:00:00Z', cause: x, severity: low}]]
"""


def load(folder: Path, choice: str = CHOICE, joined: str = JOINED) -> AlertRules:
    (folder / "alerts").mkdir(parents=True, exist_ok=True)
    (folder / "alerts" / "x.yml").write_text(f"{choice}---\n{joined}", "utf-8")
    return load_alerts([folder])


def faults(folder: Path, choice: str = CHOICE, joined: str = JOINED) -> list[str]:
    with pytest.raises(Faults) as told:
        load(folder, choice, joined)
    return [f"{each.where.line} {each.where.key}: {each.what} | {each.hint}" for each in told.value.errors]


def test_a_choice_and_its_correlation(tmp_path: Path) -> None:
    rules = load(tmp_path)
    (rule,) = rules.correlations
    assert [each.name for each in rule.rules] == ["severe"]
    assert (rule.how, rule.op, rule.count, rule.timespan_s, rule.tells) == (
        "event_count",
        "gte",
        1,
        3600.0,
        "incident",
    )
    assert (rule.kind, rule.names, rule.meaning["hits"][0][0]["severity"]) == ("alerts", "incident", "high")
    assert (rule.level, rule.group_by, rule.priority) == ("", ("cause",), 80)


def test_the_folder_itself_may_be_named(tmp_path: Path) -> None:
    load(tmp_path)
    assert len(load_alerts([tmp_path / "alerts"]).correlations) == 1
    assert load_alerts([tmp_path / "alerts", tmp_path / "none"]).selections


def test_a_rule_may_be_asked_for_by_its_id(tmp_path: Path) -> None:
    rules = load(tmp_path, joined=JOINED.replace("[severe]", "2b4f9a1e-7c63-4d0a-9a55-0d6f2f3b8a99"))
    assert rules.correlations[0].rules[0].name == "severe"


def test_names_may_be_joined(tmp_path: Path) -> None:
    joined = JOINED.replace("event_count", "temporal").replace("{gte: 1}", "severe or not severe")
    (rule,) = load(tmp_path, joined=joined).correlations
    one = Asked("rule", name="severe")
    assert rule.asked == Asked("or", (one, Asked("not", (one,))))


def test_names_in_the_condition_are_enough(tmp_path: Path) -> None:
    joined = JOINED.replace("event_count", "temporal").replace("{gte: 1}", "severe").replace("  rules: [severe]\n", "")
    assert load(tmp_path, joined=joined).correlations[0].rules[0].name == "severe"


def test_a_rule_of_ones_own_stands_in_for_one_of_its_name(tmp_path: Path) -> None:
    load(tmp_path / "shipped")
    (tmp_path / "own" / "alerts").mkdir(parents=True)
    mine = JOINED.replace("8a99", "8a98").replace("9c99", "9c98").replace("priority: 80", "priority: 7")
    (tmp_path / "own" / "alerts" / "y.yml").write_text(mine, "utf-8")
    (rule,) = load_alerts([tmp_path / "shipped", tmp_path / "own"]).correlations
    assert rule.priority == 7


def test_first_things_first(tmp_path: Path) -> None:
    other = JOINED.replace("severe_failures", "other").replace("9c99", "9c98").replace("priority: 80", "priority: 90")
    rules = load(tmp_path, joined=f"{JOINED}---\n{other}")
    assert [each.name for each in rules.correlations] == ["other", "severe_failures"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "event_count",
            "event_cuont",
            "13 correlation.type: 'event_cuont' is no valid Sigma correlation type | use one of: event_count",
        ),
        (
            "[severe]",
            "[sever]",
            "14 correlation.rules.0: no rule on findings is called `sever` | did you mean `severe`?",
        ),
        ("[cause]", "[cuase]", "15 correlation.group-by.0: unknown column `cuase` | did you mean `cause`?"),
        ("timespan: 1h", "timespan: 1 hour", "16 correlation.timespan: Timespan '1 hour' is invalid."),
        ("{gte: 1}", "{gte: 1, lte: 2}", "17 correlation.condition: Sigma correlation condition must have exactly one"),
        ("{gte: 1}", "{gte: many}", "17 correlation.condition: 'many' is no valid Sigma correlation condition count"),
        ("  condition: {gte: 1}\n", "", "12 correlation: Non-temporal Sigma correlation rule without condition"),
        ("  timespan: 1h\n", "", "12 correlation: Sigma correlation rule without timespan"),
        (
            "timespan:",
            "timespam:",
            "16 correlation.timespam: unknown key `correlation.timespam` | did you mean `timespan`?",
        ),
        ("priority: 80", "priority: high", "19 logscan.priority: `logscan.priority` is `high`"),
        ("priority: 80", "tells: nobody\n  priority: 80", "19 logscan.tells: unknown kind of notice `nobody`"),
        (
            "  hits: [[{at: '2026-03-12T10:00:00Z', cause: x, severity: high}]]\n",
            "",
            "18 logscan.hits: `logscan.hits` is missing",
        ),
        ("title: Severe failures", "titel: Severe failures", "unknown key `titel` | did you mean `title`?"),
        ("event_count", "value_sum\n  condition: {gte: 1, field: cause}\n  x:", "holds no number"),
        ("event_count", "value_count", "Value count correlation rule without field reference"),
        ("id: 8f0b2c55", "id: 8f0b2c5", "10 id: Sigma rule identifier must be an UUID | give a UUID"),
        ("title: Severe failures\n", "title: Severe failures\nlevel: loud\n", "loud"),
    ],
)
def test_a_fault_of_a_correlation_has_its_place(tmp_path: Path, old: str, new: str, told: str) -> None:
    joined = JOINED.replace(old, new, 1)
    if "x:" in new:
        joined = joined.replace("  x:\n", "").replace("  condition: {gte: 1}\n", "")
    assert told in "\n".join(faults(tmp_path, joined=joined))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("severity:", "severty:", "6 detection.bad.severty: unknown column `severty` | did you mean `severity`?"),
        ("condition: bad", "condition: worse", "no condition asks for this part"),
        ("title: Severe", "titel: Severe", "1 titel: unknown key `titel`"),
        ("severity: [high, critical]", "severity|gteq: 3", "Unknown modifier"),
        ("severity: [high, critical]", "'severity|re': '(?!x)'", "cannot be used as a regular expression"),
        ("detection:", "logscan: {}\ndetection:", "unknown key `logscan`"),
    ],
)
def test_a_fault_of_a_choice_has_its_place(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert told in "\n".join(faults(tmp_path, choice=CHOICE.replace(old, new, 1)))


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    bad = JOINED.replace("[cause]", "[cuase]").replace("priority: 80", "priority: 800").replace("1h", "an hour")
    assert len(faults(tmp_path, CHOICE.replace("severity:", "severty:"), bad)) == 4


def test_what_no_correlation_asks_for_is_told(tmp_path: Path) -> None:
    unused = CHOICE.replace("name: severe", "name: spare").replace("8a99", "8a98")
    assert "no correlation asks for `spare`" in "\n".join(faults(tmp_path, choice=f"{CHOICE}---\n{unused}"))


def test_names_and_ids_stand_once(tmp_path: Path) -> None:
    told = "\n".join(faults(tmp_path, joined=f"{JOINED}---\n{JOINED}"))
    assert "name `severe_failures` stands in two files" in told
    assert "id `8f0b2c55" in told


def test_what_is_no_rule_is_told(tmp_path: Path) -> None:
    assert "is not a rule" in "\n".join(faults(tmp_path, joined="- 1\n"))


def test_a_broken_file_is_told(tmp_path: Path) -> None:
    assert "not valid YAML" in "\n".join(faults(tmp_path, joined="a: [\n"))
