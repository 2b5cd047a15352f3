"""PostgreSQL: wrong passwords, unknown and restricted roles, and what pg_hba.conf does not let in."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.lab.case import Act, Bench, Case, Says, Visit
from tests.system.servers import free_port, running, until

HBA = """
local all postgres trust
host postgres postgres 127.0.0.1/32 trust
host all outsider7 127.0.0.1/32 reject
hostssl all tlsonly7 127.0.0.1/32 scram-sha-256
host all certified7 127.0.0.1/32 ident map=none
host all cousin7,sailor7,gardener7,painter7,miller7,baker7,ghost7,reader7,miner7,crowd7 127.0.0.1/32 scram-sha-256
"""
CONF = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{folder}'
log_line_prefix = '{prefix}'
log_timezone = 'UTC'
log_connections = on
fsync = off
shared_buffers = 16MB
max_connections = 20
max_wal_senders = 0
"""
ROLES = """
create role cousin7 login password 'right';
create role sailor7 login password 'right';
create role gardener7 login password 'right' valid until '2020-01-01';
create role painter7 nologin password 'right';
create role miller7 login;
create role baker7 login password 'right';
create role reader7 login password 'right';
create role miner7 login password 'right';
create role crowd7 login password 'right' connection limit 0;
create database closed;
revoke connect on database closed from public;
create table secrets (id int);
"""
PREFIXES = ("%m [%p] %u@%d ", "%t [%p]: user=%u,db=%d,app=%a,client=%h ")


def binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or [Path(p) for p in [shutil.which("initdb")] if p]
    if not found:
        pytest.skip("initdb is not installed: apt-get install postgresql")
    return found[-1].parent


@contextmanager
def served(folder: Path) -> Iterator[Bench]:
    programs, port, data, log = binaries(), free_port(), folder / "data", folder / "postgresql.log"
    become, owner = [], None
    if os.getuid() == 0:  # PostgreSQL refuses to run as root
        nobody = pwd.getpwnam("nobody")
        owner = nobody.pw_uid
        os.chown(folder, owner, -1)
        become = ["setpriv", f"--reuid={owner}", f"--regid={nobody.pw_gid}", "--clear-groups"]
    made = [
        *become,
        str(programs / "initdb"),
        "-D",
        str(data),
        "-U",
        "postgres",
        "-A",
        "trust",
        "--no-sync",
        "--no-locale",
        "-E",
        "UTF8",
    ]
    subprocess.run(made, check=True, capture_output=True, cwd=folder)
    (data / "pg_hba.conf").write_text(HBA)
    prefix = PREFIXES[port % len(PREFIXES)]
    (data / "postgresql.conf").write_text(CONF.format(port=port, folder=folder, prefix=prefix))
    with running([*become, str(programs / "postgres"), "-D", str(data)], port, log):
        until(lambda: "ready to accept connections" in log.read_text())
        with psycopg.connect(host="127.0.0.1", port=port, user="postgres", dbname="postgres", autocommit=True) as root:
            for statement in ROLES.strip().split("\n"):
                root.execute(statement.encode())
        yield Bench("postgresql", {"server": log}, _cases(port))


def _cases(port: int) -> list[Case]:
    def connect(
        user: str,
        password: str | None = "right",
        database: str = "postgres",
        statement: str = "select 1",
        sslmode: str = "prefer",
    ) -> Act:
        def act(_: Visit) -> None:
            try:
                with psycopg.connect(
                    host="127.0.0.1",
                    port=port,
                    user=user,
                    password=password,
                    dbname=database,
                    connect_timeout=10,
                    sslmode=sslmode,
                ) as connection:
                    connection.execute(statement.encode())
            except psycopg.Error:
                """What the server says of it is what counts."""

        return act

    def case(name: str, truth: str, user: str, act: Act, accepts: str = "") -> Case:
        return Case(name, truth, act, (
            Says("server", ("none",), r"LOG:|STATEMENT:"),
            Says("server", (*(accepts or truth).split(), "none"), "DETAIL:|HINT:"),
            Says("server", tuple((accepts or truth).split())),
        ), markers=(user,))  # fmt: skip

    return [
        Case("good", "none", connect("cousin7"), times=(8, 12), markers=("cousin7",)),
        case("wrong password", "username_password_invalid", "sailor7", connect("sailor7", "wrong")),
        case("unknown role", "username_password_invalid", "ghost7", connect("ghost7")),
        case("password ran out", "account_inactive_or_restricted", "gardener7", connect("gardener7"),
             "account_inactive_or_restricted username_password_invalid"),
        case("role may not log in", "account_inactive_or_restricted", "painter7", connect("painter7"),
             "account_inactive_or_restricted insufficient_permission"),
        case("role without a password", "username_password_invalid", "miller7", connect("miller7"),
             "username_password_invalid account_inactive_or_restricted server_auth_config"),
        case("no connections left for the role", "account_inactive_or_restricted", "crowd7", connect("crowd7"),
             "account_inactive_or_restricted none access_policy_blocked"),
        case("rejected by a line of pg_hba.conf", "access_policy_blocked", "outsider7", connect("outsider7")),
        case("no line in pg_hba.conf", "access_policy_blocked", "stranger7", connect("stranger7")),
        case("no TLS", "access_policy_blocked", "tlsonly7", connect("tlsonly7", sslmode="disable")),
        case("no privilege for the database", "insufficient_permission", "reader7", connect("reader7", database="closed")),
        case("no privilege for the table", "insufficient_permission", "miner7", connect("miner7", statement="select * from secrets")),
        case("no such database", "none", "baker7", connect("baker7", database="nowhere"), "none wrong_endpoint_or_environment"),
        case("ident does not answer", "username_password_invalid", "certified7", connect("certified7"),
             "auth_backend_unavailable server_auth_config username_password_invalid"),
    ]  # fmt: skip
