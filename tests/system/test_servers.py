"""Logs that real servers write in log formats made up here are read, every line and field, through the files that
`logscan formats from-nginx` and `from-apache` write; and HAProxy's own without any."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.system.servers import ask, free_port, lines_in, program, running, send, until
from tests.system.tool import run

pytestmark = pytest.mark.server

HOSTILE = 'x" 200 "y\\ | 401 \u20ac'.encode().decode("latin-1")
HOST = "files.example.com"
TEXT = """log_format site '$msec|$remote_addr|$remote_user|$host|"$request"|$status|$body_bytes_sent|$request_time|'
  '"$http_user_agent"|"$http_x_forwarded_for"|$request_id|"$sent_http_www_authenticate"|$scheme://$host$request_uri|$pipe';"""
JSON = """log_format site escape=json '{"at":"$time_iso8601","peer":"$remote_addr","who":"$remote_user",'
  '"http":{"line":"$request","code":$status,"size":$body_bytes_sent,"agent":"$http_user_agent"},"host":"$host",'
  '"took":$request_time,"for":"$http_x_forwarded_for","id":"$request_id","asked":"$sent_http_www_authenticate"}';"""
LOOSE = """log_format site '[$time_local] $remote_addr "$request" -> $status ($body_bytes_sent) by $http_user_agent';"""
NGINX = """
daemon off; {user} worker_processes 1; pid {folder}/pid; error_log {folder}/error.log; events {{ worker_connections 64; }}
http {{
  {format}
  access_log {folder}/access.log site;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{
    listen 127.0.0.1:{port}; server_name files.example.com;
    location /open {{ return 200 "fine"; }}
    location / {{ auth_basic "files"; auth_basic_user_file {folder}/htpasswd; root {folder}; }}
  }}
}}
"""
APACHE = r"""
ServerRoot {folder}
ServerName files.example.com
PidFile {folder}/pid
Mutex file:{folder} default
ErrorLog {folder}/error.log
Listen 127.0.0.1:{port}
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authn_core_module /usr/lib/apache2/modules/mod_authn_core.so
LoadModule authn_file_module /usr/lib/apache2/modules/mod_authn_file.so
LoadModule auth_basic_module /usr/lib/apache2/modules/mod_auth_basic.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule authz_user_module /usr/lib/apache2/modules/mod_authz_user.so
LoadModule unique_id_module /usr/lib/apache2/modules/mod_unique_id.so
DocumentRoot {folder}/www
<Location /closed>
  AuthType Basic
  AuthName files
  AuthUserFile {folder}/htpasswd
  Require valid-user
</Location>
{format}
CustomLog {folder}/access.log site
"""
TIMED = r"""LogFormat "%{%Y-%m-%d %H:%M:%S}t.%{usec_frac}t %{%z}t %a %u %v \"%r\" %>s %B %D \"%{User-Agent}i\" \
  %{UNIQUE_ID}e \"%{X-Forwarded-For}i\" \"%400,401{WWW-Authenticate}o\" %X" site"""
PLAIN = r"""LogFormat "%{sec}t;%h;%m;%U%q;%>s;%O;%{ms}T;%{Host}i;\"%{Referer}i\"" site"""
HAPROXY = """
global
  log stdout format raw local0
defaults
  mode http
  log global
  option httplog
  timeout connect 2s
  timeout client 2s
  timeout server 2s
frontend front
  bind 127.0.0.1:{port}
  http-request return status 200 content-type text/plain string fine if {{ path_beg /open }}
  http-request auth realm files if {{ path_beg /closed }}
  default_backend none
backend none
  server gone 127.0.0.1:1
