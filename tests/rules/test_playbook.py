"""Playbooks say what to do, with the finding's own values."""

from pathlib import Path

import pytest

from logscan.model.document import parse_document
from logscan.rules.playbook import PLACES, fill, read_playbook
from tests.rules.folder import PLAYBOOK, load, make

CAUSES = {"token_expired", "key_invalid"}


def told(text: str) -> list[str]:
    book, faults = read_playbook(parse_document(text, "x.yml"), CAUSES)
    assert book is None or not faults
    return [f"{fault.where.line} {fault.where.key}: {fault.what} | {fault.hint}" for fault in faults]


def test_a_playbook_is_read_whole(tmp_path: Path) -> None:
    book = load(make(tmp_path, {})).playbooks["renew"]
    assert book.title == "Renew it"
    assert book.causes == ("token_expired", "key_invalid")
    assert [step.do for step in book.steps] == ["Ask for a new token."]
    assert book.steps[0].why == "The old one ended at {last_seen}."


def test_places_are_filled_and_other_braces_stay() -> None:
    text = "curl -H 'X: {endpoint}' | jq '{a: .b}' | awk '{print $1}' {user}"
    assert fill(text, {"endpoint": "/a"}) == "curl -H 'X: /a' | jq '{a: .b}' | awk '{print $1}' <user>"


def test_a_value_cannot_bring_places_of_its_own() -> None:
    assert fill("{user} {client}", {"user": "{client}", "client": "192.0.2.7"}) == "{client} 192.0.2.7"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("{user}", "{usr}", "4 summary: unknown place `{usr}` | did you mean `user`?"),
        ("{last_seen}", "{lastseen}", "7 steps.0.why: unknown place `{lastseen}` | did you mean `last_seen`?"),
        ("key_invalid]", "key_bad]", "3 causes.1: unknown cause `key_bad` | did you mean `key_invalid`?"),
        ("title: Renew it", "titel: Renew it", "2 titel: unknown key `titel` | did you mean `title`?"),
        (
            "  - do: Ask for a new token.",
            "  - todo: Ask.",
            "6 steps.0.todo: unknown key `steps.0.todo` | did you mean `do`?",
        ),
        ("id: renew", "id: 5", "1 id: `id` is not a text | write a text that is not empty"),
    ],
)
def test_faults_have_their_place(old: str, new: str, expected: str) -> None:
    assert old in PLAYBOOK
    assert expected in told(PLAYBOOK.replace(old, new))


def test_a_step_that_is_no_mapping_is_a_fault() -> None:
    assert told("id: a\ntitle: b\ncauses: [key_invalid]\nsummary: c\nsteps: [Do it.]") == [
        "5 steps.0: `steps.0` is not a mapping | write `key: value` pairs"
    ]


def test_the_places_are_those_that_a_finding_can_fill() -> None:
    assert {"client", "user", "endpoint", "upstream", "cause", "path", "first_seen", "last_seen", "period"} == PLACES
