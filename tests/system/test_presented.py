"""Who presented a credential is told where the line names nobody else; what was presented never is."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tests.system.tool import run

SECRET = "Wq81-tulip_Rain"
AT = "2026-03-11T09:00:00Z"


def basic(user: str, password: str = SECRET) -> str:
    return base64.b64encode(f"{user}:{password}".encode()).decode()


LINES = {
    "header": (f"{AT} ERROR http: 401 Unauthorized, sent Authorization: Basic {basic('ada')}", "ada"),
    "padded": (f"{AT} ERROR http: 401 Unauthorized, sent Authorization: Basic {basic('adam')}", "adam"),
    "unpadded": (f"{AT} ERROR http: 401 Unauthorized, sent Authorization: Basic {basic('ad')}", "ad"),
    "proxy": (f"{AT} ERROR http: 407 Proxy Authentication Required; Proxy-Authorization: Basic {basic('ada')}", "ada"),
    "curl": (f"{AT} ERROR sh: 401 Unauthorized: curl -H 'Authorization: Basic {basic('adam')}' -s", "adam"),
    "json": (json.dumps({"time": AT, "msg": "401 Unauthorized", "h": {"Authorization": f"Basic {basic('ada')}"}}), "ada"),
    "address": (f"{AT} ERROR git: 401 Unauthorized: https://bob:{SECRET}@git.example.com/x.git", "bob"),
    "mail": (f"{AT} ERROR git: 401 Unauthorized: https://bob%40example.com:{SECRET}@git.example.com/", "bob@example.com"),
    "escaped": (f'{{"time":"{AT}","msg":"401 Unauthorized","u":"https:\\/\\/bob:{SECRET}@h.example.com\\/x"}}', "bob"),
    "field": (json.dumps({"time": AT, "msg": "401 Unauthorized", "url": f"https://bob:{SECRET}@h.example.com/x"}), "bob"),
    "other user": (f"{AT} ERROR http: 401 Unauthorized user=eve Authorization: Basic {basic('ada')}", "eve"),
    "access log": (
        f'192.0.2.7 - eve [11/Mar/2026:09:00:00 +0000] "GET /x HTTP/1.1" 401 0 "https://bob:{SECRET}@h.example.com/" "p"',
        "eve",
    ),
    "bearer": (f"{AT} ERROR http: 401 Unauthorized, sent Authorization: Bearer {basic('ada')}", None),
    "no password": (f"{AT} ERROR git: 401 Unauthorized: https://bob@git.example.com/x.git", None),
    "no user": (f"{AT} ERROR git: 401 Unauthorized: https://:{SECRET}@git.example.com/x.git", None),
    "port": (f"{AT} ERROR git: 401 Unauthorized: https://git.example.com:8443/@scope/x", None),
    "challenge": (f'{AT} ERROR http: 401 Unauthorized, WWW-Authenticate: Basic realm="bob:staff@example.com"', None),
    "a key as user": (f"{AT} ERROR git: 401 Unauthorized: https://ghp_{'a1B2' * 9}:{SECRET}@git.example.com/x.git", None),
}  # fmt: skip


@pytest.mark.parametrize("name", list(LINES))
def test_the_name_is_told_and_the_password_never(tmp_path: Path, name: str) -> None:
    line, user = LINES[name]
    path = tmp_path / "app.log"
    path.write_text(line + "\n")
    for extra in ([], ["--all"]):
        shown = run("events", *extra, path).stdout
        event: dict[str, Any] = json.loads(shown.splitlines()[0])
        assert event.get("user.name") == user
        assert not [part for part in (SECRET, basic("ada"), basic("adam"), basic("ad"), "ghp_a1") if part in shown]


def test_one_who_fails_with_basic_alone_is_among_those_who_are_hit(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    path.write_text("".join(f"{LINES['padded'][0]}\n".replace("09:00:00", f"09:{k * k:02}:00") for k in range(6)))
    findings = json.loads(run("scan", "--format", "json", path).stdout)["findings"]
    assert [each["counts"]["users"] for each in findings] == [1]