"""


def visit(port: int, closed: str, log: Path) -> list[tuple[str, int]]:
    """Requests of every sort, each when the one before is in the log: servers of several threads write in any order."""
    asked = [("/open?a=1&b=%20c", {}), (closed, {}), (closed, {"Authorization": "Basic YWRhOndyb25n"}),
             ("/open", {"User-Agent": HOSTILE, "X_Forwarded_For": "203.0.113.5, 198.51.100.9"}),
             ("/open/%22%7C%5C", {"Referer": 'https://www.example.com/"|'})]  # fmt: skip
    answered: list[tuple[str, int]] = []
    already = len(log.read_bytes().splitlines()) if log.exists() else 0
    for target, headers in asked:
        answered.append((target, ask(port, target, **{"Host": HOST, **headers})))
        lines_in(log, already + len(answered))
    return answered


def read(log: Path, *options: Any) -> list[dict[str, Any]]:
    """Every event of a log; every line must be one."""
    told = run("events", log, "--all", *options)
    assert (told.exit_code, told.stderr) == (0, "")
    rows = [json.loads(line) for line in told.stdout.splitlines()]
    assert [row["logscan.line"] for row in rows] == list(
        range(1, len(log.read_text("utf-8", "replace").splitlines()) + 1)
    )
    return rows


def seen(rows: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return [(row["url.original"], row["http.response.status_code"]) for row in rows if "url.original" in row]


def own(tmp_path: Path, command: str, conf: Path) -> Path:
    folder = tmp_path / "formats"
    folder.mkdir()
    assert run("formats", command, conf, "-o", folder).exit_code == 0
    assert run("formats", "test", folder).exit_code == 0
    return folder


@pytest.mark.parametrize("said", [TEXT, JSON, LOOSE], ids=["text", "json", "loose"])
def test_what_nginx_writes_is_read_through_its_log_format(said: str, tmp_path: Path) -> None:
    nginx, port, conf, log = program("nginx"), free_port(), tmp_path / "nginx.conf", tmp_path / "access.log"
    tmp_path.chmod(0o755)
    user = "user root;" if os.getuid() == 0 else ""  # its worker must get into the folder of the test
    conf.write_text(NGINX.format(folder=tmp_path, port=port, format=said, user=user))
    (tmp_path / "htpasswd").write_text("ada:{PLAIN}right\n")
    with running([nginx, "-p", str(tmp_path), "-c", str(conf)], port, tmp_path / "out"):
        asked = visit(port, "/closed", log)
        send(port, b"\x16\x03\x01\x02\n\n")
        lines_in(log, len(asked) + 1)
    rows = read(log, "--formats", own(tmp_path, "from-nginx", conf))
    assert {row["event.dataset"] for row in rows} == {"nginx-site"}
    assert seen(rows)[: len(asked)] == asked
    assert [status for _, status in asked] == [200, 401, 401, 200, 200]
    assert rows[-1]["http.response.status_code"] == 400
    assert all(row["source.address"] == "127.0.0.1" and "@timestamp" in row for row in rows)
    if said != LOOSE:
        assert rows[2]["user.name"] == "ada"
        assert "Basic realm=" in rows[1]["logscan.challenge"]
        assert rows[3]["network.forwarded_ip"] == "203.0.113.5"
        assert {row["url.domain"] for row in rows[: len(asked)]} == {HOST}
        assert all(len(row["http.request.id"]) == 32 and "event.duration" in row for row in rows)
    assert "200" in rows[3]["user_agent.original"]


@pytest.mark.parametrize("said", [TIMED, PLAIN], ids=["timed", "plain"])
def test_what_apache_writes_is_read_through_its_log_format(said: str, tmp_path: Path) -> None:
    apache, port, conf, log = program("apache2"), free_port(), tmp_path / "httpd.conf", tmp_path / "access.log"
    tmp_path.chmod(0o755)
    for name in ("open", "closed"):
        (tmp_path / "www" / name).mkdir(parents=True)
    conf.write_text(APACHE.format(folder=tmp_path, port=port, format=said))
    (tmp_path / "htpasswd").write_text("ada:{SHA}bm9uZQ==\n")
    with running([apache, "-D", "FOREGROUND", "-f", str(conf)], port, tmp_path / "out"):
        asked = visit(port, "/closed", log)
        send(port, b'G"T /\x01|; HTTP/1.1\r\n\r\n')
        lines_in(log, len(asked) + 1)
    rows = read(log, "--formats", own(tmp_path, "from-apache", conf))
    assert {row["event.dataset"] for row in rows} == {"apache-site"}
    assert [status for _, status in asked][:3] == [403, 401, 401] or [status for _, status in asked][1:3] == [401, 401]
    assert [row["http.response.status_code"] for row in rows[: len(asked)]] == [status for _, status in asked]
    assert all(row["source.address"] == "127.0.0.1" and "@timestamp" in row for row in rows)
    assert [row["url.path"] for row in rows[1:3]] == ["/closed", "/closed"]
    assert rows[0]["url.query"] == "a=1&b=%20c"
    if said == TIMED:
        assert rows[2]["user.name"] == "ada"
        assert "Basic realm=" in rows[1]["logscan.challenge"]
        assert rows[3]["network.forwarded_ip"] == "203.0.113.5"
        assert all("event.duration" in row and "http.request.id" in row for row in rows[: len(asked)])
        assert rows[0]["url.domain"] == HOST


def test_what_haproxy_writes_is_read_without_being_told(tmp_path: Path) -> None:
    haproxy, port, conf, log = program("haproxy"), free_port(), tmp_path / "haproxy.cfg", tmp_path / "out"
    conf.write_text(HAPROXY.format(port=port))
    with running([haproxy, "-db", "-f", str(conf)], port, log):
        asked = visit(port, "/closed", log)
        asked.append(("/gone", ask(port, "/gone")))
        until(lambda: "/gone" in log.read_text())
    rows = [
        row
        for row in (json.loads(line) for line in run("events", log, "--all").stdout.splitlines())
        if row["event.dataset"] == "haproxy-http"
    ]
    assert seen([row for row in rows if row["http.response.status_code"] != 400])[-len(asked) :] == asked
    assert [status for _, status in asked] == [200, 401, 401, 200, 200, 503]
    assert all(
        row["source.address"] == "127.0.0.1" and "@timestamp" in row and row["service.name"] == "front" for row in rows
    )
