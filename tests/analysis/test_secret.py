"""The judge: what is hidden, what is kept, and what a fingerprint rests on."""

import base64

import pytest

from logscan.analysis.secret import LOOK, Judge
from logscan.analysis.secret_grammar import Form, Names, forms
from logscan.analysis.secret_words import add_document, empty_body, words_of
from logscan.model.document import read_document
from logscan.model.errors import LogscanError
from logscan.model.resources import rules_dir

BODY = empty_body()
FAULTS: list[LogscanError] = []
add_document(read_document(rules_dir() / "redaction.yml"), BODY, FAULTS)
JUDGE = Judge(words_of(BODY), b"key")
FORMS = forms(BODY)


def judged(text: str) -> str:
    """The first form that fits the whole text, judged."""
    for form in FORMS:
        found = form.reader().fullmatch(text)
        if found:
            return JUDGE.shown(form, found)
    return text


def test_the_definition_that_ships_has_no_fault() -> None:
    assert FAULTS == []


@pytest.mark.parametrize(
    "word",
    ["expired", "null", "None", "[FILTERED]", "****", "********1234", "${TOKEN}", "{{ token }}", "%s", "sk-ab***cd12"],
)
def test_a_verdict_a_mask_or_a_placeholder_is_no_credential(word: str) -> None:
    assert JUDGE.words.says_nothing(word)


@pytest.mark.parametrize("word", ["hunter2", "secret", "admin", "password1", "correcthorse", "abc***defghijklmnop"])
def test_a_weak_password_is_a_credential_all_the_same(word: str) -> None:
    assert not JUDGE.words.says_nothing(word)
    assert word not in judged(f"password={word}")


def test_what_is_kept_is_marked_to_be_looked_at_again() -> None:
    assert judged("token=expired") == f"token={LOOK}expired"


def test_the_shape_of_a_value_names_its_kind_before_the_name_in_front_of_it() -> None:
    assert "<redacted github-token " in judged("password=ghp_abcdefghijklmnopqrstuvwxyz0123456789")


def test_an_escaped_value_has_the_fingerprint_of_the_plain_one() -> None:
    form = Form("named", "token", "", Names("token", (), whole=False, value="any", prose="any", after=""))
    assert JUDGE.hide(form.kind, "a%2Bb%3D") == JUDGE.hide(form.kind, "a+b=")


def test_user_and_password_have_one_fingerprint_in_both_ways_of_basic() -> None:
    plain = base64.b64encode(b"ada:hunter2").decode()
    padded = judged(f"Authorization: Basic {plain}")
    bare = judged(f"Authorization: Basic {plain.rstrip('=')}")
    assert padded == bare
    assert padded.endswith(" of ada>")


def test_a_challenge_is_kept_and_an_answer_is_not() -> None:
    answer = judged('Authorization: Digest username="ada", realm="x", response="0123456789abcdef"')
    assert 'username="ada", realm="x"' in answer
    assert "0123456789abcdef" not in answer


def test_each_judge_that_a_form_asks_for_exists() -> None:
    assert [form.use for form in FORMS if not hasattr(JUDGE, f"_{form.use}")] == []
