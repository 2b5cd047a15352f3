"""A FastAPI application that checks tokens with PyJWT; it logs as text, as JSON, or with tracebacks."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from tests.lab.answers import Answer, answering
from tests.lab.benches.nginx import BARE, BARE_403
from tests.lab.case import Act, Bench, Case, good, says
from tests.lab.drive import bearer, get
from tests.lab.tokens import tampered, token
from tests.system.servers import free_port, running

APP = Path(__file__).parents[1] / "apps" / "fastapi_app.py"
KEY = "the-lab-signs-its-tokens-with-this-key"


@contextmanager
def served(folder: Path, style: str) -> Iterator[Bench]:
    """style: plain, json or trace"""
    port, own, other = free_port(), ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    logs = {"access": folder / "uvicorn.log", "app": folder / f"app.{'jsonl' if style == 'json' else 'log'}"}
    with key_set({"k1": own}) as keys:
        command = [
            sys.executable,
            str(APP),
            str(port),
            str(logs["app"]),
            style,
            KEY,
            keys,
            f"http://127.0.0.1:{free_port()}/keys",
        ]
        with running(command, port, logs["access"]):
            base = f"http://127.0.0.1:{port}"
            cases = [*_tokens(base), *_key_sets(base, own, other), *_other(base)]
            yield Bench(f"fastapi-{style}", logs, cases)


@contextmanager
def key_set(keys: dict[str, ec.EllipticCurvePrivateKey]) -> Iterator[str]:
    """The address of a key set that is served until the block ends."""
    shown = [
        json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key())) | {"kid": kid, "use": "sig", "alg": "ES256"}
        for kid, key in keys.items()
    ]

    with answering(lambda _: Answer(200, json.dumps({"keys": shown}))) as port:
        yield f"http://127.0.0.1:{port}/keys"


def _case(name: str, truth: str, act: Act, accepts: str = "", access: str = BARE) -> Case:
    """An access line cannot tell what the application knows; the right guess is no fault all the same."""
    return Case(name, truth, act, says(access=f"{access} {truth}", app=accepts or truth))


def _tokens(base: str) -> list[Case]:
    def sent(make: Callable[[], str], method: str = "GET") -> Act:
        return get(base, "/orders", method=method, headers=lambda: bearer(make()))

    def made(**claims: Any) -> Act:
        return sent(lambda: token(KEY, **claims))

    def header(value: str | None) -> Act:
        return get(base, "/orders", headers={"Authorization": value} if value is not None else {})

    return [
        good(made()),
        good(sent(lambda: token(KEY, scope="orders:write"), "PUT"), times=(3, 5)),
        _case("missing", "credential_missing", header(None)),
        _case("empty", "credential_missing", header("")),
        _case("wrong scheme", "auth_scheme_mismatch", header("Basic YWRhOnJpZ2h0")),
        _case("malformed header", "auth_header_malformed", header("Bearer one two")),
        _case("another malformed header", "auth_header_malformed", header("Token")),
        _case("not a token", "token_malformed", header("Bearer not-a-token")),
        _case("cut token", "token_malformed", sent(lambda: token(KEY).rpartition(".")[0])),
        _case("garbled token", "token_malformed", header("Bearer !!!.???.###")),
        _case("expired", "token_expired", made(iat=-7200, exp=-60)),
        _case("not yet valid", "clock_skew", made(nbf=600)),
        _case("issued in the future", "clock_skew", made(iat=600, exp=4000)),
        _case("wrong audience", "token_claims_mismatch", made(aud="invoices")),
        _case("no audience", "token_claims_mismatch", made(aud=None)),
        _case("wrong issuer", "token_claims_mismatch", made(iss="https://staging.example.com/")),
        _case("no expiry", "token_claims_mismatch", made(exp=None), "token_claims_mismatch token_malformed"),
        _case("wrong key", "token_signature_invalid", sent(lambda: token("k" * 40))),
        _case("tampered", "token_signature_invalid", sent(lambda: tampered(token(KEY)))),
        _case("unsigned", "token_signature_invalid", sent(lambda: jwt.encode({"sub": "ada"}, "", "none"))),
        _case("another algorithm", "token_signature_invalid", sent(lambda: token("k" * 64, algorithm="HS512"))),
        _case("revoked", "credential_revoked", made(state="revoked")),
        _case("disabled", "account_inactive_or_restricted", made(state="disabled")),
        _case("locked", "account_locked", made(state="locked")),
        _case("missing scope", "insufficient_permission", sent(lambda: token(KEY), "PUT"), access=BARE_403),
    ]


def _key_sets(base: str, own: Any, other: Any) -> list[Case]:
    def signed(key: Any, kid: str | None, source: str = "keys", **claims: Any) -> Act:
        return get(base, f"/{source}/orders", headers=lambda: bearer(token(key, kid=kid, algorithm="ES256", **claims)))

    return [
        good(signed(own, "k1"), times=(3, 6)),
        _case("unknown kid", "signing_key_unavailable", signed(own, "k9")),
        _case("another key of the same kid", "token_signature_invalid", signed(other, "k1")),
        _case("key set down", "auth_backend_unavailable", signed(own, "k1", "dead"), "auth_backend_unavailable signing_key_unavailable"),
        _case("expired, by key set", "token_expired", signed(own, "k1", exp=-5)),
    ]  # fmt: skip


def _other(base: str) -> list[Case]:
    return [
        good(get(base, "/partner", headers={"X-API-Key": "right"}), times=(3, 6)),
        _case("no api key", "credential_missing", get(base, "/partner")),
        _case("wrong api key", "api_key_invalid", get(base, "/partner", headers={"X-API-Key": "lab-7f3a"})),
        _case("wrong password", "username_password_invalid", get(base, "/password", method="POST")),
        _case("refresh refused", "refresh_failed", get(base, "/refresh", method="POST")),
        _case("session over", "session_invalid", get(base, "/csrf", method="POST")),
        good(get(base, "/nothing/here"), "not found", (2, 3)),
    ]
