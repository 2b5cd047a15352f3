"""What logscan says is to be switched on, the programs take: each directive of the advice, by their own check."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from logscan.model.resources import rules_dir
from tests.system.servers import free_port, program

NGINX = """
pid {folder}/pid; {error_log} events {{}}
http {{
  {map}
  log_format why '{sent} {upstream}';
  access_log {folder}/access.log why;
  {temp}
  server {{ listen 127.0.0.1:{port}; }}
}}
"""
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
MODULES = ("mpm_event", "authn_core", "authz_core", "authz_user", "auth_basic", "auth_digest", "authn_file", "ldap",
           "authnz_ldap", "ssl", "log_config")  # fmt: skip


def advised(dataset: str) -> list[str]:
    """All that the advice on a dataset writes as code."""
    listed = yaml.safe_load((rules_dir() / "logging_advice.yml").read_text("utf-8"))
    texts = [each["text"] for each in listed if dataset in each["datasets"]]
    return [code for text in texts for code in re.findall(r"`([^`]+)`", text)]


def starting(dataset: str, word: str) -> str:
    return next(code for code in advised(dataset) if code.startswith(word))


def nginx(folder: Path) -> list[str]:
    temp = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in TEMPORARY)
    error_log = starting("nginx-error", "error_log").replace("/var/log/nginx", str(folder))
    (folder / "nginx.conf").write_text(
        NGINX.format(
            folder=folder,
            error_log=error_log,
            map=starting("combined", "map"),
            sent=starting("combined", "$sent_http"),
            upstream=starting("combined", "$upstream_addr"),
            temp=temp,
            port=free_port(),
        )
    )
    return [program("nginx"), "-t", "-c", f"{folder}/nginx.conf"]


def apache(folder: Path) -> list[str]:
    there = Path("/usr/lib/apache2/modules")
    loaded = [
        f"LoadModule {name}_module {there}/mod_{name}.so" for name in MODULES if (there / f"mod_{name}.so").exists()
    ]
    lines = [
        f"ServerRoot {folder}",
        "ServerName localhost",
        f"Listen 127.0.0.1:{free_port()}",
        *loaded,
        f"ErrorLog {folder}/error.log",
        starting("apache-error", "LogLevel"),
        f'LogFormat "{starting("combined", "%{WWW")}" why',
    ]
    (folder / "apache.conf").write_text("\n".join(lines) + "\n")
    return [program("apache2"), "-t", "-f", f"{folder}/apache.conf"]


def haproxy(folder: Path) -> list[str]:
    ours = [code for code in advised("haproxy-http") if code.startswith("%[")]
    (folder / "haproxy.cfg").write_text(
        "defaults\n  mode http\n  timeout client 5s\n  timeout connect 5s\n  timeout server 5s\n"
        f"frontend f\n  log 127.0.0.1 local0\n  bind 127.0.0.1:{free_port()}\n  {starting('haproxy-http', 'capture')}\n"
        f'  log-format "{" ".join(ours)}"\n  default_backend b\nbackend b\n  server s 127.0.0.1:9\n'
    )
    assert len(ours) >= 2
    return [program("haproxy"), "-c", "-f", f"{folder}/haproxy.cfg"]


def squid(folder: Path) -> list[str]:
    own = f"http_port 127.0.0.1:{free_port()}\npid_filename none\ncache_log {folder}/cache.log\n"
    (folder / "squid.conf").write_text(own + starting("squid-native", "debug_options") + "\n")
    return [program("squid"), "-k", "parse", "-f", f"{folder}/squid.conf"]


def dovecot(folder: Path) -> list[str]:
    said = [code for code in advised("dovecot") if " = " in code]
    (folder / "dovecot.conf").write_text("\n".join(said) + "\n")
    assert len(said) >= 2
    return [program("doveconf"), "-c", f"{folder}/dovecot.conf", "-n"]


@pytest.mark.server
@pytest.mark.parametrize("prepared", [nginx, apache, haproxy, squid, dovecot], ids=lambda each: each.__name__)
def test_the_program_takes_what_is_advised(prepared: Callable[[Path], list[str]], tmp_path: Path) -> None:
    told = subprocess.run(prepared(tmp_path), capture_output=True, text=True, check=False, timeout=60)
    said = told.stdout + told.stderr
    assert told.returncode == 0, said
    assert "ERROR" not in said
