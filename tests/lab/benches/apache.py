"""Apache httpd: basic and digest authentication, what its `Require` lines refuse, and password files that are gone."""

import hashlib
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.lab.benches.nginx import BARE, BARE_403
from tests.lab.case import Act, Bench, Case, Says, Visit, good, says
from tests.lab.drive import curl, get
from tests.system.servers import free_port, program, running

MODULES = "mpm_event authn_core authn_file auth_basic auth_digest authz_core authz_user authz_host alias"
CONF = r"""
ServerRoot {folder}
ServerName files.example.com
PidFile {folder}/pid
Mutex file:{folder} default
ErrorLog {folder}/error.log
Listen 127.0.0.1:{port}
{modules}
DocumentRoot {folder}/www
AliasMatch "^/(open|basic|digest|stale|few|net|moved)/" {folder}/www/ok.txt
<Location /basic>
  AuthType Basic
  AuthName files
  AuthUserFile {folder}/htpasswd
  Require valid-user
</Location>
<Location /few>
  AuthType Basic
  AuthName files
  AuthUserFile {folder}/htpasswd
  Require user ada
</Location>
<Location /moved>
  AuthType Basic
  AuthName files
  AuthUserFile {folder}/htpasswd.2
  Require valid-user
</Location>
<Location /net>
  Require ip 192.0.2.0/24
</Location>
<Location /digest>
  AuthType Digest
  AuthName lab
  AuthUserFile {folder}/htdigest
  Require valid-user
</Location>
<Location /stale>
  AuthType Digest
  AuthName lab
  AuthUserFile {folder}/htdigest
  AuthDigestNonceLifetime 1
  Require valid-user
</Location>
LogFormat "%h %l %u %t \"%r\" %>s %O \"%{{Referer}}i\" \"%{{User-Agent}}i\"" combined
CustomLog {folder}/access.log combined
"""
FIRST_LEG = Says("access", ("challenge_handshake", *BARE.split()), '" 401 ')


@contextmanager
def served(folder: Path) -> Iterator[Bench]:
    apache, port, conf = program("apache2"), free_port(), folder / "httpd.conf"
    (folder / "www").mkdir()
    (folder / "www" / "ok.txt").write_text("fine\n")
    modules = "\n".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in MODULES.split())
    conf.write_text(CONF.format(folder=folder, port=port, modules=modules))
    users = {"ada": "right", "grace": "hopper"}
    (folder / "htpasswd").write_text("".join(f"{user}:{_sha(word)}\n" for user, word in users.items()))
    (folder / "htdigest").write_text("".join(f"{user}:lab:{_md5(user, 'lab', word)}\n" for user, word in users.items()))
    logs = {"access": folder / "access.log", "error": folder / "error.log"}
    with running([apache, "-D", "FOREGROUND", "-f", str(conf)], port, folder / "out"):
        base = f"http://127.0.0.1:{port}"
        yield Bench("apache", logs, [*_basic(base), *_digest(base)])


def _sha(password: str) -> str:
    return "{SHA}" + b64encode(hashlib.sha1(password.encode()).digest()).decode()  # noqa: S324 (what htpasswd -s writes)


def _md5(*parts: str) -> str:
    return hashlib.md5(":".join(parts).encode()).hexdigest()  # noqa: S324 (RFC 7616 has it)


