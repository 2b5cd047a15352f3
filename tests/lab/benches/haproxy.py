"""HAProxy: a user list, and bearer tokens that it checks itself. Its log says who was refused, never why."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.lab.benches.nginx import BARE
from tests.lab.case import Bench, Case, good, says
from tests.lab.drive import bearer, get
from tests.lab.tokens import token
from tests.system.servers import free_port, program, running

CONF = """
global
  log stdout format raw local0
defaults
  mode http
  log global
  option httplog
  timeout connect 2s
  timeout client 5s
  timeout server 5s
userlist people
  user ada insecure-password right
frontend front
  bind 127.0.0.1:{port}
  acl fine path_beg /open
  acl known http_auth(people)
  http-request return status 200 content-type text/plain string fine if fine
  http-request auth realm files if {{ path_beg /basic }} !known
  http-request set-var(txn.jwt) http_auth_bearer if {{ path_beg /token }}
  http-request deny deny_status 401 if {{ path_beg /token }} !{{ var(txn.jwt),jwt_verify("HS256","{key}") -m int 1 }}
  http-request deny deny_status 407 if {{ path_beg /proxy }}
  http-request return status 200 content-type text/plain string fine
"""
KEY = "a-key-that-haproxy-checks-with-in-the-lab"


@contextmanager
def served(folder: Path) -> Iterator[Bench]:
    haproxy, port, conf, log = program("haproxy"), free_port(), folder / "haproxy.cfg", folder / "haproxy.log"
    conf.write_text(CONF.format(port=port, key=KEY))
    with running([haproxy, "-db", "-f", str(conf)], port, log):
        yield Bench("haproxy", {"haproxy": log}, _cases(f"http://127.0.0.1:{port}"))


def _cases(base: str) -> list[Case]:
    bare = says(haproxy=BARE)
    return [
        good(get(base, "/open")),
        good(get(base, "/basic", auth=("ada", "right"))),
        good(get(base, "/token", headers=lambda: bearer(token(KEY)))),
        Case("missing", "unclassified", get(base, "/basic"), bare),
        Case("wrong password", "unclassified", get(base, "/basic", auth=("ada", "wrong")), bare),
        Case("no token", "unclassified", get(base, "/token"), bare),
        Case(
            "token of another key", "unclassified", get(base, "/token", headers=lambda: bearer(token("x" * 40))), bare
        ),
        Case(
            "preflight",
            "cors_preflight",
            get(base, "/basic", method="OPTIONS"),
            says(haproxy="cors_preflight unclassified"),
        ),
        Case("proxy", "proxy_auth_required", get(base, "/proxy"), says(haproxy="proxy_auth_required")),
    ]
