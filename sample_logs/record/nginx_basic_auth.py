"""Records sample_logs/nginx-basic-auth from a real nginx with auth_basic on loopback.

usage: nginx_basic_auth.py [--out FOLDER]; needs nginx, openssl and httpx. Clients get documentation addresses by a
header that nginx is told to trust, so that no real address is recorded; the server's start-up notices are left out.
"""

import argparse
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import httpx

CONFIG = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log info;
events {{ worker_connections 64; }}
http {{
  access_log {folder}/access.log combined;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{
    listen 127.0.0.1:{port}; server_name files.example.com;
    set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;
    location /health {{ return 200 "ok"; }}
    location / {{ auth_basic "files"; auth_basic_user_file {folder}/htpasswd; root {folder}/www; }}
  }}
}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def htpasswd(password: str) -> str:
    told = subprocess.run(["openssl", "passwd", "-apr1", password], capture_output=True, text=True, check=True)
    return told.stdout.strip()


def traffic(base: str) -> None:
    """A person who works, a job with a stale password, a misspelt user, a script that sends nothing."""
    with httpx.Client(base_url=base, headers={"Host": "files.example.com"}) as http:

        def get(path: str, client: str, agent: str, auth: tuple[str, str] | None = None) -> None:
            http.get(path, headers={"X-Forwarded-For": client, "User-Agent": agent}, auth=auth)

        for turn in range(6):
            get(
                "/report.txt",
                "192.0.2.10",
                "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Firefox/128.0",
                ("ada", "right-horse"),
            )
            get("/report.txt", "192.0.2.44", "nightly-sync/2.1", ("backup", "old-password"))
            get("/health", "192.0.2.2", "probe/1.0")
            if turn % 2:
                get("/index.txt", "198.51.100.7", "curl/8.5.0")
            if turn == 3:
                get("/report.txt", "192.0.2.91", "python-httpx/0.28", ("bakcup", "right-horse"))
            time.sleep(1)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "nginx-basic-auth")
    out = ask.parse_args().out
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    with tempfile.TemporaryDirectory() as scratch:
        folder, port = Path(scratch), free_port()
        folder.chmod(0o755)
        (folder / "www").mkdir()
        (folder / "www" / "report.txt").write_text("fine\n")
        (folder / "www" / "index.txt").write_text("fine\n")
        (folder / "htpasswd").write_text(f"ada:{htpasswd('right-horse')}\nbackup:{htpasswd('new-password')}\n")
        (folder / "nginx.conf").write_text(CONFIG.format(folder=folder, port=port))
        server = subprocess.Popen([nginx, "-p", str(folder), "-c", str(folder / "nginx.conf")])
        try:
            time.sleep(1)
            traffic(f"http://127.0.0.1:{port}")
        finally:
            server.terminate()
            server.wait(10)
        out.mkdir(parents=True, exist_ok=True)
        for name in ("access.log", "error.log"):
            text = (folder / name).read_text().replace(str(folder), "/etc/nginx")
            (out / name).write_text("".join(row for row in text.splitlines(keepends=True) if " [notice] " not in row))


if __name__ == "__main__":
    main()
