"""Colours for a person at a terminal, and nowhere else."""

import os
import re
import sys
from pathlib import Path

import pytest

from logscan.cli import colour
from logscan.cli.colour import coloured
from tests.system.tool import start

TEXT = "Token has expired: x\n\n1. HIGH  Token has expired\n   client x\n   what to do: Renew\n     1. HIGH  a line\n"
TABLE = "SEVERITY CAUSE\nhigh     Token has expired\n         client x\n"
LINE = '192.0.2.7 - - [12/Mar/2026:06:25:{:02d} +0000] "GET / HTTP/1.1" 401 5 "-" "curl/8"\n'


def test_only_bold_and_the_hue_of_a_severity_are_added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(colour, "_looked_at", lambda: True)
    told = coloured(TEXT, "text", "-")
    assert told.startswith("\x1b[1mToken has expired: x\x1b[0m\n")
    assert "1. \x1b[31m\x1b[1mHIGH\x1b[0m  \x1b[1mToken has expired\x1b[0m\n" in told
    assert "\n     1. HIGH  a line\n" in told
    assert re.sub(r"\x1b\[[0-9]+m", "", told) == TEXT
    assert coloured(TABLE, "table", "-").splitlines()[1].startswith("\x1b[31m\x1b[1mhigh\x1b[0m     \x1b[1mToken")
    for form, out in (("json", "-"), ("markdown", "-"), ("text", "told.txt")):
        assert coloured(TEXT, form, out) == TEXT


@pytest.mark.parametrize(
    ("environment", "expected"),
    [({}, True), ({"NO_COLOR": ""}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
def test_whoever_wants_none_gets_none(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: bool
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in ({"TERM": "xterm"} | environment).items():
        monkeypatch.setenv(name, value)
    assert (coloured(TEXT, "text", "-") != TEXT) is expected
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False)
    assert coloured(TEXT, "text", "-") == TEXT


def test_a_real_terminal_gets_them(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("".join(LINE.format(k) for k in range(20)))
    ours, theirs = os.openpty()
    environment = {"TERM": "xterm", "NO_COLOR": ""}
    running = start("scan", "--format", "text", tmp_path / "a.log", stdout=theirs, env=environment)
    os.close(theirs)
    told = b""
    while b"curl" not in told or not told.endswith(b"\n"):
        told += os.read(ours, 65_536)
    running.communicate(timeout=60)
    os.close(ours)
    assert b"\x1b[1m" in told
