"""What was asked for is checked, all of it, before any log is opened."""

import pickle
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from logscan.engine.plan import Period
from logscan.engine.request import Request, load_definitions
from logscan.model.errors import Faults, FormatError, RuleError, SettingsError
from logscan.model.resources import rules_dir


def ask(**options: Any) -> Request:
    return Request(("a.log",), datetime(2026, 4, 1, tzinfo=UTC), b"k" * 32, **options)


def test_the_definitions_that_ship_are_a_library_and_a_plan() -> None:
    since = datetime(2026, 3, 12, tzinfo=UTC)
    definitions = load_definitions(ask(since=since, all_events=True))
    assert len(definitions.library.causes) >= 60
    assert definitions.plan.library is definitions.library
    assert definitions.plan.period == Period(since, None)
    assert definitions.plan.all_events
    assert {"combined", "nginx-error", "ecs-json"} <= {form.id for form in definitions.plan.formats}
    assert definitions.plan.causes.keys() == {form.id for form in definitions.plan.formats}


def faults(**options: Any) -> list[Exception]:
    with pytest.raises(Faults) as told:
        load_definitions(ask(**options))
    return list(told.value.errors)


def test_faults_of_rules_formats_and_settings_are_told_at_once(tmp_path: Path) -> None:
    for name in ("causes/a.yml", "formats/b.yml"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("nonsense: true\n")
    kinds = {type(fault) for fault in faults(rules=(tmp_path,), log_format="nothing")}
    assert kinds >= {RuleError, FormatError}
    assert {type(fault) for fault in faults(rules=(tmp_path / "no",), default_rules=False)} == {SettingsError}


def test_an_unknown_format_is_told_with_the_nearest_or_all() -> None:
    (near,) = faults(log_format="combnied")
    assert "did you mean `combined`?" in str(near)
    (far,) = faults(log_format="zzzzzzzz")
    assert "use one of: " in str(far)


def test_no_rules_at_all_are_an_error() -> None:
    (fault,) = faults(default_rules=False)
    assert "--no-default-rules" in str(fault)


def test_a_folder_without_formats_leaves_ours() -> None:
    definitions = load_definitions(ask(rules=(rules_dir(),), default_rules=False))
    assert definitions.plan.formats == load_definitions(ask()).plan.formats


def test_a_request_stops_only_when_it_is_told() -> None:
    assert not ask().stop()


def test_a_folder_of_formats_is_read_beside_ours_or_alone(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    text = "id: acme\ntitle: t\nkind: pattern\npattern: '^(?<a>x)$'\ncolumns: {a: message}\n"
    (tmp_path / "own" / "acme.yml").write_text(text)
    ids = {form.id for form in load_definitions(ask(formats=(tmp_path / "own",))).plan.formats}
    assert {"acme", "combined"} <= ids
    rules = tmp_path / "rules"
    for name in ("causes", "outcomes", "signatures", "patterns"):
        (rules / name).mkdir(parents=True)
        first = min((rules_dir() / name).rglob("*.yml"))
        (rules / name / first.name).write_bytes(first.read_bytes())
    alone = ask(rules=(rules,), formats=(tmp_path / "own",), default_rules=False)
    assert [form.id for form in load_definitions(alone).plan.formats] == ["acme"]


def test_the_same_folder_of_formats_may_be_named_twice(tmp_path: Path) -> None:
    (tmp_path / "formats").mkdir()
    text = "id: acme\ntitle: t\nkind: pattern\npattern: '^(?<a>x)$'\ncolumns: {a: message}\n"
    (tmp_path / "formats" / "acme.yml").write_text(text)
    twice = ask(formats=(tmp_path / "formats", tmp_path / "formats" / ".." / "formats"))
    assert [form.id for form in load_definitions(twice).plan.formats].count("acme") == 1


def test_every_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    wrong = faults(rules=(tmp_path / "a",), formats=(tmp_path / "b",))
    assert [str(fault).partition(": ")[2].partition("\n")[0] for fault in wrong] == [
        "is not a folder of rules",
        "is not a folder of formats",
    ]


def test_formats_and_period_of_a_plan_can_be_sent_elsewhere() -> None:
    plan = load_definitions(ask()).plan
    assert pickle.loads(pickle.dumps(plan.period)) == plan.period  # noqa: S301
    assert len(pickle.dumps(plan)) > 1_000


def test_kept_definitions_are_those_that_were_read_and_a_changed_rule_is_seen(tmp_path: Path) -> None:
    rules, cache = tmp_path / "rules", tmp_path / "cache"
    (rules / "causes").mkdir(parents=True)
    rule = rules / "causes" / "own.yml"
    text = min((rules_dir() / "causes" / "generic").glob("*.yml"))
    rule.write_text(text.read_text("utf-8"), "utf-8")
    asked = ask(rules=(rules,), default_rules=False, cache=cache)
    first, kept = load_definitions(asked), load_definitions(asked)
    assert list(cache.glob("definitions-*.bin"))
    assert kept.library == first.library
    assert [rule.text for rule in kept.library.rules] == [rule.text for rule in first.library.rules]
    assert [form.id for form in kept.plan.formats] == [form.id for form in first.plan.formats]
    assert kept.judgement == first.judgement
    rule.write_text(rule.read_text("utf-8") + "# changed\n", "utf-8")
    assert load_definitions(asked).library.digest != first.library.digest
    rule.write_text("nonsense: true\n", "utf-8")
    for _ in range(2):
        assert faults(rules=(rules,), default_rules=False, cache=cache)
