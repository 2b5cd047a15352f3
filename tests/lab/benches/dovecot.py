"""Dovecot's IMAP: wrong passwords, unknown users, networks that are not let in, mechanisms it has not."""

import os
import socket
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.lab.case import Act, Bench, Case, Says, Visit, good
from tests.system.servers import free_port, program, running, until

CONF = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
auth_verbose = yes
auth_mechanisms = plain login
auth_username_format = %u
mail_location = maildir:{folder}/mail/%u
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={folder}/mail/%u
}}
"""
USERS = """
ada:{PLAIN}right
grace:{PLAIN}right::::::allow_nets=192.0.2.0/24
"""


@contextmanager
def served(folder: Path) -> Iterator[Bench]:
    dovecot, port = program("dovecot"), free_port()
    if os.getuid() != 0:
        pytest.skip("dovecot as it is packaged wants to begin as root")
    (folder / "mail").mkdir()
    (folder / "mail").chmod(0o777)
    (folder / "users").write_text(USERS)
    (folder / "dovecot.conf").write_text(CONF.format(folder=folder, port=port))
    log = folder / "dovecot.log"
    with running([dovecot, "-F", "-c", str(folder / "dovecot.conf")], port, folder / "out"):
        yield Bench("dovecot", {"mail": log}, _cases(port), lambda: _written(log))


def _written(log: Path) -> None:
    until(lambda: log.exists() and "logging out" in log.read_text())


def _cases(port: int) -> list[Case]:
    def imap(*lines: str) -> Act:
        def act(visit: Visit) -> None:
            with socket.create_connection(("127.0.0.1", port), 20, source_address=(visit.address, 0)) as wire:
                answers = wire.makefile("rb")
                answers.readline()
                for line in (*lines, "z LOGOUT"):
                    wire.sendall(f"{line}\r\n".encode())
                while answers.readline():
                    """Until it hangs up."""

        return act

    def case(name: str, truth: str, act: Act, accepts: str = "") -> Case:
        told = tuple((accepts or truth).split())
        return Case(name, truth, act, (
            Says("mail", (*told, "username_password_invalid", "unclassified"), "imap-login: "),
            Says("mail", (*told, "none"), "unknown user"),
            Says("mail", told),
        ), (1, 3))  # fmt: skip

    return [
        good(imap("a LOGIN ada right"), times=(3, 5)),
        case("wrong password", "username_password_invalid", imap("a LOGIN ada wrong")),
        case("another way, wrong password", "username_password_invalid",
             imap("a AUTHENTICATE PLAIN " + b64encode(b"\0ada\0wrong").decode())),
        case("unknown user", "username_password_invalid", imap("a LOGIN nobody7 x")),
        case("wrong network", "access_policy_blocked", imap("a LOGIN grace right")),
        case("unknown mechanism", "auth_scheme_mismatch", imap("a AUTHENTICATE GSSAPI"), "auth_scheme_mismatch none"),
        case("nothing", "none", imap("a SELECT INBOX"), "none"),
    ]  # fmt: skip
