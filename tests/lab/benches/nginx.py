"""nginx: basic authentication, a subrequest that decides, client certificates, an allow-list, and health checks."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.lab.benches.certificates import Authority
from tests.lab.case import Act, Bench, Case, Says, good, says
from tests.lab.drive import curl, get
from tests.system.servers import free_port, program, running

CONF = """
daemon off; {user} worker_processes 1; pid {folder}/pid; error_log {folder}/error.log info;
events {{ worker_connections 64; }}
http {{
  access_log {folder}/access.log combined;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{
    listen 127.0.0.1:{port}; server_name files.example.com; root {folder}/www;
    location /health/ {{ try_files /ok.txt =404; }}
    location /docs/ {{ auth_basic "files"; auth_basic_user_file {folder}/htpasswd; try_files /ok.txt =404; }}
    location /moved/ {{ auth_basic "files"; auth_basic_user_file {folder}/htpasswd.2; try_files /ok.txt =404; }}
    location /team/ {{ auth_request /verdict; try_files /ok.txt =404; }}
    location /dead/ {{ auth_request /verifier; try_files /ok.txt =404; }}
    location /broken/ {{ auth_request /unwell; try_files /ok.txt =404; }}
    location /inner/ {{ deny all; }}
    location = /verdict {{
      internal; if ($http_x_team_key = "") {{ return 401; }} if ($http_x_team_key != "k4-team") {{ return 403; }} return 204;
    }}
    location = /verifier {{ internal; proxy_pass http://127.0.0.1:{closed}; }}
    location = /unwell {{ internal; return 500; }}
  }}
  server {{
    listen 127.0.0.1:{tls} ssl; server_name mtls.example.com; root {folder}/www;
    ssl_certificate {folder}/server.crt; ssl_certificate_key {folder}/server.key;
    ssl_client_certificate {folder}/ca.crt; ssl_verify_client on;
    location / {{ try_files /ok.txt =404; }}
  }}
}}
"""
BARE = "unclassified credential_missing"  # a 401 without a user
REFUSED = "username_password_invalid unclassified"  # a 401 with the name that was claimed
BARE_403 = "none unclassified insufficient_permission access_policy_blocked"


@contextmanager
def served(folder: Path) -> Iterator[Bench]:
    nginx, port, tls, closed = program("nginx"), free_port(), free_port(), free_port()
    (folder / "www").mkdir()
    (folder / "www" / "ok.txt").write_text("fine\n")
    (folder / "htpasswd").write_text("ada:{PLAIN}right\ngrace:{PLAIN}hopper\n")
    conf = folder / "nginx.conf"
    user = "user root;" if os.getuid() == 0 else ""  # its worker must get into the folder
    conf.write_text(CONF.format(folder=folder, port=port, tls=tls, closed=closed, user=user))
    authority = Authority(folder)
    authority.sign("server", "mtls.example.com")
    authority.sign("client", "svc.example.com")
    authority.sign("old", "svc.example.com", days=-1)
    Authority(folder / "other").sign("client", "svc.example.com")
    logs = {"access": folder / "access.log", "error": folder / "error.log"}
    with running([nginx, "-p", str(folder), "-c", str(conf)], port, folder / "out"):
        base = f"http://127.0.0.1:{port}"
        cases = [*_basic(base), *_decided(base), *_certified(folder, tls), *_fine(base)]
        yield Bench("nginx", logs, cases, asides="closed keepalive connection|ignoring stale global SSL error")


def _basic(base: str) -> list[Case]:
    def basic(user: str, password: str, place: str = "/docs") -> Act:
        return get(base, place, auth=(user, password))

    def header(**headers: str) -> Act:
        return get(base, "/docs", headers=headers)

    preflight = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "PUT"}
    nothing = says(access=BARE, error="credential_missing")
    refused = says(access=REFUSED, error="username_password_invalid")
    return [
        good(basic("ada", "right")),
        Case("missing", "credential_missing", header(), nothing),
        # nginx says the same of whatever is no "Basic": its log cannot tell these from nothing at all
        Case("wrong scheme", "credential_missing", header(Authorization="Bearer abc.def.ghi"), nothing),
        Case("malformed", "credential_missing", header(Authorization="Basic"), nothing),
        Case("wrong password", "username_password_invalid", basic("ada", "wrong"), refused),
        Case("unknown user", "username_password_invalid", basic("nobody7", "x"), refused),
        Case("password file gone", "server_auth_config", basic("ada", "right", "/moved"),
             says(access=BARE_403, error="server_auth_config")),
        Case("preflight", "cors_preflight", get(base, "/docs", method="OPTIONS", headers=preflight),
             says(access="cors_preflight", error="cors_preflight credential_missing")),
        Case("handshake", "challenge_handshake",
             lambda visit: curl(visit, "--anyauth", "-u", "grace:hopper", f"{base}/docs/{visit.marker}"),
             (Says("access", ("challenge_handshake", *BARE.split()), '" 401 '),
              Says("error", ("challenge_handshake", "credential_missing")))),
        Case("probe without a credential", "credential_missing",
             lambda visit: curl(visit, "-A", "ELB-HealthChecker/2.0", f"{base}/docs/{visit.marker}"), nothing),
    ]  # fmt: skip


def _decided(base: str) -> list[Case]:
    down = says(access="auth_backend_unavailable none unclassified", error="auth_backend_unavailable")
    return [
        good(get(base, "/team", headers={"X-Team-Key": "k4-team"})),
        Case("no key at auth_request", "unclassified", get(base, "/team"), says(access=BARE)),
        Case("key refused by auth_request", "unclassified", get(base, "/team", headers={"X-Team-Key": "other"}),
             says(access=BARE_403)),
        Case("verifier down", "auth_backend_unavailable", get(base, "/dead"), down),
        Case("verifier broken", "auth_backend_unavailable", get(base, "/broken"), down),
        Case("denied by rule", "access_policy_blocked", get(base, "/inner"),
             says(access=BARE_403, error="access_policy_blocked")),
    ]  # fmt: skip


def _certified(folder: Path, port: int) -> list[Case]:
    def certified(pair: Path | None) -> Act:
        cert = ["--cert", f"{pair}.crt", "--key", f"{pair}.key"] if pair else []
        return lambda visit: curl(visit, "-k", *cert, f"https://127.0.0.1:{port}/{visit.marker}")

    refused = says(access="client_certificate_invalid none unclassified", error="client_certificate_invalid")
    return [
        good(certified(folder / "client"), times=(2, 4)),
        Case("no certificate", "client_certificate_invalid", certified(None), refused),
        Case("certificate expired", "client_certificate_invalid", certified(folder / "old"), refused),
        Case("certificate of strangers", "client_certificate_invalid", certified(folder / "other" / "client"), refused),
    ]


def _fine(base: str) -> list[Case]:
    return [
        good(get(base, "/health"), "health"),
        good(get(base, "/health/{}?q=token+expired&n=401"), "words in a query", (2, 4)),
        good(get(base, "/health/unauthorized/401"), "words in a path", (2, 4)),
        good(get(base, "/absent/{}.css"), "not found", (2, 4)),
        good(get(base, "/auth/users/{}.html"), "not found under auth", (2, 4)),
    ]
