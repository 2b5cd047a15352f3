"""`logscan rules`: plain text on stdout, faults on stderr, exit 4 when something is wrong."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from logscan.cli.exits import Exit
from logscan.cli.rules import rules_group
from tests.rules.folder import foreign_text, make, rule_text
from tests.rules.test_alerts import CHOICE, JOINED

TEXT = "text: {message|contains: expired}\ncondition: text"
HITS = {"hits": "[{message: token expired}]", "misses": "[{message: fresh}]"}


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(rules_group, [str(argument) for argument in arguments])


@pytest.fixture
def good(tmp_path: Path) -> Path:
    source = "{product: nginx, category: error}"
    return make(
        tmp_path,
        {
            "causes/expired.yml": rule_text(TEXT, name="expired", priority=80, logsource=source, hits=HITS["hits"], misses=HITS["misses"]),
            "outcomes/fine.yml": rule_text("s: {http.response.status_code: 200}\ncondition: s", name="fine", logscan="outcome: ok", hits="[{http.response.status_code: 200}]", misses="[{http.response.status_code: 401}]"),
        },
    )  # fmt: skip


def test_list_is_an_aligned_table(good: Path) -> None:
    result = run("list", good)
    assert result.exit_code == Exit.CLEAN
    assert result.stdout == (
        "name     names          platform     confidence  priority  level   title\n"
        "expired  token_expired  nginx/error  high        80        medium  Rule expired\n"
        "fine     ok             webserver                50        medium  Rule fine\n"
    )


def test_list_as_json(good: Path) -> None:
    rows = json.loads(run("list", good, "--format", "json").stdout)
    assert [row["name"] for row in rows] == ["expired", "fine"]
    assert rows[0] == {
        "name": "expired",
        "kind": "causes",
        "names": "token_expired",
        "platform": "nginx/error",
        "confidence": "high",
        "priority": 80,
        "level": "medium",
        "title": "Rule expired",
        "path": str(good / "causes/expired.yml"),
    }


def test_show_tells_path_meaning_samples_and_text(good: Path) -> None:
    shown = run("show", "expired", "--rules", good).stdout
    for part in (
        str(good / "causes/expired.yml"),
        "token_expired",
        "renew",
        "message: token expired",
        "message|contains",
    ):
        assert part in shown


def test_show_of_an_unknown_rule_suggests_one(good: Path) -> None:
    result = run("show", "expird", "--rules", good)
    assert result.exit_code == Exit.INVALID
    assert result.stderr == "error: NAME: there is no rule `expird`\n  hint: did you mean `expired`?\n"


def test_lint_of_good_rules(good: Path) -> None:
    result = run("lint", good)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "2 rules, 1 playbook: no fault\n", "")


def test_lint_prints_every_fault_and_exits_4(good: Path) -> None:
    make(good, {"causes/a.yml": "title: [", "causes/b.yml": rule_text("t: {mesage: x}\ncondition: t", name="b")})
    result = run("lint", good)
    assert result.exit_code == Exit.INVALID
    assert result.stdout == ""
    assert "causes/a.yml:2: is not valid YAML" in result.stderr
    assert (
        "causes/b.yml:6 detection.t.mesage: unknown column `mesage`\n  hint: did you mean `message`?" in result.stderr
    )
    assert result.stderr.endswith("2 faults\n")


def test_lint_mentions_fields_that_no_column_holds(tmp_path: Path) -> None:
    make(tmp_path, {"causes/x.yml": foreign_text("s: {cs-cookie|contains: x}\ncondition: s")})
    result = run("lint", tmp_path)
    assert result.exit_code == Exit.CLEAN
    assert "no column holds cs-cookie" in result.stderr


def test_lint_verbose_tells_whose_hit_another_rule_names(good: Path) -> None:
    first = rule_text(TEXT, name="first", priority=90, logscan="cause: key_invalid\nconfidence: high", logsource="{product: nginx}", hits=HITS["hits"], misses=HITS["misses"])  # fmt: skip
    make(good, {"causes/first.yml": first})
    assert "comes first" not in run("lint", good).stderr
    assert "`first` (priority 90) comes first and says key_invalid" in run("lint", "-v", good).stderr


def test_test_runs_hits_and_misses(good: Path) -> None:
    result = run("test", good)
    assert (result.exit_code, result.stdout) == (0, "2 rules, 4 hits and misses: all as expected\n")


def test_test_prints_every_wrong_sample_and_exits_4(good: Path) -> None:
    make(
        good,
        {"causes/wrong.yml": rule_text(TEXT, name="wrong", hits="[{message: fresh}]", misses="[{message: expired}]")},
    )
    result = run("test", good)
    assert result.exit_code == Exit.INVALID
    assert "wrong.yml:12 logscan.hits.0: the rule does not match its hit" in result.stderr
    assert "wrong.yml:13 logscan.misses.0: the rule matches its miss" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("command", ["list", "lint", "test"])
def test_a_folder_that_is_not_there(tmp_path: Path, command: str) -> None:
    result = run(command, tmp_path / "nowhere")
    assert result.exit_code == Exit.INVALID
    assert "nowhere: does not exist\n  hint:" in result.stderr


@pytest.mark.parametrize("command", ["list", "lint", "test"])
def test_the_shipped_rules_are_taken_when_no_folder_is_named(command: str) -> None:
    result = run(command)
    assert result.exit_code == Exit.CLEAN, result.stderr


def test_several_folders_and_single_files_may_be_named(good: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    extra = tmp_path_factory.mktemp("more") / "extra.yml"
    extra.write_text(foreign_text("s: {cs-method: GET}\ncondition: s"))
    names = [row["name"] for row in json.loads(run("list", "--format", "json", good, extra).stdout)]
    assert sorted(names) == ["expired", "extra", "fine"]


def test_a_rule_cannot_command_the_terminal(tmp_path: Path) -> None:
    text = foreign_text("s: {cs-method: GET}\ncondition: s").replace("title: Foreign", 'title: "\\e[31mred\\u202e"')
    make(tmp_path, {"causes/x.yml": text})
    for arguments in (("list", tmp_path), ("show", "x", "--rules", tmp_path)):
        shown = run(*arguments).stdout
        assert "\x1b" not in shown
        assert "\u202e" not in shown


def test_list_is_narrowed_by_cause_and_platform(good: Path) -> None:
    other = rule_text(TEXT, name="other", logscan="cause: key_invalid\nconfidence: low\nalternatives: [token_expired]", hits=HITS["hits"], misses=HITS["misses"])  # fmt: skip
    make(good, {"causes/acme/other.yml": other})

    def names(*options: str) -> list[str]:
        return [row["name"] for row in json.loads(run("list", good, "--format", "json", *options).stdout)]

    assert names("--cause", "token_expired") == ["expired", "other"]
    assert names("--cause", "key_invalid") == ["other"]
    assert names("--platform", "nginx") == ["expired"]
    assert names("--platform", "acme") == ["other"]
    assert names("--platform", "acme", "--cause", "token_expired") == ["other"]


@pytest.mark.parametrize(("option", "value", "hint"), [("--cause", "token_expird", "token_expired"), ("--platform", "ngnix", "nginx")])  # fmt: skip
def test_a_misspelt_word_to_narrow_by_is_a_fault(good: Path, option: str, value: str, hint: str) -> None:
    result = run("list", good, option, value)
    assert result.exit_code == Exit.INVALID
    assert f"error: {option}: " in result.stderr
    assert f"did you mean `{hint}`?" in result.stderr


def test_lint_tells_what_is_doubtful_and_what_is_impossible(good: Path) -> None:
    first = rule_text(TEXT, name="first", priority=90, logscan="cause: key_invalid\nconfidence: high", logsource="{product: nginx}", hits=HITS["hits"], misses=HITS["misses"])  # fmt: skip
    make(good, {"causes/first.yml": first})
    result = run("lint", good)
    assert result.exit_code == Exit.CLEAN
    assert "causes/expired.yml:11 logscan.priority: never wins: `first` (priority 90, key_invalid)" in result.stderr
    make(good, {"causes/never.yml": rule_text("a: {message: x}\nb: {message: y}\ncondition: a and b", name="never")})
    result = run("lint", good)
    assert result.exit_code == Exit.INVALID
    assert "detection: never matches: what it asks for excludes itself" in result.stderr


def test_a_part_that_the_condition_lacks_is_told_with_the_other_faults(good: Path) -> None:
    make(good, {"causes/x.yml": rule_text("text: {message|contians: x}\ncondition: txt and not other", name="x")})
    result = run("lint", good)
    assert "detection.text.message|contians: Unknown modifier" in result.stderr
    assert "detection.condition: no part is called `txt`\n  hint: did you mean `text`?" in result.stderr
    assert "detection.condition: no part is called `other`" in result.stderr


def test_test_writes_a_junit_report_whatever_comes_of_it(good: Path, tmp_path: Path) -> None:
    report = tmp_path / "rules.xml"
    assert run("test", good, "--junit", report).exit_code == Exit.CLEAN
    assert 'tests="4" failures="0" errors="0"' in report.read_text()
    make(good, {"causes/wrong.yml": rule_text(TEXT, name="wrong", hits="[{message: fresh}]", misses="[{message: a}]")})
    assert run("test", good, "--junit", report).exit_code == Exit.INVALID
    assert 'tests="6" failures="1" errors="0"' in report.read_text()
    make(good, {"causes/broken.yml": "title: ["})
    assert run("test", good, "--junit", report).exit_code == Exit.INVALID
    assert "<error " in report.read_text()


FORMAT = """\
id: acme-line
title: A line of our own
kind: pattern
logsource: {category: application}
order: 3
pattern: '^ACME (?<said>[ -~]+)$'
columns: {said: message}
samples:
  - {line: 'ACME token gone', expect: {message: token gone}}
  - {line: 'other', expect: reject}
