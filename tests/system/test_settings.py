"""A broken rule, an unknown option or setting, and places that cannot be written: one clear message, the right code."""

import json
from pathlib import Path

import pytest

from tests.system.logs import combined, joined
from tests.system.tool import run

RULE = """\
title: Ours
id: 6d1c5f8e-42f6-4a38-9d3f-5f0f7f1e2b11
name: ours
status: stable
logsource: {category: webserver}
detection:
  refused: {http.response.status_code: 401}
  condition: refused
level: medium
logscan:
  cause: token_expired
  confidence: high
  priority: 99
  hits: [{http.response.status_code: 401}]
  misses: [{http.response.status_code: 200}]
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "a.log"
    path.write_bytes(joined(combined(60)))
    return path


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules" / "causes"
    folder.mkdir(parents=True)
    (folder / "ours.yml").write_text(RULE)
    return folder.parent


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["--nonsense"], "no such option"),
        (["--format", "xml"], "not one of"),
        (["--tz", "Mars/Olympus"], "is not a time zone; use a name such as europe/berlin"),
        (["--tz", "+99:00"], "is not a time zone"),
        (["--tz", "localtime"], "is not a time zone"),
        (["--since", "yesterday"], "is not a time; use 2026-"),
        (["--until", "2026-02-30"], "is not a time"),
        (["--since", "99999999999999d"], "longer ago"),
        (["--since", "2026-03-12", "--until", "2026-03-11"], "--since is not before --until"),
        (["--jobs", "0"], "not in the range"),
        (["-o", "/no/such/folder/x"], "there is no folder '/no/such/folder'; make it first"),
        (["-o", "/"], "is a folder; name a file in it"),
    ],
)
def test_a_wrong_option_is_a_usage_error_before_any_log_is_read(wrong: list[str], said: str, log: Path) -> None:
    for name in ("scan", "events"):
        told = run(name, log, *wrong)
        assert told.exit_code == 2
        assert told.stdout == ""
        assert said in told.stderr.lower()


def test_an_unknown_command_is_a_usage_error() -> None:
    told = run("scna")
    assert told.exit_code == 2
    assert "scna" in told.stderr


def test_an_unknown_format_is_an_invalid_setting_with_a_guess(log: Path) -> None:
    told = run("scan", log, "--log-format", "combind")
    assert told.exit_code == 4
    assert told.stderr == "error: --log-format: unknown format `combind`\n  hint: did you mean `combined`?\n"


def test_every_fault_of_every_rule_is_told_before_any_log_is_opened(log: Path, rules: Path) -> None:
    (rules / "causes" / "other.yml").write_text(RULE.replace("name: ours", "name: other").replace("401}\n", "[}\n", 1))
    (rules / "causes" / "ours.yml").write_text(RULE.replace("token_expired", "token_expierd").replace("99", "high"))
    told = run("scan", log, "--rules", rules, "--log-format", "combind")
    assert told.exit_code == 4
    assert told.stdout == ""
    assert f"{rules}/causes/ours.yml:11 logscan.cause" in told.stderr
    assert f"{rules}/causes/ours.yml:13 logscan.priority" in told.stderr
    assert f"{rules}/causes/other.yml:7" in told.stderr
    assert "combind" in told.stderr
    assert told.stderr.endswith("4 faults\n"), told.stderr


def test_a_folder_of_rules_that_is_not_there(log: Path, tmp_path: Path) -> None:
    told = run("scan", log, "--rules", tmp_path / "nothing")
    assert told.exit_code == 4
    assert "is not a folder of rules" in told.stderr


def test_no_rules_at_all_is_an_invalid_setting(log: Path) -> None:
    told = run("scan", log, "--no-default-rules")
    assert told.exit_code == 4
    assert "--rules" in told.stderr


@pytest.mark.parametrize("alone", [[], ["--no-default-rules"]])
def test_rules_of_ones_own_are_used_and_logs_still_understood(alone: list[str], log: Path, rules: Path) -> None:
    told = run("scan", log, "--rules", rules, "--format", "json", *alone)
    assert told.exit_code == 0
    document = json.loads(told.stdout)
    assert document["inputs"][0]["dataset"] == "combined"
    assert list(document["summary"]["by_cause"]) == ["token_expired"]


def test_without_our_rules_secrets_are_still_taken_out(rules: Path, tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(joined(combined(9)).replace(b"/login", b"/login?api_key=sk-Zq8rT2vWx9Ly4mNp6sUa1bCd"))
    told = run("events", "--all", log, "--rules", rules, "--no-default-rules")
    assert told.exit_code == 0
    assert "/login" in told.stdout
    assert "sk-Zq8r" not in told.stdout


@pytest.mark.parametrize(("level", "code"), [("informational", 1), ("low", 1), ("critical", 0)])
def test_fail_on_decides_the_exit_code(level: str, code: int, log: Path) -> None:
    told = run("scan", log, "--fail-on", level, "--format", "json")
    assert json.loads(told.stdout)["findings"]
    assert told.exit_code == code


def test_help_of_every_command_has_an_example_and_the_exit_codes_are_told() -> None:
    for name in ("report", "scan", "events"):
        told = run(name, "--help")
        assert told.exit_code == 0
        assert "Example: logscan " + name in told.stdout
    assert "Exit codes: 0" in run("--help").stdout
