"""Errors become one clear message each and the exit code of the contract."""

import click
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from logscan.cli.exits import ErrorGroup, Exit, visible
from logscan.model.errors import Faults, FormatError, RuleError, SettingsError, SourceError, Where

PLACE = Where("rules/x.yml", 12, "detection.text")
RULE = RuleError("unknown operator `like`", where=PLACE, hint="use one of: contains, re")
SOURCE = SourceError("does not exist", where=Where("a.log"))


def run(error: BaseException, *arguments: str) -> Result:
    @click.group(cls=ErrorGroup)
    def cli() -> None: ...

    @cli.command()
    def go() -> None:
        raise error

    return CliRunner().invoke(cli, arguments or ("go",))


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RULE, Exit.INVALID),
        (FormatError("x", where=PLACE), Exit.INVALID),
        (SettingsError("x", where=PLACE), Exit.INVALID),
        (SOURCE, Exit.NO_EVENTS),
        (Faults([RULE, SOURCE]), Exit.INVALID),
        (Faults([SOURCE, SOURCE]), Exit.NO_EVENTS),
        (KeyboardInterrupt(), Exit.INTERRUPTED),
    ],
)
def test_each_error_has_its_exit_code(error: BaseException, code: Exit) -> None:
    result = run(error)
    assert result.exit_code == code
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


def test_the_message_says_where_what_and_the_way_out() -> None:
    assert run(RULE).stderr == (
        "error: rules/x.yml:12 detection.text: unknown operator `like`\n  hint: use one of: contains, re\n"
    )


def test_every_fault_is_shown_and_counted() -> None:
    told = run(Faults([SOURCE, RULE])).stderr
    assert "a.log" in told
    assert "rules/x.yml:12" in told
    assert told.endswith("2 faults\n")


def test_a_wrong_option_is_a_usage_error() -> None:
    assert run(RULE, "go", "--nonsense").exit_code == Exit.USAGE


def test_a_fault_of_logscan_itself_is_not_hidden() -> None:
    result = run(ZeroDivisionError("x"))
    assert isinstance(result.exception, ZeroDivisionError)


def test_the_codes_are_those_of_the_contract() -> None:
    assert {code.name: int(code) for code in Exit} == {
        "CLEAN": 0,
        "FINDINGS": 1,
        "USAGE": 2,
        "NO_EVENTS": 3,
        "INVALID": 4,
        "INTERRUPTED": 130,
    }


def test_a_name_cannot_command_the_terminal() -> None:
    told = run(RuleError("broken", where=Where("a\x1b]0;owned\x07\u202e.yml"))).stderr
    assert "\x1b" not in told
    assert "\\x1b" in told
    assert "\\u202e" in told


@given(st.text())
def test_visible_text_holds_nothing_but_printable_characters(text: str) -> None:
    shown = visible(text)
    assert all(char.isprintable() or char == "\n" for char in shown)
    assert shown == text or not all(char.isprintable() or char == "\n" for char in text)
