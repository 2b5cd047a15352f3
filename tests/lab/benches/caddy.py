"""Caddy: basic authentication. Its JSON log shows that a credential was sent, never which."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.lab.benches.nginx import BARE, BARE_403
from tests.lab.case import Bench, Case, Says, good, says
from tests.lab.drive import bearer, curl, get
from tests.system.servers import free_port, program, running

# bcrypt of "right" at its lowest cost: Caddy's own takes a second to check
CONF = """
{{
  admin off
  auto_https off
}}
http://127.0.0.1:{port} {{
  log {{
    output file {folder}/access.log
  }}
  basicauth /files/* {{
    ada $2b$04$u3eNyfl8yTVgwmgOYQlEcuxPYl4EPLPcp9bwqFX9RIEJ61mVQlFB6
  }}
  respond /files/* "fine" 200
  respond /inner/* 403
  respond /health/* "fine" 200
  respond 404
}}
"""


@contextmanager
def served(folder: Path) -> Iterator[Bench]:
    caddy, port, conf = program("caddy"), free_port(), folder / "Caddyfile"
    conf.write_text(CONF.format(folder=folder, port=port))
    command = ["env", f"XDG_DATA_HOME={folder}", f"XDG_CONFIG_HOME={folder}", caddy, "run", "--config", str(conf)]
    with running([*command, "--adapter", "caddyfile"], port, folder / "out"):
        yield Bench("caddy", {"access": folder / "access.log"}, _cases(f"http://127.0.0.1:{port}"))


def _cases(base: str) -> list[Case]:
    preflight = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "PUT"}
    return [
        good(get(base, "/files", auth=("ada", "right")), times=(4, 8)),
        good(get(base, "/health"), "health", (3, 5)),
        good(get(base, "/absent/401/unauthorized"), "not found", (1, 2)),
        Case("missing", "credential_missing", get(base, "/files"), says(access="credential_missing unclassified")),
        # that a credential was sent is in the line, though its value is not
        Case("wrong password", "username_password_invalid", get(base, "/files", auth=("ada", "wrong")),
             says(access="username_password_invalid")),
        Case("wrong scheme", "auth_scheme_mismatch", get(base, "/files", headers=bearer("abc.def.ghi")),
             says(access="username_password_invalid auth_scheme_mismatch unclassified")),
        Case("forbidden", "unclassified", get(base, "/inner"), says(access=BARE_403)),
        Case("preflight", "cors_preflight", get(base, "/files", method="OPTIONS", headers=preflight),
             says(access="cors_preflight")),
        Case("handshake", "challenge_handshake",
             lambda visit: curl(visit, "--anyauth", "-u", "ada:right", f"{base}/files/{visit.marker}"),
             (Says("access", ("challenge_handshake", *BARE.split()), '"status":401'),)),
    ]  # fmt: skip
