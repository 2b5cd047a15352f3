from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from logscan.report.matched import Part, marked
from logscan.rules.tree import All, Column, Node, Not, Number, Regex, Some, Text, Words
from tests.hostile.corpus import PAYLOADS

MESSAGE = Column("message", text=True)
STATUS = Number(Column("http.response.status_code", text=False), "eq", (401.0,))


def looks_for(*nodes: Node, name: str = "r") -> Any:
    return SimpleNamespace(name=name, tree=Some(nodes))


def text(*words: str, cased: bool = False, column: Column = MESSAGE) -> Text:
    return Text(column, tuple(Words("contains", word, word) for word in words), cased)


def hits(line: str, *rules: Any) -> list[str]:
    return [part.text for part in marked([([line], rules)])[0][0] if part.hit]


def test_words_are_marked_whatever_their_case_and_put_together_the_parts_are_the_line() -> None:
    line = "WARN Token Has Expired at noon"
    assert marked([([line], [looks_for(text("token has expired"))])]) == [
        [(Part("WARN ", hit=False), Part("Token Has Expired", hit=True), Part(" at noon", hit=False))]
    ]
    assert hits(line, looks_for(text("token has", cased=True))) == []


def test_a_pattern_is_asked_by_the_engine_that_asked_before() -> None:
    assert hits('user "ada": password mismatch, client', looks_for(Regex(MESSAGE, r'user "[^"]+": password \w+'))) == [
        'user "ada": password mismatch'
    ]
    assert hits("x" * 50_000, looks_for(Regex(MESSAGE, "(?i)(x+x+)+y"))) == []


def test_a_word_is_marked_whole() -> None:
    assert hits("HTTP/1.1 401 Unauthorized", looks_for(text("401 unauthori"))) == ["401 Unauthorized"]
    assert hits("x" * 900 + "token expired", looks_for(text("token expired"))) == ["x" * 24 + "token expired"]


def test_what_only_stands_around_the_words_is_not_marked() -> None:
    assert hits('"GET / HTTP/1.1" 401 12', looks_for(Regex(MESSAGE, r'[" ]+401[" ]'))) == ["401"]
    assert hits("a: ---", looks_for(Regex(MESSAGE, "-+"))) == []


def test_what_only_says_what_the_line_is_about_is_not_marked() -> None:
    rule = looks_for(All((text("auth"), text("signature verification failed"))))
    assert hits("auth: signature verification failed", rule) == ["signature verification failed"]
    lines = ["signature verification failed", "GET /auth 401"]
    assert [[part.hit for part in parts] for parts in marked([(lines, [rule])])[0]] == [[True], [False]]


def test_what_a_rule_excludes_is_not_marked_and_where_a_line_stands_is_no_reason() -> None:
    rule = looks_for(Not(text("timeout waiting")), text("error", column=Column("log.level", text=True)))
    assert hits("error: timeout waiting", rule) == []


def test_without_words_the_status_is_marked_but_no_part_of_a_number() -> None:
    assert hits('192.0.2.1 4401 "GET /401/x" 401 12', looks_for(STATUS)) == ["401"]
    assert hits("10.401.1.1:401 took 401ms", looks_for(STATUS)) == []
    assert hits("401 password mismatch", looks_for(STATUS), looks_for(text("password mismatch"), name="s")) == [
        "password mismatch"
    ]


@given(st.one_of(st.text(), st.sampled_from([text[:3000] for text in PAYLOADS.values()])), st.text(max_size=9))
def test_the_parts_are_the_line_whatever_it_holds(line: str, word: str) -> None:
    rules = [looks_for(text(word.lower(), word), STATUS, Regex(MESSAGE, r"\w+ \w+"))]
    assert "".join(part.text for part in marked([([line], rules)])[0][0]) == line
