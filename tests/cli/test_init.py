"""`logscan init`."""

import re
from pathlib import Path

import pytest
from click.testing import Result

from logscan.batch.config import load_config
from tests.system.logs import combined
from tests.system.tool import run


def init(folder: Path, *words: str) -> Result:
    return run("init", "-o", folder / "logscan.toml", *words)


def logs(folder: Path) -> Path:
    (folder / "logs").mkdir()
    (folder / "logs" / "access.log").write_text("\n".join(combined(50)) + "\n")
    (folder / "logs" / "access.log.1").write_text("\n".join(combined(50, seed=2)) + "\n")
    return folder / "logs" / "access.log*"


def test_what_it_writes_can_be_used_as_it_is(tmp_path: Path) -> None:
    told = init(tmp_path, "--source", str(logs(tmp_path)), "--source", "other/*.log")
    assert told.exit_code == 0, told.output
    assert {path.name for path in tmp_path.iterdir()} == {
        "logs",
        *(f"logscan.{s}" for s in ("toml", "service", "timer", "cron")),
    }
    config = load_config(tmp_path / "logscan.toml", {})
    assert [source.paths for source in config.sources] == [
        (str(tmp_path / "logs" / "access.log*"),),
        (str(Path.cwd() / "other/*.log"),),
    ]
    assert (config.data, config.reports.folder) == (tmp_path / "data", tmp_path / "reports")
    assert "logscan init --check" in told.stderr


def test_the_keys_that_stand_as_comments_are_the_defaults(tmp_path: Path) -> None:
    init(tmp_path, "--source", "/var/log/x.log")
    path = tmp_path / "logscan.toml"
    before = load_config(path, {})
    text = re.sub(r"^# (\w+ = [^#\n]*)", r"\1", path.read_text(), flags=re.MULTILINE)
    assert text.count("\n# ") < path.read_text().count("\n# ") - 10
    path.write_text(text)
    assert load_config(path, {}) == before


def test_no_file_is_replaced_unless_told(tmp_path: Path) -> None:
    (tmp_path / "logscan.timer").write_text("mine")
    told = init(tmp_path)
    assert told.exit_code == 2
    assert "logscan.timer in" in told.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["logscan.timer"]
    assert init(tmp_path, "--force").exit_code == 0
    assert (tmp_path / "logscan.timer").read_text() != "mine"


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    told = run("init", "-o", tmp_path / "none" / "logscan.toml")
    assert told.exit_code == 2
    assert "make it first" in told.stderr


def test_a_check_says_what_a_run_would_do_and_writes_nothing(tmp_path: Path) -> None:
    init(tmp_path, "--source", str(logs(tmp_path)))
    before = sorted(tmp_path.rglob("*"))
    told = run("init", "--check", tmp_path / "logscan.toml")
    assert told.exit_code == 0, told.output
    assert "logscan.toml: valid" in told.stdout
    for name in ("access.log", "access.log.1"):
        assert re.search(rf"{re.escape(str(tmp_path / 'logs' / name))}  .*kB, combined$", told.stdout, re.MULTILINE)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_check_tells_every_fault_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "logscan.toml"
    path.write_text('[data]\nfoldr = "x"\n[[sources]]\npaths = ["/x"]\nzone = "Mars"\n')
    told = run("init", "--check", path)
    assert told.exit_code == 4
    assert f"{path}:2 data.foldr" in told.stderr
    assert f"{path}:5 sources.0.zone" in told.stderr


@pytest.mark.parametrize("words", [("--source", "x"), ("--data", "x"), ("--force",)])
def test_a_check_is_given_alone(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert run("init", "--check", tmp_path / "x", *words).exit_code == 2
