"""A Flask-JWT-Extended application, whose answers say why; werkzeug's own lines do not."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.lab.benches.nginx import BARE, BARE_403
from tests.lab.case import Act, Bench, Case, good, says
from tests.lab.drive import bearer, get
from tests.lab.tokens import tampered, token
from tests.system.servers import free_port, running

APP = Path(__file__).parents[1] / "apps" / "flask_app.py"
KEY = "the-lab-signs-its-flask-tokens-with-this-key"


@contextmanager
def served(folder: Path) -> Iterator[Bench]:
    port, logs = free_port(), {"server": folder / "werkzeug.log", "app": folder / "app.log"}
    with running([sys.executable, str(APP), str(port), str(logs["app"]), KEY], port, logs["server"]):
        yield Bench("flask", logs, _cases(f"http://127.0.0.1:{port}"))


def _case(name: str, truth: str, act: Act, accepts: str = "", bare: str = BARE) -> Case:
    return Case(name, truth, act, says(server=f"{bare} {truth}", app=accepts or truth))


def _own(key: str = KEY, **claims: Any) -> str:
    return token(key, **{"type": "access", "jti": "0f", "fresh": False, **claims})


def _cases(base: str) -> list[Case]:
    def made(place: str = "/orders", key: str = KEY, **claims: Any) -> Act:
        return get(base, place, headers=lambda: bearer(_own(key, **claims)))

    def header(value: str | None) -> Act:
        return get(base, "/orders", headers={"Authorization": value} if value else {})

    def cookie(**claims: Any) -> Act:
        return get(base, "/orders", method="POST", headers=lambda: {"Cookie": f"access_token_cookie={_own(**claims)}"})

    bare_422 = "none unclassified token_malformed"
    return [
        good(made()),
        good(made("/admin", role="admin"), times=(3, 6)),
        good(get(base, "/nothing/here"), "not found", (2, 3)),
        _case("missing", "credential_missing", header(None)),
        _case("wrong scheme", "credential_missing", header("Basic YWRhOnJpZ2h0"), "credential_missing auth_scheme_mismatch"),
        _case("malformed header", "auth_header_malformed", header("Bearer one two"), bare=bare_422),
        _case("not a token", "token_malformed", header("Bearer not-a-token"), bare=bare_422),
        _case("expired", "token_expired", made(exp=-60)),
        _case("not yet valid", "clock_skew", made(nbf=900), bare=bare_422),
        _case("wrong key", "token_signature_invalid", made(key="k" * 50), bare=bare_422),
        _case("tampered", "token_signature_invalid", get(base, "/orders", headers=lambda: bearer(tampered(_own()))), bare=bare_422),
        _case("wrong audience", "token_claims_mismatch", made(aud="invoices"), bare=bare_422),
        _case("wrong issuer", "token_claims_mismatch", made(iss="https://staging.example.com/"), bare=bare_422),
        _case("refresh token sent", "token_claims_mismatch", made(type="refresh"), bare=bare_422),
        _case("no subject", "token_claims_mismatch", made(sub=None), "token_claims_mismatch token_malformed", bare_422),
        _case("revoked", "credential_revoked", made(jti="withdrawn")),
        _case("user is gone", "username_password_invalid", made(sub="nobody7"), "username_password_invalid account_inactive_or_restricted"),
        _case("not fresh", "access_policy_blocked", made("/fresh"), "access_policy_blocked session_invalid token_claims_mismatch"),
        _case("not an administrator", "insufficient_permission", made("/admin"), bare=BARE_403),
        _case("cookie without CSRF token", "session_invalid", cookie(csrf="c1")),
    ]  # fmt: skip