"""


@pytest.mark.parametrize("command", ["lint", "test"])
def test_formats_of_a_folder_read_the_raw_lines(
    good: Path, tmp_path_factory: pytest.TempPathFactory, command: str
) -> None:
    formats = tmp_path_factory.mktemp("formats")
    (formats / "acme-line.yml").write_text(FORMAT)
    detection = "t: {message: token gone}\ncondition: t"
    make(good, {"causes/own.yml": rule_text(detection, name="own", logsource="{category: application}", hits="[{line: 'ACME token gone'}]", misses="[{message: x}]")})  # fmt: skip
    assert run("test", good).exit_code == Exit.INVALID
    result = run(command, good, "--formats", formats)
    assert result.exit_code == Exit.CLEAN, result.stderr


def test_rules_on_what_is_worth_telling_are_rules_too(tmp_path: Path) -> None:
    make(tmp_path, {"alerts/severe.yml": f"{CHOICE}---\n{JOINED}"})
    assert run("test", tmp_path).stdout == "1 rule, 2 hits and misses: all as expected\n"
    assert "no fault" in run("lint", tmp_path / "alerts").stdout
    assert "severe_failures  incident" in run("list", tmp_path).stdout
    shown = run("show", "severe_failures", "--rules", tmp_path).stdout
    assert "kind:         alerts" in shown
    assert "  at: 2026-03-12T10:00:00Z, cause: x, severity: high" in shown
    assert "condition: bad" in run("show", "severe", "--rules", tmp_path).stdout
    run("test", tmp_path, "--junit", tmp_path / "out.xml")
    assert 'name="severe_failures hits.0"' in (tmp_path / "out.xml").read_text("utf-8")


def test_faults_of_alerts_and_of_other_rules_are_told_together(good: Path) -> None:
    make(good, {"alerts/bad.yml": "title: x\n", "causes/bad.yml": "title: y\n"})
    told = run("lint", good)
    assert told.exit_code == Exit.INVALID
    assert "alerts/bad.yml" in told.stderr
    assert "causes/bad.yml" in told.stderr
