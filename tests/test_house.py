"""The rules of the house, as tests."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from logscan.cli.exits import Exit
from logscan.cli.main import COMMANDS, cli

ROOT = Path(__file__).parents[1]
CODE = ROOT / "logscan"
CEILING = 300
CLOCKS = {"now", "today", "utcnow", "time", "time_ns", "monotonic", "perf_counter"}


def modules() -> list[Path]:
    return sorted(path for path in CODE.rglob("*.py") if path.name not in {"__init__.py", "__main__.py"})


def docs() -> str:
    return "\n".join(path.read_text("utf-8") for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))])


def commands() -> Iterator[tuple[str, click.Command]]:
    context = click.Context(cli)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        yield name, command
        if isinstance(command, click.Group):
            for inner in command.list_commands(context):
                found = command.get_command(context, inner)
                assert found is not None
                yield f"{name} {inner}", found


def test_every_module_has_its_test_file() -> None:
    lacking = [
        str(path.relative_to(ROOT))
        for path in modules()
        if not (ROOT / "tests" / path.relative_to(CODE).with_name(f"test_{path.name}")).is_file()
    ]
    assert not lacking


def test_no_code_file_is_longer_than_300_lines() -> None:
    long = [str(path) for path in modules() if len(path.read_text("utf-8").splitlines()) > CEILING]
    assert not long


def test_no_module_has_a_name_that_says_nothing() -> None:
    empty = {"utils", "helpers", "common", "manager", "core", "base", "misc"}
    assert not [str(path) for path in modules() if path.stem in empty]


def test_nobody_below_cli_reads_the_clock_prints_or_exits() -> None:
    wrong = []
    for path in modules():
        if path.is_relative_to(CODE / "cli"):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func)
            clock = isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS
            clock = clock and re.match(r"(datetime|date|time|dt)\b", name) is not None
            if clock or name in {"print", "exit", "sys.exit", "quit"} or name.startswith(("os.environ", "os.getenv")):
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} {name}")
    assert not wrong


def test_nobody_uses_an_expression_that_panics_on_an_empty_chunk() -> None:
    assert not [str(path) for path in modules() if "pl.format(" in path.read_text("utf-8")]


def test_every_command_and_option_is_documented() -> None:
    text = docs()
    for name, command in commands():
        assert f"logscan {name}" in text, name
        for option in command.params:
            if isinstance(option, click.Option):
                long = [flag for flag in option.opts if flag.startswith("--")] or option.opts
                assert all(f"`{flag}" in text for flag in long), f"{name} {option.opts}"


def test_every_command_has_help_with_an_example() -> None:
    for name, command in commands():
        if not isinstance(command, click.Group):
            assert command.help, name
            assert "logscan " in (command.epilog or command.help), name


def test_the_short_help_of_a_command_is_a_sentence() -> None:
    assert all(words.endswith(".") and words[0].isupper() for _, _, words in COMMANDS.values())


@pytest.mark.parametrize("code", list(Exit))
def test_every_exit_code_is_documented(code: Exit) -> None:
    assert re.search(rf"^\| *{int(code)} *\|", docs(), re.MULTILINE), code
    assert f"{int(code)} " in (cli.epilog or "")


def test_no_committed_file_names_a_registry_host() -> None:
    hosts = re.compile(r"(index-url|find-links|\"resolved\": *\"http|files\.python" + r"hosted)")
    files = [*ROOT.glob("constraints/*"), ROOT / "pyproject.toml", ROOT / "Makefile", *ROOT.glob("scripts/*")]
    allowed = {ROOT / "scripts" / "lock"}  # the options that keep hosts out
    assert not [path for path in files if path not in allowed and hosts.search(path.read_text("utf-8"))]


def test_the_tests_have_the_same_names_in_every_process(request: pytest.FixtureRequest) -> None:
    """Workers that run side by side refuse to start when a name holds the time of day or the order of a set."""
    own = [item.nodeid for item in request.session.items]
    whole = {str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("test_*.py")}
    seed = os.environ.get("PYTHONHASHSEED", "random")
    if not whole <= {name.partition("::")[0] for name in own}:
        assert names_of_tests("1") == names_of_tests("2")
    elif seed != "random" or getattr(request.config, "workerinput", {"workercount": 1})["workercount"] == 1:
        assert set(own) <= set(names_of_tests("2" if seed == "1" else "1"))  # else this run is the proof: it began


def names_of_tests(seed: str) -> list[str]:
    command = [sys.executable, "-m", "pytest", "--collect-only", "--quiet", "-p", "no:cacheprovider"]
    environment = os.environ | {"PYTHONHASHSEED": seed}
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True, text=True)
    return [line for line in ran.stdout.splitlines() if "::" in line]
