"""Tokens are read offline: header and claims, never the signature; no person's name; nothing breaks it."""

import base64
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.analysis.jwt import PATTERN, Token, decode
from tests.analysis.tokens import EXP, jwt, segment


def hide(kind: str, value: str) -> str:
    return f"<{kind} {len(value)}>"


def read(text: str) -> Token | None:
    found = re.search(PATTERN, text)
    return decode(found[0], hide) if found else None


def test_header_and_claims_are_told_and_the_person_is_hidden() -> None:
    claims = {"iss": "https://id.example.com/", "aud": ["a", "b"], "sub": "ada@example.com", "email": "ada@example.com"}
    got = read("Bearer " + jwt(claims | {"exp": EXP, "iat": EXP - 3600, "nbf": EXP - 3000}))
    assert got is not None
    assert (got.expires, got.not_before, got.issued) == (EXP, EXP - 3000, EXP - 3600)
    assert got.told == {"alg": "RS256", "kid": "k1", "typ": "JWT", "iss": "https://id.example.com/", "aud": ["a", "b"],
                        "sub": "<sub 15>"}  # fmt: skip


def test_the_signature_is_not_looked_at() -> None:
    found = re.search(PATTERN, jwt({"exp": EXP}))
    assert found is not None
    assert found[0].count(".") == 1


@pytest.mark.parametrize(
    ("exp", "read_as"),
    [(EXP, EXP), (EXP + 0.5, EXP + 0.5), (str(EXP), EXP), (EXP * 1000, EXP), (True, None), (None, None), (-5, None),
     (10**30, None), ("soon", None), ([EXP], None), ("9" * 5000, None), (float("nan"), None), (1e308, None)],
)  # fmt: skip
def test_a_time_is_read_however_it_is_written_and_refused_when_it_is_none(exp: object, read_as: float | None) -> None:
    got = read(jwt({"exp": exp}))
    assert got is not None
    assert got.expires == read_as


def test_an_encrypted_token_tells_its_header() -> None:
    got = read(f"{segment({'alg': 'RSA-OAEP', 'enc': 'A256GCM', 'kid': 'e1'})}.AAAA.BBBB.CCCC.DDDD")
    assert got is not None
    assert (got.expires, got.told) == (None, {"alg": "RSA-OAEP", "kid": "e1"})


def test_a_dot_may_be_encoded() -> None:
    got = read("?jwt=" + jwt({"exp": EXP}).replace(".", "%2E"))
    assert got is not None
    assert got.expires == EXP


def test_a_token_of_a_megabyte_costs_next_to_nothing() -> None:
    text = jwt({"exp": EXP, "x": "y" * 1_000_000})
    begun = time.perf_counter()
    assert decode(text, hide) is None
    assert time.perf_counter() - begun < 0.1


NESTED = base64.urlsafe_b64encode(b'{"a":' + b"[" * 9_000).decode()


@pytest.mark.parametrize("body", ["", "e30", "W10", "eyJ", "!!!!", "//8", "__8", "bnVsbA", NESTED, "eyJhIjoxfQ" * 3])
def test_what_is_no_json_object_has_no_claims(body: str) -> None:
    got = decode(f"{segment({'alg': 'none'})}.{body}", hide)
    assert got is None or got.expires is None


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60), st.binary(max_size=60))
def test_no_text_breaks_it(text: str, raw: bytes) -> None:
    head = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    for each in (text, "eyJ" + text, f"{head}.{text}", f"{segment({'alg': text})}.{head}", f"{segment(text)}.{head}"):
        got = decode(each, hide)
        assert got is None or isinstance(got.told, dict)
