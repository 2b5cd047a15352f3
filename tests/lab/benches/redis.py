"""Redis with users of its own; its log says nothing of them, so that of the jobs that use redis-cli is read."""

import logging
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.lab.case import Act, Bench, Case, Visit, good, says
from tests.system.servers import free_port, program, running

log = logging.getLogger("cache.warm")


@contextmanager
def served(folder: Path) -> Iterator[Bench]:
    redis, client, port, open_port = program("redis-server"), program("redis-cli"), free_port(), free_port()
    acl = folder / "users.acl"
    acl.write_text(
        "user default on >right ~* &* +@all\nuser reader on >right ~open:* &* +get\nuser gone off >right ~* &* +@all\n"
    )
    common = ["--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    path = folder / "jobs.log"
    handler = logging.FileHandler(path)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    with (
        running([redis, "--port", str(port), "--aclfile", str(acl), *common], port, folder / "out"),
        running([redis, "--port", str(open_port), *common], open_port, folder / "open"),
    ):
        try:
            yield Bench("redis", {"jobs": path}, _cases(client, port, open_port))
        finally:
            log.removeHandler(handler)
            handler.close()


def _cases(client: str, port: int, open_port: int) -> list[Case]:
    def asks(*words: str, at: int = port) -> Act:
        def act(visit: Visit) -> None:
            command = [client, "-h", "127.0.0.1", "-p", str(at), "--no-auth-warning", *words]
            told = subprocess.run(command, capture_output=True, text=True, check=False)
            said = [line for line in (told.stderr + told.stdout).splitlines() if line.strip()]
            if said and said[0].split()[0] in {"PONG", "OK"}:
                log.info("job %s: %s", visit.marker, said[0])
            else:
                log.error("job %s: %s", visit.marker, said[0] if said else "(nil)")

        return act

    def case(name: str, truth: str, act: Act, accepts: str = "") -> Case:
        return Case(name, truth, act, says(jobs=accepts or truth), (1, 2))

    reader = ("--user", "reader", "-a", "right")
    return [
        good(asks("-a", "right", "PING"), times=(3, 5)),
        case("nothing", "credential_missing", asks("PING")),
        case("wrong password", "username_password_invalid", asks("-a", "wrong", "PING")),
        case("unknown user", "username_password_invalid", asks("--user", "nobody7", "-a", "x", "PING")),
        case("user switched off", "username_password_invalid", asks("--user", "gone", "-a", "right", "PING"),
             "username_password_invalid account_inactive_or_restricted"),
        case("command not allowed", "insufficient_permission", asks(*reader, "SET", "open:a", "b")),
        case("key not allowed", "insufficient_permission", asks(*reader, "GET", "closed:a")),
        case("no password is set", "server_auth_config", asks("-a", "right", "PING", at=open_port),
             "server_auth_config auth_scheme_mismatch username_password_invalid none"),
    ]  # fmt: skip
