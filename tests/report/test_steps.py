import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.model.finding import Scope
from logscan.report.steps import filled_steps, place_values
from logscan.rules.playbook import Playbook, Step
from tests.hostile.corpus import PAYLOADS
from tests.report.scans import finding

BOOK = Playbook(
    "b",
    "B",
    (),
    "",
    (Step("Look at {client} and {user}.", "Since {first_seen}.", "grep -n -- {client} '{path}' \"{endpoint}\""),),
    "",
)


def test_the_finding_s_own_values_stand_in_the_steps() -> None:
    values = place_values(finding(), "Token has expired", "api/app.log")
    step = filled_steps(BOOK, values)[0]
    assert step.do == "Look at 192.0.2.7 and svc-orders."
    assert step.why == "Since 2026-03-12 06:00:00 UTC."
    assert step.command == "grep -n -- 192.0.2.7 'api/app.log' \"/api/v1/orders/{id}\""
    assert values["period"] == "60 min"


def test_a_place_without_a_value_is_left_for_the_reader() -> None:
    step = filled_steps(BOOK, {})[0]
    assert step.do == "Look at the client and the user."
    assert step.command == "grep -n -- CLIENT 'PATH' \"ENDPOINT\""


def test_the_scope_s_value_goes_before_the_most_hit() -> None:
    assert place_values(finding(scope=Scope("upstream", ("10.0.0.1:80",))), "", "")["upstream"] == "10.0.0.1:80"
    assert place_values(finding(scope=Scope("client", ("192.0.2.99",))), "", "")["client"] == "192.0.2.99"


@given(st.one_of(st.sampled_from(sorted(PAYLOADS.values())), st.text(st.characters(codec="utf-8"))))
def test_a_value_in_a_command_is_one_plain_word_to_a_shell(text: str) -> None:
    book = Playbook("b", "B", (), "", (Step("x", "", "grep {client} '{client}' \"{client}\""),), "")
    command = filled_steps(book, {"client": text})[0].command
    words = shlex.split(command)
    assert words in (["grep", text, text, text], ["grep", "CLIENT", "CLIENT", "CLIENT"])
    assert not set(command) & set("$`;&|<>(){}*?!#~\n\\") or words[1] == text
    assert not set(words[1]) & set("$`;&|<>()*?!#~\n\\'\" ")
    assert not words[1].startswith("-")


@pytest.mark.parametrize(
    "text", ["$(id)", "`id`", "a b", "-rf", "a;b", "a\nb", "a'b", "~root", "=cmd", "{a,b}", "x" * 300, ""]
)
def test_what_a_shell_could_read_otherwise_is_not_filled_in(text: str) -> None:
    assert filled_steps(BOOK, {"client": text})[0].command.startswith("grep -n -- CLIENT ")
