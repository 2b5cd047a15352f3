"""`logscan alert`: tests of sinks, the list of incidents, silences, and who has taken what."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from logscan.batch.notice import notify
from logscan.batch.state import NAME, open_state
from logscan.cli.exits import Exit
from logscan.cli.main import cli
from tests.alert.made import MINUTE, START, finding
from tests.alert.receiver import receiving
from tests.batch.alerting import Kept, alerting, answer

CONFIG = '[data]\nfolder = "data"\n[[sources]]\npaths = ["x.log"]\n'


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["alert", *words])


@pytest.fixture
def config(tmp_path: Path) -> str:
    state = open_state(tmp_path / "data" / NAME)
    notify(state, answer(START, finding(first_seen=START - MINUTE)), alerting(Kept()), START)
    state.close()
    (tmp_path / "logscan.toml").write_text(CONFIG, "utf-8")
    return str(tmp_path / "logscan.toml")


def with_sinks(config: str, text: str) -> str:
    Path(config).write_text(CONFIG + text, "utf-8")
    return config


def test_incidents_are_a_table_or_json(config: str) -> None:
    table = run("list", "-c", config)
    assert table.exit_code == Exit.CLEAN
    head, row = table.stdout.splitlines()
    assert head.split()[:3] == ["incident", "status", "severity"]
    assert "active" in row
    assert "Token has expired" in row
    (found,) = json.loads(run("list", "-c", config, "--format", "json").stdout)
    assert (found["status"], found["severity"], found["marks"]) == ("active", "high", "")


def test_an_incident_is_taken_and_silenced(config: str) -> None:
    (found,) = json.loads(run("list", "-c", config, "--format", "json").stdout)
    name = found["incident"]
    assert run("ack", "-c", config, name[:6], "--by", "ada\x1b[31m").stdout == f"{name} is taken\n"
    silenced = run("silence", "-c", config, name[:6], "--for", "2h", "--reason", "a move")
    assert silenced.stdout.startswith(f"{name} is silent until ")
    shown = run("list", "-c", config)
    assert "taken by ada\\x1b[31m" in shown.stdout
    assert f"note: {name} is silent until" in shown.stderr
    assert "a move" in shown.stderr
    assert run("silence", "-c", config, name, "--for", "0m").stdout == f"{name} is silent no more\n"
    assert run("list", "-c", config).stderr == ""


def test_what_is_not_there_is_told(config: str, tmp_path: Path) -> None:
    told = run("ack", "-c", config, "zzz")
    assert (told.exit_code, "there is no incident `zzz`" in told.stderr) == (Exit.INVALID, True)
    (tmp_path / "other.toml").write_text(CONFIG.replace('"data"', '"none"'), "utf-8")
    assert run("list", "-c", str(tmp_path / "other.toml")).exit_code == Exit.NO_EVENTS
    assert not (tmp_path / "none").exists()


def test_a_test_goes_through_each_sink(config: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with receiving(200) as receiver:
        monkeypatch.setenv("HOOK", receiver.url)
        sinks = '[[sinks]]\nkind = "webhook"\nurl = "${HOOK}"\n[[sinks]]\nkind = "ndjson"\npath = "out.ndjson"\n'
        told = run("test", "-c", with_sinks(config, sinks))
    assert (told.exit_code, told.stdout) == (Exit.CLEAN, "webhook: taken\nndjson: taken\n")
    assert json.loads(receiver.asked[0].body)["test"] is True
    assert "Nothing is wrong" in (tmp_path / "out.ndjson").read_text("utf-8")


def test_a_sink_that_fails_is_told_without_its_secret(config: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving(404) as receiver:
        monkeypatch.setenv("HOOK", receiver.url)
        told = run(
            "test", "-c", with_sinks(config, '[[sinks]]\nkind = "webhook"\nurl = "${HOOK}"\n'), "--sink", "webhook"
        )
    assert told.exit_code == Exit.FINDINGS
    assert "answers 404" in told.stdout
    assert "s3cret" not in told.output


def test_a_sink_that_is_not_there_is_told(config: str) -> None:
    told = run("test", "-c", config, "--sink", "chat")
    assert (told.exit_code, "there is no such sink" in told.stderr) == (Exit.INVALID, True)
    sinks = '[[sinks]]\nkind = "ndjson"\npath = "o"\n'
    assert "use one of: ndjson" in run("test", "-c", with_sinks(config, sinks), "--sink", "chat").stderr


def test_a_fault_of_the_settings_is_told_with_its_place(config: str) -> None:
    told = run("list", "-c", with_sinks(config, '[[sinks]]\nkind = "webhok"\n'))
    assert told.exit_code == Exit.INVALID
    assert "logscan.toml:6 sinks.0.kind: unknown value `webhok`" in told.stderr
