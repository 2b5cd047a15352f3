"""The tool as a person calls it: in this process, or as a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from logscan.cli import rules
from logscan.cli.main import cli
from logscan.engine import request
from logscan.model.resources import rules_dir
from logscan.rules.load import load_library
from tests.shipped import library


@contextmanager
def shipped_definitions_loaded_once() -> Iterator[None]:
    """Loading all rules takes longer than any small log: what ships with logscan is read once, and from no cache."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("load_library", "load_formats", "load_redactor", "load_judgement"):
            patch.setattr(request, name, _once(getattr(request, name)))
        for name in ("load_stated", "load_restarts"):
            patch.setattr(request, name, cache(getattr(request, name)))
        patch.setattr(request, "_kept", _shipped_from_memory(request._kept))
        patch.setattr(rules, "load_library", _once(load_library))
        yield


def _shipped_from_memory(from_cache: Callable[..., Any]) -> Callable[..., Any]:
    @cache
    def compiled(folders: tuple[Path, ...], own: tuple[Path, ...]) -> Any:
        return request._compiled(folders, own)

    def kept(folders: Sequence[Path], asked: request.Request) -> Any:
        shipped = all(path.is_relative_to(rules_dir()) for path in (*folders, *asked.formats))
        return compiled(tuple(folders), asked.formats) if shipped else from_cache(folders, asked)

    return kept


def _once(load: Callable[..., Any]) -> Callable[..., Any]:
    kept: dict[tuple[Any, ...], Any] = {}

    def loaded(paths: list[Path], *rest: Any, **named: Any) -> Any:
        key = (*paths, *rest)
        if not all(path.is_relative_to(rules_dir()) for path in paths):
            return load(paths, *rest, **named)
        if key not in kept:
            shipped = load is load_library and paths == [rules_dir()]
            kept[key] = library() if shipped else load(paths, *rest, **named)
        return kept[key]

    return loaded


def run(*arguments: str | Path, given: bytes | None = None) -> Result:
    """A command in this process; a fault of logscan itself is raised."""
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], input=given, catch_exceptions=False)


def start(*arguments: str | Path, **options: Any) -> subprocess.Popen[bytes]:
    """A command as a process of its own, with pipes."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    environment = {**os.environ, **options.pop("env", {})}
    return subprocess.Popen(command(*arguments), env=environment, **{**pipes, **options})


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "logscan", *map(str, arguments)]


def measured(*arguments: str | Path) -> list[str]:
    """A command that ends its stderr with the memory it needed, see `peak`.

    In between stands a small process: what the tests' own holds would count as the memory of its child.
    """
    between = "import os, subprocess, sys; _, status, used = os.wait4(subprocess.Popen(sys.argv[1:]).pid, 0); "
    between += "print(used.ru_maxrss, file=sys.stderr); sys.exit(os.waitstatus_to_exitcode(status))"
    return [sys.executable, "-c", between, *command(*arguments)]


def peak(told: str) -> int:
    """Bytes, from the stderr of what `measured` started."""
    return int(told.rsplit(maxsplit=1)[-1]) * 1024


@pytest.fixture(scope="session", autouse=True)
def own_place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No trace in the home of who runs the tests."""
    place = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch, shipped_definitions_loaded_once():
        patch.setenv("XDG_STATE_HOME", str(place / "state"))
        patch.setenv("XDG_CACHE_HOME", str(place / "cache"))
        yield
