"""docs/alerts.md names every key, column, metric and rule of alerts, and no other."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from prometheus_client import generate_latest

from logscan.alert.gate import Quiet
from logscan.alert.incident import KINDS
from logscan.alert.settings import KINDS as SINKS
from logscan.alert.settings import read_alerts
from logscan.alert.sinks.sink import Delivery
from logscan.alert.sinks.textfile import metrics
from logscan.alert.template import read_template
from logscan.batch.config import load_config
from logscan.cli.main import cli
from logscan.model.resources import rules_dir
from logscan.model.schemas import FINDINGS
from logscan.model.toml import Table, read_toml
from logscan.rules.alerts import CORRELATION_KEYS, MEANING_KEYS, load_alerts
from logscan.rules.alerts import KINDS as CORRELATIONS
from tests.alert.documents import told
from tests.alert.made import HOUR, START
from tests.alert.sinks.test_textfile import HEALTH
from tests.pages import DOCS, Block, blocks, code, first_cells, section, table, write

PAGE = DOCS / "alerts.md"


def asked(folder: Path, text: str) -> Table:
    path = folder / "logscan.toml"
    path.write_text(text, "utf-8")
    document = read_toml(path)
    top = Table(document, document.value, [], {})
    read_alerts(top)
    return top


def inner(top: Table, key: str) -> set[str]:
    return {name for each in top.inner if each.key == key for name in each.asked}


def test_every_key_of_alerts_is_told_with_its_default(tmp_path: Path) -> None:
    top = asked(tmp_path, "[[alerts.silences]]\ncause = 'x'\n")
    rows = {code(row[0])[0]: code(row[1]) for row in table(PAGE, "When to keep quiet")}
    assert set(rows) == inner(top, "alerts")
    silences = next(each for each in top.inner if each.key == "alerts").inner[0]
    assert first_cells(PAGE, "When to keep quiet", 1) == set(silences.asked)
    values = {name: found[0] for name, found in rows.items() if found}
    lengths = [f'{name} = "{text}"' for name, text in values.items() if not text.isdigit()]
    numbers = [f"{name} = {text}" for name, text in values.items() if text.isdigit()]
    path = tmp_path / "same.toml"
    path.write_text("\n".join(["[alerts]", *lengths, *numbers]), "utf-8")
    document = read_toml(path)
    assert read_alerts(Table(document, document.value, [], {})).quiet == Quiet()


def test_every_key_of_every_sink_is_told(tmp_path: Path) -> None:
    rows = {code(row[0])[0]: row[1] for row in table(PAGE, "Sinks")}
    for kind in SINKS:
        top = asked(tmp_path, f'[[sinks]]\nkind = "{kind}"\nlasts = "1h"\n')
        keys = inner(top, "sinks.0")
        assert keys == {name for name, kinds in rows.items() if kinds == "all" or kind in kinds.split(", ")}, kind
    assert set(code(table(PAGE, "Sinks")[0][3])) == set(SINKS)


def test_the_settings_of_the_page_are_good(tmp_path: Path) -> None:
    write([block for block in blocks(PAGE) if block.name], tmp_path)
    assert load_config(tmp_path / "logscan.toml", {}).alerts.sinks[0].name == "ndjson"
    assert read_template(tmp_path / "chat.j2")(told("new")).startswith('{"text": "[high] New')


def test_the_rule_of_the_page_judges_its_timelines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write([block for block in blocks(PAGE) if block.name], tmp_path)
    (shown,) = (block.body for block in blocks(PAGE) if block.lang == "console")
    line, _, output = shown.partition("\n")
    ran = CliRunner().invoke(cli, line.split()[2:], catch_exceptions=False)
    assert ran.output == output


def test_every_kind_of_notice_is_told() -> None:
    assert first_cells(PAGE, "What is told") == {*KINDS, "summary", "test"}


def test_every_key_of_the_document_is_told() -> None:
    rows = {name: row for row in table(PAGE, "The document") for name in code(row[0])}
    document = told("new")
    assert set(rows) == {*document, "summary", "test"}
    for key in ("incident", "finding"):
        assert set(document[key]) <= set(code(rows[key][1])), key


def test_every_metric_is_told_with_its_labels() -> None:
    due = told("new")
    due["incident"] |= {"due": "2026-03-13T06:00:00Z"}
    registry = metrics(Delivery((), [told("new"), due], START, HOUR, HEALTH))
    shown: dict[str, set[str]] = {}
    for family in registry.collect():
        shown[family.name] = {label for sample in family.samples for label in sample.labels}
    rows = {name: set(code(row[1])) for row in table(PAGE, "Prometheus textfile") for name in code(row[0])}
    assert rows == shown
    assert generate_latest(registry)


def test_every_key_of_a_rule_is_told() -> None:
    assert first_cells(PAGE, "What is worth telling") == CORRELATION_KEYS
    assert first_cells(PAGE, "What is worth telling", 1) == MEANING_KEYS
    kinds = next(row[1] for row in table(PAGE, "What is worth telling") if row[0] == "`type`")
    assert set(code(kinds)) == CORRELATIONS
    assert first_cells(PAGE, "What is worth telling", 2) == set(FINDINGS)


def test_the_shipped_rules_are_told() -> None:
    assert first_cells(PAGE, "What is worth telling", 3) == {
        each.name for each in load_alerts([rules_dir()]).correlations
    }


def test_the_example_of_a_route_is_yaml() -> None:
    (route,) = (block for block in blocks(PAGE) if block.lang == "yaml" and not block.name)
    found: Any = yaml.safe_load(route.body)
    assert found["route"]["group_by"] == ["incident"]
    assert isinstance(route, Block)
    assert "Alertmanager" in section(PAGE, "Sinks")
