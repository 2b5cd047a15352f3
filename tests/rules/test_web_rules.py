"""Rules for web servers as analysts write them for any SIEM run unchanged: every idiom of the field, with what it finds."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from logscan.model.schemas import EVENTS
from logscan.rules.gate import gate
from logscan.rules.load import Rule
from logscan.rules.match import match
from tests.rules.folder import foreign_text, load, make

ROWS: dict[str, dict[str, Any]] = {
    "traversal": {
        "url.original": "/static/../../etc/passwd",
        "http.response.status_code": 200,
        "http.request.method": "GET",
    },
    "encoded": {"url.original": "/static/%2e%2e%2f%2E%2e/etc/shadow", "http.response.status_code": 404},
    "login_ok": {
        "url.original": "/login",
        "http.request.method": "POST",
        "http.response.status_code": 302,
        "user.name": "ada",
    },
    "login_bad": {
        "url.original": "/login",
        "http.request.method": "post",
        "http.response.status_code": 401,
        "user.name": "Admin",
    },
    "scanner": {
        "url.original": "/",
        "user_agent.original": "Made-Up Scanner/1.2 (probe)",
        "http.response.status_code": 401,
    },
    "shell": {
        "url.original": "/up/x.PHP?cmd=id",
        "url.path": "/up/x.PHP",
        "url.query": "cmd=id",
        "http.response.status_code": 200,
    },
    "inside": {"url.original": "/api/v1/me", "source.address": "192.0.2.14", "http.response.status_code": 403},
    "outside": {"url.original": "/api/v1/me", "source.address": "203.0.113.9", "http.response.status_code": 403},
    "six": {"url.original": "/api/v1/me", "source.address": "2001:db8:0:1::5", "http.response.status_code": 403},
    "referred": {
        "url.original": "/a",
        "http.request.referrer": "http://host.example.com/a",
        "url.domain": "host.example.com",
    },
    "sql": {"url.original": "/q?id=1%27%20UNION%20SELECT%20name,pw%20FROM%20users--", "http.response.status_code": 500},
    "template": {"url.original": "/q?name={{7*7}}&x=${y}", "user_agent.original": "curl/8.5"},
    "token": {"url.original": "/api?access_token=abc123def456&v=2", "http.response.status_code": 200},
    "backslash": {"url.original": "/a\\b\\c?d=*", "http.response.status_code": 400},
    "line": {"event.original": "ERROR 4711: jndi:ldap lookup refused", "message": "jndi:ldap lookup refused"},
    "empty": {"url.original": "", "user_agent.original": "", "http.response.status_code": None},
    "nothing": {},
}

CASES: dict[str, tuple[str, str]] = {
    "list of texts": ("s: {cs-uri-query|contains: ['/etc/passwd', '/etc/shadow']}\ncondition: s", "traversal encoded"),
    "two fields are both asked": ("s: {cs-method: POST, sc-status: 401}\ncondition: s", "login_bad"),
    "list of numbers": ("s: {sc-status: [301, 302, 303]}\ncondition: s", "login_ok"),
    "number as text": ("s: {sc-status: '401'}\ncondition: s", "login_bad scanner"),
    "number by its first digits": ("s: {sc-status|startswith: '4'}\ncondition: s", "encoded login_bad scanner inside outside six backslash"),
    "compare": ("s: {sc-status|gte: 500}\ncondition: s", "sql"),
    "between": ("s: {sc-status|gte: 300, sc-status|lt: 400}\ncondition: s", "login_ok"),
    "list of maps is an or": ("s:\n  - cs-uri-query|endswith: /login\n  - c-useragent|startswith: made-up\ncondition: s", "login_ok login_bad scanner"),
    "all of a list": ("s: {cs-uri-query|contains|all: [union, select, from]}\ncondition: s", "sql"),
    "selection and not filter": ("selection: {cs-uri-query: /login}\nfilter: {sc-status: [200, 302]}\ncondition: selection and not filter", "login_bad"),
    "not of a field that is missing is true": ("s: {cs-uri-query|startswith: /a}\nf: {cs-user-agent|contains: curl}\ncondition: s and not f", "inside outside six referred token backslash"),
    "1 of": ("sel_a: {cs-uri-query|contains: etc/passwd}\nsel_b: {cs-user-agent|contains: scanner}\nother: {sc-status: 500}\ncondition: 1 of sel_*", "traversal scanner"),
    "all of": ("sel_a: {cs-uri-query|contains: /api}\nsel_b: {sc-status: 403}\ncondition: all of sel_*", "inside outside six"),
    "1 of them": ("a: {cs-username: admin}\nb: {cs-referer|contains: host.example}\ncondition: 1 of them", "login_bad referred"),
    "brackets": ("a: {sc-status: 403}\nb: {c-ip|startswith: '192.'}\nc: {c-ip|startswith: '203.'}\ncondition: a and (b or c)", "inside outside"),
    "and binds closer than or": ("a: {sc-status: 500}\nb: {sc-status: 403}\nc: {c-ip: 192.0.2.14}\ncondition: a or b and c", "inside sql"),
    "wildcards inside a text": ("s: {cs-uri-query: '*/up/*.php?cmd=*'}\ncondition: s", "shell"),
    "one character": ("s: {cs-uri-query: /api/v?/me}\ncondition: s", "inside outside six"),
    "an asterisk itself": (r"s: {cs-uri-query|endswith: 'd=\*'}" + "\ncondition: s", "backslash"),
    "a backslash itself": (r"s: {cs-uri-query|contains: 'a\b\c'}" + "\ncondition: s", "backslash"),
    "braces and dollars are plain": ("s: {cs-uri-query|contains: ['{{', '${']}\ncondition: s", "template"),
    "percent signs are plain": ("s: {cs-uri-query|contains: '%2e%2e'}\ncondition: s", "encoded"),
    "regular expression": ("s: {cs-uri-query|re: 'access_token=[a-z0-9]{8,}(&|$)'}\ncondition: s", "token"),
    "regular expression is case-sensitive": ("s: {c-uri|re: '\\.php'}\ncondition: s", ""),
    "unless it says not": ("s: {c-uri|re|i: '\\.php'}\ncondition: s", "shell"),
    "cased": ("s: {cs-method|cased: POST}\ncondition: s", "login_ok"),
    "one network": ("s: {c-ip|cidr: 192.0.2.0/24}\ncondition: s", "inside"),
    "some networks": ("s: {c-ip|cidr: [192.0.2.8/29, '2001:db8::/48']}\ncondition: s", "inside six"),
    "not from inside": ("s: {sc-status: 403}\nf: {c-ip|cidr: 192.0.2.0/24}\ncondition: s and not f", "outside six"),
    "null": ("s: {cs-uri-query|contains: /login, cs-user-agent: null}\ncondition: s", "login_ok login_bad"),
    "null or empty": ("s: {sc-status: null, cs-user-agent: ['', null]}\ncondition: s", "referred line empty nothing"),
    "not null": ("s: {cs-username|exists: true}\ncondition: s", "login_ok login_bad"),
    "anything at all": ("s: {cs-username: '*'}\ncondition: s", "login_ok login_bad"),
    "empty text": ("s: {cs-user-agent: ''}\ncondition: s", "empty"),
    "one field in another": ("s: {cs-referer|fieldref|contains: cs-host}\ncondition: s", "referred"),
    "keywords": ("keywords: ['jndi:ldap', 'jndi:rmi']\ncondition: keywords", "line"),
    "keywords, all of them": ("keywords:\n  '|all': ['error', 'refused']\ncondition: keywords", "line"),
    "a number as keyword": ("keywords: [4711]\ncondition: keywords", "line"),
    "several conditions": ("a: {sc-status: 500}\nb: {cs-uri-query: /login}\ncondition: [a, b]", "login_ok login_bad sql"),
    "neq": ("s: {cs-uri-query: /login, sc-status|neq: 302}\ncondition: s", "login_bad"),
    "windash": ("s: {cs-uri-query|windash|contains: users-}\ncondition: s", "sql"),
    "upper case in the rule": ("s: {cs-uri-query|contains: ETC/PASSWD}\ncondition: s", "traversal"),
    "a field nobody has": ("s: {cs-cookie|contains: session}\ncondition: s", ""),
    "not a field nobody has": ("s: {cs-cookie|contains: session}\nt: {cs-uri-query: /login}\ncondition: t and not s", "login_ok login_bad"),
    "stem and query": ("s: {cs-uri-stem|endswith: .php, url.query|startswith: cmd=}\ncondition: s", "shell"),
}  # fmt: skip


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    return pl.DataFrame([[row.get(name) for name in EVENTS] for row in ROWS.values()], schema=EVENTS, orient="row")


def rule_of(folder: Path, detection: str) -> Rule:
    return load(make(folder, {"causes/web.yml": foreign_text(detection)})).detections[0]


@pytest.mark.parametrize("case", CASES)
def test_a_rule_finds_what_it_asks_for(tmp_path: Path, frame: pl.DataFrame, case: str) -> None:
    detection, expected = CASES[case]
    rule = rule_of(tmp_path, detection)
    found = match(frame, [rule]).to_series().to_list()
    assert [name for name, hit in zip(ROWS, found, strict=True) if hit] == expected.split()
    let_through = frame.with_columns(x=gate([rule]))["x"]
    assert all(let_through.filter(pl.Series(found)))


def test_all_of_them_at_once_find_the_same(tmp_path: Path, frame: pl.DataFrame) -> None:
    uuid = "6d2bdc1b-8a57-4a4c-9d35-0b5b5ad4ae"
    files = {
        f"causes/{at:02}.yml": foreign_text(detection).replace(f"{uuid}0c", f"{uuid}{at:02}")
        for at, (detection, _) in enumerate(CASES.values())
    }
    rules = load(make(tmp_path, files)).detections
    found = match(frame, rules)
    for at, (_, expected) in enumerate(CASES.values()):
        assert [name for name, hit in zip(ROWS, found[f"{at:02}"], strict=True) if hit] == expected.split()
    assert all(frame.with_columns(x=gate(rules))["x"].filter(found.select(pl.any_horizontal(pl.all())).to_series()))
