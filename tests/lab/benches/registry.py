"""The registry of container images: basic authentication, and bearer tokens of its own kind; logs as text and as JSON."""

import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from tests.lab.benches.certificates import Authority
from tests.lab.benches.nginx import BARE
from tests.lab.case import Act, Bench, Case, Says, good
from tests.lab.drive import bearer, get
from tests.lab.tokens import HOUR
from tests.system.servers import free_port, program, running

CONF = """
version: 0.1
log: {{level: info, formatter: {formatter}, accesslog: {{disabled: false}}}}
storage: {{filesystem: {{rootdirectory: {folder}/images}}}}
http: {{addr: '127.0.0.1:{port}', secret: made-up}}
auth:
{auth}
"""
BASIC = "  htpasswd: {{realm: lab, path: {folder}/htpasswd}}"
TOKEN = "  token: {{realm: 'https://id.example.com/token', service: registry, issuer: lab, rootcertbundle: {folder}/signer.crt}}"
USER = "ada:$2y$05$vE3R3iLL76x1Nn22jVESKukadJJ5YUvkTnVquLBaij0h9Z50WrMoW"  # password: right


@contextmanager
def served(folder: Path) -> Iterator[Bench]:
    registry, logs = program("docker-registry"), {"basic": folder / "basic.log", "token": folder / "token.log"}
    (folder / "htpasswd").write_text(f"{USER}\n")
    Authority(folder).sign("signer", "registry.example.com")
    Authority(folder / "other").sign("signer", "registry.example.com")
    cases: list[Case] = []
    with ExitStack() as kept:
        for name, auth, formatter, make in (("basic", BASIC, "text", _basic), ("token", TOKEN, "json", _token)):
            port, conf = free_port(), folder / f"{name}.yml"
            conf.write_text(CONF.format(folder=folder, port=port, formatter=formatter, auth=auth.format(folder=folder)))
            kept.enter_context(running([registry, "serve", str(conf)], port, logs[name]))
            cases += make(f"http://127.0.0.1:{port}", folder)
        yield Bench("registry", logs, cases)


def _case(log: str, name: str, truth: str, act: Act, accepts: str = "", *, reason: str = "") -> Case:
    """Each request has a line as of an access log, one that says that it was refused, and with tokens one that says why.

    reason: what stands in that last line, which names neither request nor client
    """
    told = tuple((accepts or truth).split())
    found = ("token_signature_invalid", *told, "unclassified") if log == "token" else told
    return Case(name, truth, act, (
        Says(log, (*BARE.split(), *found), "^127"),
        *([Says(log, told, reason)] if reason else []),
        Says(log, found, "context: invalid token"),
        Says(log, told),
    ), markers=(reason,) if reason else ())  # fmt: skip


def _basic(base: str, _: Path) -> list[Case]:
    def pull(**how: Any) -> Act:
        return get(base, "/v2/lab/{}/tags/list", **how)

    return [
        good(pull(auth=("ada", "right"))),
        _case("basic", "missing", "credential_missing", pull(), "challenge_handshake credential_missing"),
        _case("basic", "wrong password", "username_password_invalid", pull(auth=("ada", "wrong"))),
        _case("basic", "unknown user", "username_password_invalid", pull(auth=("nobody7", "x"))),
        _case("basic", "wrong scheme", "credential_missing", pull(headers=bearer("abc")), "credential_missing challenge_handshake auth_scheme_mismatch"),
    ]  # fmt: skip


def _token(base: str, folder: Path) -> list[Case]:
    def signed(where: Path, access: bool = True, **claims: Any) -> Callable[[], dict[str, str]]:
        def make() -> dict[str, str]:
            now = int(time.time())
            certificate = x509.load_pem_x509_certificate((where / "signer.crt").read_bytes())
            key: Any = load_pem_private_key((where / "signer.key").read_bytes(), None)
            granted = [{"type": "repository", "name": "lab/open", "actions": ["pull"]}] if access else []
            body = {"iss": "lab", "sub": "ada", "aud": "registry", "jti": "0f", "access": granted}
            body |= {"iat": now - 60, "nbf": now - 60, "exp": now + HOUR} | {
                k: now + v if k in {"exp", "nbf"} else v for k, v in claims.items()
            }
            chain = [b64encode(certificate.public_bytes(Encoding.DER)).decode()]
            return bearer(jwt.encode(body, key, "ES256", headers={"x5c": chain}))

        return make

    def pull(headers: Any = None) -> Act:
        return get(base, "/v2/lab/open/manifests/{}", headers=headers or {})

    def case(name: str, truth: str, act: Act, accepts: str = "", reason: str = "") -> Case:
        return _case("token", name, truth, act, accepts, reason=reason)

    return [
        good(pull(signed(folder)), times=(6, 10)),
        case("token: missing", "challenge_handshake", pull(), "challenge_handshake credential_missing"),
        case("token: expired", "token_expired", pull(signed(folder, exp=-120)), reason="not to be used after"),
        case("token: not yet valid", "clock_skew", pull(signed(folder, nbf=900)), reason="not to be used before"),
        case("token: wrong audience", "token_claims_mismatch", pull(signed(folder, aud="shop")), reason="intended for another audience"),
        case("token: wrong issuer", "token_claims_mismatch", pull(signed(folder, iss="staging")), reason="from untrusted issuer"),
        case("token: foreign signer", "token_signature_invalid", pull(signed(folder / "other")), "token_signature_invalid signing_key_unavailable client_certificate_invalid",
             "unable to verify certificate chain"),
        case("token: garbage", "token_malformed", pull(bearer("not-a-token"))),
        case("token: no such right", "insufficient_permission", pull(signed(folder, access=False)), "insufficient_permission challenge_handshake"),
    ]  # fmt: skip
