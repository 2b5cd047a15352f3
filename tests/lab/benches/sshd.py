"""OpenSSH's server: unknown users, keys that nobody knows, accounts that are locked, addresses that are not let in.

It logs to stderr here, without the stamp that syslog would put before each line; the bench puts it there.
"""

import getpass
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.lab.case import Act, Bench, Case, Says, Visit, good
from tests.system.servers import free_port, program, running

CONF = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
PidFile none
UsePAM no
StrictModes no
LogLevel {level}
AuthorizedKeysFile {folder}/keys
PasswordAuthentication yes
KbdInteractiveAuthentication no
MaxAuthTries 2
DenyUsers sync
AllowUsers {user} games backup ghost7
"""


@contextmanager
def served(folder: Path) -> Iterator[Bench]:
    sshd, port, user = program("sshd"), free_port(), getpass.getuser()
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # where it confines itself before a user is known
    elif not Path("/run/sshd").is_dir():
        pytest.skip("sshd wants /run/sshd: sudo mkdir /run/sshd")
    for name in ("host", "known", "other"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    (folder / "keys").write_text((folder / "known.pub").read_text())
    (folder / "conf").write_text(
        CONF.format(port=port, folder=folder, user=user, level="VERBOSE" if port % 2 else "INFO")
    )
    raw, log = folder / "stderr", folder / "auth.log"
    with running([sshd, "-D", "-e", "-f", str(folder / "conf")], port, raw):
        yield Bench("sshd", {"auth": log}, _cases(folder, port, user), lambda: _stamped(raw, log))


def _stamped(raw: Path, log: Path) -> None:
    stamp = datetime.now(UTC).strftime("%b %e %H:%M:%S")
    log.write_text("".join(f"{stamp} gate sshd[4711]: {line}\n" for line in raw.read_text().splitlines()))


def _cases(folder: Path, port: int, user: str) -> list[Case]:
    def ssh(who: str, *keys: str, password: str | None = None) -> Act:
        """Without a password: with keys alone."""
        options = ["BatchMode=yes" if password is None else "NumberOfPasswordPrompts=1", "StrictHostKeyChecking=no",
                   f"UserKnownHostsFile={folder}/hosts", "IdentitiesOnly=yes", "LogLevel=ERROR",
                   "PreferredAuthentications=" + ("publickey" if password is None else "password")]  # fmt: skip
        command = ["ssh", "-F", "none", "-p", str(port), *(f"-o{option}" for option in options)]
        command += [part for key in keys for part in ("-i", str(folder / key))]

        def act(visit: Visit) -> None:
            answer = folder / "answer"
            answer.write_text(f"#!/bin/sh\necho '{password}'\n")
            answer.chmod(0o755)
            environment = {
                "PATH": os.environ["PATH"],
                "SSH_ASKPASS": str(answer),
                "SSH_ASKPASS_REQUIRE": "force",
                "HOME": str(folder),
            }
            where = ["-b", visit.address, f"{who}@127.0.0.1", "true"]
            subprocess.run(
                [*command, *where], check=False, capture_output=True, env=environment, stdin=subprocess.DEVNULL
            )

        return act

    refused = r"(?i)failed|invalid user|not allowed|error:|maximum|locked|account|too many"

    def case(name: str, truth: str, act: Act, accepts: str = "") -> Case:
        """Lines on the way ("Connection from", "Postponed", "Connection closed by ... [preauth]") are graded as no failure,
        unless one names the refusal as well."""
        told = tuple((accepts or truth).split())
        ends = (*told, "none", "unclassified", "username_password_invalid", "credential_attack")
        return Case(name, truth, act, (
            Says("auth", ends, r"\[preauth\]|^.*: (Connection (closed|reset)|Disconnect)"),
            Says("auth", told, refused),
        ), (2, 3))  # fmt: skip

    unknown = "username_password_invalid credential_attack"
    return [
        good(ssh(user, "known"), times=(4, 6)),
        # whoever knows no name of a user guesses more often than not
        case("unknown user", "username_password_invalid", ssh("ghost7", "other"), unknown),
        case("unknown user with a password", "username_password_invalid", ssh("ghost7", password="x"), unknown),
        case("unknown key", "username_password_invalid", ssh(user, "other"), "username_password_invalid api_key_invalid"),
        case("wrong password", "username_password_invalid", ssh(user, password="wrong")),
        case("denied user", "access_policy_blocked", ssh("sync", "known"), "access_policy_blocked insufficient_permission account_inactive_or_restricted"),
        case("not an allowed user", "access_policy_blocked", ssh("mail", "known"), "access_policy_blocked insufficient_permission account_inactive_or_restricted"),
    ]  # fmt: skip
