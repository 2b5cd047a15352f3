"""Squid as a forward proxy that wants a name and a password: its native access log."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.lab.answers import Answer, answering
from tests.lab.case import Act, Bench, Case, good, says
from tests.lab.drive import curl
from tests.system.servers import free_port, program, running

CONF = """
http_port 127.0.0.1:{port}
auth_param basic program {helper} {folder}/passwords
auth_param basic realm way out
acl known proxy_auth REQUIRED
acl closed url_regex /closed/
http_access deny closed
http_access allow known
http_access deny all
access_log stdio:{folder}/access.log squid
cache_log {folder}/cache.log
pid_filename {folder}/pid
cache_effective_user {user}
coredump_dir {folder}
shutdown_lifetime 0 seconds
cache deny all
cache_mem 8 MB
"""
HELPER = Path("/usr/lib/squid/basic_ncsa_auth")


@contextmanager
def served(folder: Path) -> Iterator[Bench]:
    squid, port = program("squid"), free_port()
    if os.getuid() != 0:
        pytest.skip("squid as it is packaged wants to begin as root")
    folder.chmod(0o777)  # it gives up being root
    (folder / "passwords").write_text("ada:$apr1$lablablb$6frPGOlgx4HBwbHAYoAA9.\n")
    conf = folder / "squid.conf"
    conf.write_text(CONF.format(folder=folder, port=port, helper=HELPER, user="proxy"))
    command = [squid, "-N", "-n", f"lab{port}", "-f", str(conf)]
    with answering(lambda _: Answer(200, "fine")) as origin, running(command, port, folder / "out"):
        yield Bench("squid", {"access": folder / "access.log"}, _cases(port, origin))


def _cases(port: int, origin: int) -> list[Case]:
    def through(place: str, *user: str) -> Act:
        return lambda visit: curl(
            visit,
            "--noproxy",
            "",
            "-x",
            f"http://127.0.0.1:{port}",
            *user,
            f"http://127.0.0.1:{origin}{place}/{visit.marker}",
        )

    def tunnel(*user: str) -> Act:
        return lambda visit: curl(
            visit, "--noproxy", "", "-x", f"http://127.0.0.1:{port}", *user, f"https://{visit.marker}.example.com/"
        )

    asked = says(access="proxy_auth_required")
    return [
        good(through("/open", "-U", "ada:right"), times=(3, 5)),
        Case("nobody", "proxy_auth_required", through("/open"), asked),
        Case("wrong password", "proxy_auth_required", through("/open", "-U", "ada:wrong"),
             says(access="proxy_auth_required username_password_invalid")),
        Case("nobody, a tunnel", "proxy_auth_required", tunnel(), asked),
        Case("denied by rule", "access_policy_blocked", through("/closed", "-U", "ada:right"),
             says(access="access_policy_blocked none unclassified insufficient_permission")),
    ]  # fmt: skip