def _basic(base: str) -> list[Case]:
    def basic(user: str, password: str, place: str = "/basic") -> Act:
        return get(base, place, auth=(user, password))

    named = "username_password_invalid unclassified insufficient_permission"
    refused = says(access=named, error="username_password_invalid")
    return [
        good(basic("ada", "right")),
        good(get(base, "/open"), "health"),
        good(get(base, "/absent/401/unauthorized"), "not found", (2, 4)),
        Case("missing", "unclassified", get(base, "/basic"), says(access=BARE)),
        Case("wrong scheme", "auth_scheme_mismatch", get(base, "/basic", headers={"Authorization": "Bearer a.b.c"}),
             says(access=BARE, error="auth_scheme_mismatch")),
        Case("wrong password", "username_password_invalid", basic("ada", "wrong"), refused),
        Case("unknown user", "username_password_invalid", basic("nobody7", "x"), refused),
        Case("not one of the few", "insufficient_permission", basic("grace", "hopper", "/few"),
             says(access=named, error="insufficient_permission")),
        Case("wrong network", "access_policy_blocked", get(base, "/net"),
             says(access=BARE_403, error="access_policy_blocked insufficient_permission")),
        Case("password file gone", "server_auth_config", basic("ada", "right", "/moved"),
             says(access="server_auth_config none unclassified", error="server_auth_config")),
        Case("preflight", "cors_preflight",
             get(base, "/basic", method="OPTIONS", headers={"Origin": "https://app.example.com"}),
             says(access="cors_preflight")),
        Case("handshake", "challenge_handshake",
             lambda visit: curl(visit, "--anyauth", "-u", "grace:hopper", f"{base}/basic/{visit.marker}"), (FIRST_LEG,)),
    ]  # fmt: skip


def _digest(base: str) -> list[Case]:
    def digest(user: str, password: str) -> Act:
        return get(base, "/digest", auth=lambda: httpx.DigestAuth(user, password))

    def forged(change: Callable[[str], str], place: str = "/digest", wait: float = 0) -> Act:
        """The second leg of a handshake, changed on its way."""

        def act(visit: Visit) -> None:
            url, transport = f"{base}{place}/{visit.marker}", httpx.HTTPTransport(local_address=visit.address)
            with httpx.Client(transport=transport, headers={"User-Agent": visit.agent}) as client:
                auth = httpx.DigestAuth("ada", "right")
                flow = auth.auth_flow(client.build_request("GET", url))
                first = client.send(next(flow))
                time.sleep(wait)
                second = flow.send(first)
                second.headers["Authorization"] = change(second.headers["Authorization"])
                client.send(second)

        return act

    legs = Says(
        "access", ("username_password_invalid", "unclassified", "challenge_handshake", "credential_missing"), '" 401 '
    )
    first = Says(
        "access", ("unclassified", "challenge_handshake", "credential_missing"), '^[0-9.]+ - - .*" 401 ', alone=True
    )
    wrong = (first, legs, *says(error="username_password_invalid"))
    any_leg = "unclassified credential_missing challenge_handshake username_password_invalid none"
    return [
        Case("digest", "challenge_handshake", digest("ada", "right"), (FIRST_LEG,), (4, 8)),
        Case("digest: wrong password", "username_password_invalid", digest("ada", "wrong"), wrong),
        Case("digest: unknown user", "username_password_invalid", digest("nobody7", "x"), wrong),
        Case("digest: wrong scheme", "auth_scheme_mismatch", get(base, "/digest", auth=("ada", "right")),
             says(access="unclassified credential_missing username_password_invalid", error="auth_scheme_mismatch")),
        Case("digest: another path", "header_stripped_in_transit", forged(lambda sent: sent.replace('uri="/', 'uri="/v2/')),
             says(access=any_leg, error="header_stripped_in_transit request_signature_invalid")),
        Case("digest: without a nonce", "auth_request_incomplete", forged(lambda sent: sent.replace("nonce=", "once=", 1)),
             says(access=any_leg, error="auth_request_incomplete auth_header_malformed")),
        Case("digest: another realm", "token_claims_mismatch", forged(lambda sent: sent.replace('realm="lab"', 'realm="shop"')),
             says(access=any_leg, error="wrong_endpoint_or_environment token_claims_mismatch username_password_invalid")),
        Case("digest: old nonce", "challenge_handshake", forged(str, "/stale", 1.2),
             says(access=any_leg, error="challenge_handshake session_invalid"), (1, 2)),
    ]  # fmt: skip
