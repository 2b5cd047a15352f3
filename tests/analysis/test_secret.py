"""The judge: what is hidden, what is kept, and what a fingerprint rests on."""

import base64
from urllib.parse import quote

import pytest

from logscan.analysis.redact import Redactor
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
REDACTOR = Redactor(BODY, b"key")
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


@pytest.mark.parametrize("word", ["каталог", "отчёт_за_2026_год.pdf", "メインページ一覧", "café-crème", "你好世界"])
@pytest.mark.parametrize("times", [1, 2])
def test_words_beyond_ascii_are_no_credential_though_their_escapes_look_made(word: str, times: int) -> None:
    shown = word
    for _ in range(times):
        shown = quote(shown)
    assert REDACTOR.text(f"GET /invite/{shown} HTTP/1.1") == f"GET /invite/{shown} HTTP/1.1"


@pytest.mark.parametrize(
    "secret", ["q7Zt%2Bw9Kx%3D4mVb2NcR8yLp", "ключ-9f8a7c6b5d4e3f2a1b0c", "%8f%03%ffa7Kx9%d0Zq2Wm4"]
)
def test_a_credential_is_hidden_whatever_is_escaped_beside_it(secret: str) -> None:
    shown = secret if "%" in secret else quote(secret)
    assert "<redacted token" in REDACTOR.text(f"GET /invite/{shown} HTTP/1.1")
