"""The command itself: its help, its version, its commands loaded when called."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from logscan import __version__
from logscan.cli.main import COMMANDS, cli


def test_help_lists_every_command_and_exit_code_in_order() -> None:
    told = CliRunner().invoke(cli, ["--help"])
    assert told.exit_code == 0
    listed = told.stdout[told.stdout.index("Commands:") :]
    assert [line.split()[0] for line in listed.splitlines()[1 : len(COMMANDS) + 1]] == list(COMMANDS)
    assert "Example: logscan report" in told.stdout
    assert "130 interrupted" in " ".join(told.stdout.split())


def test_version() -> None:
    assert CliRunner().invoke(cli, ["--version"]).stdout == f"logscan, version {__version__}\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_found_and_helps(name: str) -> None:
    told = CliRunner().invoke(cli, [name, "-h"])
    assert told.exit_code == 0
    assert told.stdout.startswith(f"Usage: cli {name}")


def test_an_unknown_command_is_none() -> None:
    assert cli.get_command(click.Context(cli), "nothing") is None
    assert CliRunner().invoke(cli, ["nothing"]).exit_code == 2


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    for value, color in (("1", False), ("", None)):
        monkeypatch.setenv("NO_COLOR", value)
        context = click.Context(cli)
        with context:
            assert cli.callback is not None
            cli.callback()
        assert context.color is color


def test_help_needs_neither_the_engine_nor_polars() -> None:
    code = (
        "import sys\nfrom click.testing import CliRunner\nfrom logscan.cli.main import cli\n"
        "assert CliRunner().invoke(cli, ['--help']).exit_code == 0\n"
        "heavy = {'polars', 'sigma', 'scipy', 'numpy', 'jinja2', 'rich', 'logscan.engine'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert told.returncode == 0, told.stderr
