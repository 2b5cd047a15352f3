"""What a line itself holds is measured, whole lines only, and nothing that identifies anybody is told."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.analysis.content import with_content
from logscan.analysis.redact import load_redactor
from logscan.analysis.stated import load_stated
from logscan.model.resources import rules_dir
from logscan.model.schemas import CONTENT, EVENTS
from tests.analysis.tokens import EXP, jwt

STATED = load_stated()
REDACTOR = load_redactor(rules_dir() / "redaction.yml", b"k" * 32)
AT = datetime.fromtimestamp(EXP, UTC)


def events(texts: list[str], at: datetime | None = AT, **columns: Any) -> pl.DataFrame:
    rows = [{"@timestamp": at, "event.original": text, "message": text} | columns for text in texts]
    return pl.DataFrame(rows, schema=EVENTS)


def held(text: str, at: datetime | None = AT, **columns: Any) -> dict[str, Any]:
    got = with_content(events([text], at, **columns), STATED, REDACTOR)
    assert got.schema == pl.Schema({**EVENTS, **CONTENT})
    return {name.removeprefix("logscan."): got[name][0] for name in CONTENT}


def test_a_token_is_held_against_the_time_of_its_event() -> None:
    got = held(f"GET /?t={jwt({'exp': EXP, 'iat': EXP - 3600})} 401", AT + timedelta(seconds=12.5))
    assert (got["expired_s"], got["lifetime_s"], got["expires"], got["skew_s"]) == (12.5, 3600, AT, None)
    assert held(f"t={jwt({'exp': EXP})}", AT - timedelta(hours=1))["expired_s"] == -3600


def test_a_token_from_the_future_tells_the_skew() -> None:
    assert held(f"t={jwt({'exp': EXP + 900, 'iat': EXP + 312})}")["skew_s"] == 312
    assert held(f"t={jwt({'exp': EXP + 900, 'nbf': EXP + 60, 'iat': EXP})}")["skew_s"] == 60
    assert held(f"t={jwt({'exp': EXP + 900, 'iat': EXP + 0.6})}")["skew_s"] is None  # within a whole second


def test_a_line_without_a_time_still_tells_when_its_token_runs_out() -> None:
    got = held(f"t={jwt({'exp': EXP})}", None)
    assert (got["expired_s"], got["expires"]) == (None, AT)


def test_what_the_server_states_goes_before_what_the_token_says() -> None:
    got = held(f"token is expired by 5m: {jwt({'exp': EXP + 900})}")
    assert got["expired_s"] == 300


def test_of_several_tokens_all_must_have_run_out() -> None:
    old, new = jwt({"exp": EXP - 500, "jti": "1"}), jwt({"exp": EXP + 500})
    assert held(f"id={old}&access={new}")["expired_s"] == -500
    assert held(f"id={old}&access={jwt({'exp': EXP - 100})}")["expired_s"] == 100


def test_audience_and_issuer_stand_beside_what_the_server_wants() -> None:
    got = held(f"jwt audience invalid. expected: https://orders.example.com {jwt({'aud': 'billing', 'exp': EXP})}")
    assert got["token"] == (
        '{"alg": "RS256", "kid": "k1", "typ": "JWT", "aud": "billing", "wants_aud": "https://orders.example.com"}'
    )


def test_nobody_is_named_and_the_same_person_has_one_name() -> None:
    one = held(jwt({"sub": "ada@example.com", "name": "Ada L", "email": "ada@example.com", "exp": EXP}))
    two = held(jwt({"sub": "ada@example.com", "exp": EXP + 3600}, kid="k2"))
    assert "ada" not in one["token"].lower()
    assert '"sub": "<redacted sub ' in one["token"]
    assert one["token"].split('"sub"')[1] == two["token"].split('"sub"')[1]


def test_escaped_quotes_are_read_as_well() -> None:
    raw = '{"m":"expected audience \\u0022orders\\u0022 got [\\u0022billing\\u0022]"}'
    got = held(raw, message='expected audience "orders" got ["billing"]')
    assert got["token"] == '{"wants_aud": "orders", "aud": "billing"}'


def test_lines_without_anything_have_nulls() -> None:
    got = with_content(events(["GET / 401", "", "eyJ", "eyJhbGciOiJub25lIn0.!!"]), STATED, REDACTOR)
    assert got.select("logscan.expired_s", "logscan.skew_s", "logscan.expires").null_count().sum_horizontal()[0] == 12
    assert with_content(events([]), STATED, REDACTOR).height == 0


@pytest.mark.parametrize(
    "text", [jwt({"exp": EXP, "x": "y" * 1_000_000}), "eyJ" + "A" * 1_000_000, "eyJaaaaaa.." * 90_000]
)
def test_a_hostile_line_of_a_megabyte_is_bounded(text: str) -> None:
    begun = time.perf_counter()
    held(text)
    assert time.perf_counter() - begun < 1


TEXTS = st.one_of(
    st.text(max_size=40),
    st.builds(lambda text: f"t={jwt({'exp': text, 'sub': text, 'aud': [text]})}", st.text(max_size=20)),
    st.builds(lambda a, b: f"eyJ{a}.{b}", st.text(max_size=30), st.text(max_size=30)),
    st.integers(EXP - 9_999, EXP + 9_999).map(lambda exp: f"t={jwt({'exp': exp, 'iat': exp - 60})}"),
)


@given(st.lists(TEXTS, max_size=6))
def test_a_row_depends_on_itself_alone(texts: list[str]) -> None:
    whole = with_content(events(texts), STATED, REDACTOR)
    alone = [with_content(events([text]), STATED, REDACTOR) for text in texts]
    assert whole.rows() == [row for each in alone for row in each.rows()]


def test_no_part_of_a_token_and_no_person_leaves() -> None:
    token = jwt({"sub": "ada@example.com", "email": "ada@example.com", "exp": EXP, "iss": "https://id.example.com/"})
    whole = with_content(events([f"GET /?t={token} 401", f"refused {token.replace('.', '%2E')}"]), STATED, REDACTOR)
    shown = str(REDACTOR.redact(whole, whole.columns).rows())
    assert "https://id.example.com/" in shown
    assert not [part for part in (*token.split("."), token.split(".")[1][:12], "ada@example.com") if part in shown]
