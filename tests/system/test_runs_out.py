"""What lines say of the end of a token or certificate is the next time that is expected, in every output."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.analysis.tokens import jwt
from tests.system.tool import run

BEGIN = datetime(2026, 3, 11, 9, tzinfo=UTC)


def token(minutes: float, **claims: str) -> str:
    return jwt({"exp": int((BEGIN + timedelta(minutes=minutes)).timestamp()), "aud": "billing"} | claims)


def access(folder: Path, tokens: Sequence[str], *, until: float = 0.0) -> Path:
    """One client that is refused every 20 s, its tokens in turn; another that gets in, to the end."""
    lines = []
    for step, presented in enumerate(tokens):
        when = f"{BEGIN + timedelta(seconds=20 * step):%d/%b/%Y:%H:%M:%S} +0000"
        lines += [
            f'192.0.2.7 - - [{when}] "GET /v1/orders?access_token={presented} HTTP/1.1" 401 0 "-" "probe/1.0"',
            f'192.0.2.9 - - [{when}] "GET /v1/carts HTTP/1.1" 200 10 "-" "probe/1.0"',
        ]
    if until:
        when = f"{BEGIN + timedelta(minutes=until):%d/%b/%Y:%H:%M:%S} +0000"
        lines.append(f'192.0.2.9 - - [{when}] "GET /v1/carts HTTP/1.1" 200 10 "-" "probe/1.0"')
    path = folder / "access.log"
    path.write_text("\n".join(lines) + "\n")
    return path


def application(folder: Path, words: str) -> Path:
    lines = [f"{BEGIN + timedelta(seconds=50 * k * k):%Y-%m-%dT%H:%M:%SZ} ERROR auth: {words}" for k in range(8)]
    path = folder / "app.log"
    path.write_text("\n".join(lines) + "\n")
    return path


def found(path: Path) -> dict[str, Any]:
    findings = json.loads(run("scan", "--format", "json", path).stdout)["findings"]
    assert len(findings) == 1
    return dict(findings[0])


def test_a_token_that_is_still_good_runs_out(tmp_path: Path) -> None:
    path = access(tmp_path, [token(60)] * 30)
    told = found(path)
    assert (told["next_expected"], told["next_within_s"]) == ("2026-03-11T10:00:00Z", 300)
    said = "about 2026-03-11 10:00, give or take 5 min, when what was presented runs out"
    assert f"next expected: {said}" in run("scan", path).stdout
    page = run("report", "-o", "-", path).stdout
    assert ">2026-03-11 10:00:00</time>, give or take 5 min, when what was presented runs out</dd>" in page


@pytest.mark.parametrize(
    ("ends", "until", "due"),
    [
        ([60, 30, 90], 0, "2026-03-11T09:30:00Z"),
        ([-5, 90, 60], 0, "2026-03-11T10:00:00Z"),
        ([30, 60], 45, "2026-03-11T10:00:00Z"),
        ([-5], 0, None),
        ([60], 61, None),
    ],
    ids=["the first", "not what is over", "not what the log has seen", "expired", "expired since"],
)
def test_the_first_that_is_still_to_come_is_told(
    tmp_path: Path, ends: list[float], until: float, due: str | None
) -> None:
    """Those of one client, whose failures are one finding each or together."""
    tokens = [token(ends[step % len(ends)]) for step in range(30)]
    path = access(tmp_path, tokens, until=until)
    findings = json.loads(run("scan", "--format", "json", path).stdout)["findings"]
    moments = {found["next_expected"] for found in findings if found.get("next_within_s") in (300, 86_400)}
    assert min(moments, default=None) == due


def test_each_credential_has_its_own_end(tmp_path: Path) -> None:
    """Another client's token runs out earlier: that is no news of this one."""
    lines = []
    for client, minutes, path in ((7, 60, "orders"), (8, 30, "bills")):
        held = token(minutes, sub=str(client))
        for step in range(30):
            when = f"{BEGIN + timedelta(seconds=7 * step + (400 if client == 8 else 0)):%d/%b/%Y:%H:%M:%S} +0000"
            lines.append(f'192.0.2.{client} - - [{when}] "GET /v1/{path}?jwt={held} HTTP/1.1" 401 0 "-" "p/{client}"')
    log = tmp_path / "access.log"
    log.write_text("\n".join(lines) + "\n")
    findings = json.loads(run("scan", "--format", "json", log).stdout)["findings"]
    due = {each["facts"]["expires"]: each["next_expected"] for each in findings}
    assert due == {"2026-03-11T10:00:00Z": "2026-03-11T10:00:00Z", "2026-03-11T09:30:00Z": "2026-03-11T09:30:00Z"}


@pytest.mark.parametrize(
    ("words", "due", "within"),
    [
        ("401 Unauthorized: certificate CN=ada expires on 2026-05-01, no user", "2026-05-01T00:00:00Z", 86_400),
        ("401 Unauthorized: certificate notAfter=May  1 12:30:00 2026 GMT, no user", "2026-05-01T12:30:00Z", 300),
        ("401 Unauthorized: client secret will expire at 2026-05-01T12:30:00Z", "2026-05-01T12:30:00Z", 300),
        ("401 Unauthorized: API key expired on 2026-03-01T12:30:00Z", None, None),
        ("401 Unauthorized: the offer expires on 2026-05-01", None, None),
    ],
    ids=["a day", "OpenSSL", "secret", "past", "no credential"],
)
def test_what_a_line_states_is_expected(tmp_path: Path, words: str, due: str | None, within: float | None) -> None:
    told = found(application(tmp_path, words))
    assert (told["next_expected"], told.get("next_within_s")) == (due, within)
