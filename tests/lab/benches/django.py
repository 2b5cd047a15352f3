"""A Django REST application: tokens of simplejwt, the framework's own tokens, basic authentication, sessions and forms."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.lab.benches.nginx import BARE, BARE_403
from tests.lab.case import Act, Bench, Case, Says, good
from tests.lab.drive import bearer, get
from tests.lab.tokens import token
from tests.system.servers import free_port, running

APP = Path(__file__).parents[1] / "apps" / "django_app.py"
KEY = "the-lab-signs-its-django-tokens-with-this"


@contextmanager
def served(folder: Path) -> Iterator[Bench]:
    port, logs = free_port(), {"server": folder / "runserver.log", "app": folder / "django.log"}
    with running([sys.executable, str(APP), str(port), str(logs["app"]), KEY], port, logs["server"]):
        yield Bench("django", logs, [*_tokens(f"http://127.0.0.1:{port}"), *_other(f"http://127.0.0.1:{port}")])


def _case(name: str, truth: str, act: Act, accepts: str = "", bare: str = BARE) -> Case:
    """Django's own lines ("Unauthorized: /path", "POST /path 401") do not say why; the line of the application does."""
    told = tuple((accepts or truth).split())
    unknowing = (*bare.split(), truth)
    return Case(name, truth, act, (
        Says("server", unknowing, f'"{"|Unauthorized|Forbidden|Bad Request"}'),
        Says("app", (*unknowing, *told), r"django\.request"),
        Says("app", told),
    ))  # fmt: skip


def _tokens(base: str) -> list[Case]:
    def made(key: str = KEY, place: str = "/jwt", kind: str = "access", **claims: Any) -> Act:
        claims = {"token_type": kind, "jti": "0f", **claims}
        return get(base, place, headers=lambda: bearer(token(key, **claims)))

    def header(value: str | None) -> Act:
        return get(base, "/jwt", headers={"Authorization": value} if value else {})

    return [
        good(made()),
        _case("missing", "credential_missing", header(None)),
        _case("wrong scheme", "credential_missing", header("Basic YWRhOnJpZ2h0")),  # the framework passes over it
        _case("malformed header", "auth_header_malformed", header("Bearer one two")),
        _case("not a token", "token_malformed", header("Bearer not-a-token"), "token_malformed token_expired token_signature_invalid"),
        _case("expired", "token_expired", made(exp=-60)),
        _case("wrong key", "token_signature_invalid", made("k" * 50), "token_signature_invalid token_malformed token_expired"),
        _case("wrong audience", "token_claims_mismatch", made(aud="invoices"), "token_claims_mismatch token_malformed token_signature_invalid token_expired"),
        _case("wrong type", "token_claims_mismatch", made(kind="refresh"), "token_claims_mismatch"),
        _case("no subject", "token_claims_mismatch", made(sub=None), "token_claims_mismatch token_malformed"),
        _case("user is gone", "username_password_invalid", made(sub="nobody7"), "username_password_invalid account_inactive_or_restricted"),
        _case("user is inactive", "account_inactive_or_restricted", made(sub="grace")),
        _case("no permission", "insufficient_permission", get(base, "/change", method="POST", headers=lambda: bearer(token(KEY, token_type="access", jti="0f"))), bare=BARE_403),
    ]  # fmt: skip


def _other(base: str) -> list[Case]:
    def keyed(value: str | None) -> Act:
        return get(base, "/token", headers={"Authorization": value} if value else {})

    def login(user: str, password: str) -> Act:
        return get(base, "/login", method="POST", json={"username": user, "password": password})

    def refresh(value: Any) -> Act:
        return get(base, "/refresh", method="POST", json=lambda: {"refresh": value()})

    def session(**cookies: str) -> Act:
        return get(
            base, "/session", headers={"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        )

    bare_400 = "none unclassified auth_request_incomplete"
    return [
        good(keyed(f"Token {'a' * 40}")),
        good(login("ada", "right"), times=(2, 4)),
        good(get(base, "/nothing/here"), "not found", (2, 3)),
        good(get(base, "/form/{}?next=/401/expired"), "words in a query", (2, 3)),
        _case("no key", "credential_missing", keyed(None)),
        _case("unknown key", "api_key_invalid", keyed(f"Token {'c' * 40}"), "api_key_invalid token_malformed token_signature_invalid"),
        _case("key of an inactive user", "account_inactive_or_restricted", keyed(f"Token {'b' * 40}")),
        _case("key with blanks", "auth_header_malformed", keyed("Token abc def")),
        _case("key of nothing", "auth_header_malformed", keyed("Token"), "auth_header_malformed credential_missing"),
        _case("basic: wrong password", "username_password_invalid", get(base, "/basic", auth=("ada", "wrong"))),
        _case("basic: not base64", "auth_header_malformed", get(base, "/basic", headers={"Authorization": "Basic %%%"})),
        _case("login: wrong password", "username_password_invalid", login("ada", "wrong")),
        _case("login: inactive", "username_password_invalid", login("grace", "hopper"), "username_password_invalid account_inactive_or_restricted"),
        _case("login: no password", "auth_request_incomplete", get(base, "/login", method="POST", json={"username": "ada"}),
              "auth_request_incomplete credential_missing none unclassified", f"{bare_400} credential_missing"),
        _case("refresh: garbage", "refresh_failed", refresh(lambda: "x.y.z"), "refresh_failed token_malformed token_expired"),
        _case("refresh: expired", "refresh_failed", refresh(lambda: token(KEY, token_type="refresh", jti="1", exp=-60)), "refresh_failed token_expired"),
        _case("no session", "credential_missing", session(), "credential_missing session_invalid", BARE_403),
        _case("session over", "session_invalid", session(sessionid="gone0123456789"), "credential_missing session_invalid", BARE_403),
        Case("form without a CSRF cookie", "session_invalid", get(base, "/form", method="POST"), (
            Says("server", ("session_invalid", *BARE_403.split())), Says("app", ("session_invalid",)))),
        Case("form with a wrong CSRF token", "session_invalid",
             get(base, "/form", method="POST", headers={"Cookie": "csrftoken=" + "a" * 32, "X-CSRFToken": "b" * 32}), (
             Says("server", ("session_invalid", *BARE_403.split())), Says("app", ("session_invalid",)))),
    ]  # fmt: skip
