"""Rules as analysts write them for any SIEM, each through the whole tool: what it finds, and how it is told."""

import json
from base64 import b64encode
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest
import yaml

from logscan.cli.exits import Exit
from tests.system.tool import run

_B64, _OFFSET = b64encode(b"cmd=whoami").decode(), b64encode(b"xxpassword=letmein-now").decode()
_BIG = b64encode("Invoke-Made".encode("utf-16-be")).decode()
_WIDE = b64encode("Invoke-Made".encode("utf-16-le")).decode()


def _hit(line: str, at: str = "06:25:24", agent: str = "Mozilla/5.0", client: str = "192.0.2.7", **more: Any) -> str:
    status, user, referrer = more.get("status", 200), more.get("user", "-"), more.get("referrer", "-")
    return f'{client} - {user} [12/Mar/2026:{at} +0000] "{line} HTTP/1.1" {status} 17 "{referrer}" "{agent}"'


ACCESS = {
    "plain": _hit("GET /index.html"),
    "traversal": _hit("GET /static/../../etc/passwd", client="198.51.100.4"),
    "sql": _hit("GET /q?id=1%20UNION%20SELECT%20pw", status=500, at="03:10:00"),
    "login_bad": _hit("POST /login", status=401, user="Admin", at="23:59:59"),
    "login_ok": _hit("POST /login", status=302, user="ada"),
    "scanner": _hit("GET /", agent="Made-Up Scanner/1.2 (probe)", client="203.0.113.9"),
    "shell": _hit("GET /up/x.PHP?cmd=id", client="2001:db8:0:1::5"),
    "encoded": _hit(f"GET /run?x={_B64}"),
    "offset": _hit(f"GET /run?y={_OFFSET}"),
    "wide": _hit(f"GET /run?z={_WIDE}"),
    "big": _hit(f"GET /run?z={_BIG}"),
    "dash": _hit("GET /run?args=tool%20/enc"),
    "dashed": _hit("GET /run?args=tool%20-enc"),
    "braces": _hit("GET /q?name={{7*7}}&x=${y}", agent="-"),
    "star": _hit("GET /a?d=*"),
    "referred": _hit("GET /a/own.example.com", referrer="http://own.example.com/a"),
    "denied": _hit("GET /api/v1/me", status=403, client="203.0.113.77"),
    "lines": _hit("GET /multi%0Aline"),
}
AUTH = {
    "failed": "Mar 12 06:25:24 gate sshd[11]: Failed password for invalid user guest from 203.0.113.8 port 4022 ssh2",
    "elsewhere": "Mar 12 06:25:25 gate webapp[12]: Failed password for ada, says the form",
    "sudo": "Mar 12 06:25:26 gate sudo: bob : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/home/bob ; USER=root ; COMMAND=/usr/bin/id",
}
APP = {
    "template": "2026-03-12 06:25:24,120 ERROR shop.web: TemplateSyntaxError at /render, made-up engine",
    "quiet": "2026-03-12 06:25:25,120 INFO shop.web: rendered",
}
CLOUD = {
    "denied_key": json.dumps(
        {"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "userName": "ada"}, "eventTime": "2026-03-12T06:25:24Z", "eventSource": "iam.amazonaws.com", "eventName": "CreateAccessKey", "awsRegion": "eu-west-1", "sourceIPAddress": "192.0.2.7", "userAgent": "aws-cli/2.15", "errorCode": "AccessDenied", "errorMessage": "no", "requestID": "r1", "eventID": "e1"}
    ),
}  # fmt: skip
LOGS = {"access.log": ACCESS, "auth.log": AUTH, "app.log": APP, "cloud.json": CLOUD}

WEB, SSHD = {"category": "webserver"}, {"product": "linux", "service": "sshd"}
# name: log source, detection as YAML, what it finds
CASES: dict[str, tuple[dict[str, str], str, str]] = {
    "contains": (WEB, "s: {cs-uri-query|contains: '/etc/passwd'}\ncondition: s", "traversal"),
    "contains_list": (WEB, "s: {cs-uri-query|contains: [etc/passwd, 'cmd=id']}\ncondition: s", "traversal shell"),
    "contains_all": (WEB, "s: {cs-uri-query|contains|all: [union, select]}\ncondition: s", "sql"),
    "startswith": (WEB, "s: {cs-user-agent|startswith: made-up}\ncondition: s", "scanner"),
    "endswith": (WEB, "s: {cs-uri-query|endswith: [/login, .html]}\ncondition: s", "plain login_bad login_ok"),
    "wildcards": (WEB, "s: {cs-uri-query: '/up/?.php*'}\ncondition: s", "shell"),
    "escaped": (WEB, "s: {cs-uri-query|endswith: 'd=\\*'}\ncondition: s", "star"),
    "cased": (WEB, "s: {cs-username|cased: Admin}\nt: {cs-username|cased: admin}\ncondition: s and not t", "login_bad"),
    "regex": (WEB, "s: {cs-uri-query|re: '\\.PHP\\?cmd=[a-z]+$'}\ncondition: s", "shell"),
    "regex_i": (WEB, "s: {cs-uri-query|re|i: '\\.php'}\ncondition: s", "shell"),
    "regex_ms": (WEB, "s: {cs-user-agent|re|m|s: '^Made.*probe\\)$'}\ncondition: s", "scanner"),
    "base64": (WEB, "s: {cs-uri-query|base64|contains: 'cmd=whoami'}\ncondition: s", "encoded"),
    "base64offset": (WEB, "s: {cs-uri-query|base64offset|contains: 'password=letmein'}\ncondition: s", "offset"),
    "wide": (WEB, "s: {cs-uri-query|wide|base64offset|contains: Invoke-Made}\ncondition: s", "wide big"),
    "utf16le": (WEB, "s: {cs-uri-query|utf16le|base64offset|contains: Invoke-Made}\ncondition: s", "wide big"),
    "utf16be": (WEB, "s: {cs-uri-query|utf16be|base64offset|contains: Invoke-Made}\ncondition: s", "big"),
    "windash": (WEB, "s: {cs-uri-query|windash|contains: '-enc'}\ncondition: s", "dash dashed"),
    "exists": (WEB, "s: {cs-username|exists: true}\ncondition: s", "login_bad login_ok"),
    "exists_not": (WEB, "s: {cs-uri-stem: /q, cs-user-agent|exists: false}\ncondition: s", "braces"),
    "null": (WEB, "s: {cs-uri-query|contains: '{{', cs-user-agent: null}\ncondition: s", "braces"),
    "numbers": (WEB, "s: {sc-status: [401, 302]}\ncondition: s", "login_bad login_ok"),
    "range": (WEB, "s: {sc-status|gt: 302, sc-status|lte: 403}\ncondition: s", "login_bad denied"),
    "range_2": (WEB, "s: {sc-status|gte: 403, sc-status|lt: 500}\ncondition: s", "denied"),
    "neq": (WEB, "s: {cs-uri-query: /login, sc-status|neq: 302}\ncondition: s", "login_bad"),
    "cidr": (WEB, "s: {c-ip|cidr: [203.0.113.0/26, '2001:db8::/48']}\ncondition: s", "scanner shell"),
    "fieldref": (WEB, "s: {cs-referer|exists: true, cs-referer|fieldref|endswith: cs-uri-stem}\ncondition: s", ""),
    "fieldref_same": (WEB, "s: {cs-uri-stem|fieldref: cs-uri, sc-status: 403}\ncondition: s", "denied"),
    "expand": (WEB, "s: {cs-username|expand: '%staff%'}\ncondition: s", "login_bad login_ok"),
    "hour": (WEB, "s: {timestamp|hour: 3}\ncondition: s", "sql"),
    "minute": (WEB, "s: {timestamp|minute: 59, timestamp|day: 12, timestamp|month: 3, timestamp|year: 2026}\ncondition: s", "login_bad"),
    "list_of_maps": (WEB, "s:\n  - {cs-method: POST, sc-status: 401}\n  - {c-ip: 203.0.113.9}\ncondition: s", "login_bad scanner"),
    "one_of": (WEB, "sel_a: {sc-status: 500}\nsel_b: {sc-status: 403}\nrest: {sc-status: 302}\ncondition: 1 of sel_*", "sql denied"),
    "all_of": (WEB, "sel_a: {cs-method: POST}\nsel_b: {cs-username: ada}\ncondition: all of sel_*", "login_ok"),
    "them": (WEB, "a: {cs-method: POST}\nb: {sc-status|lt: 400}\ncondition: all of them", "login_ok"),
    "nested": (WEB, "a: {sc-status: 403}\nb: {c-ip|startswith: '203.'}\nc: {sc-status: 500}\ncondition: (a and b) or (c and not b)", "sql denied"),
    "keywords": (WEB, "keywords: ['Scanner/1.2', '${y}']\ncondition: keywords", "scanner braces"),
    "keywords_all": (WEB, "keywords:\n  '|all': [union, ' 500 ']\ncondition: keywords", "sql"),
    "sshd": (SSHD, "keywords: ['Failed password for']\ncondition: keywords", "failed"),
    "auth": ({"product": "linux", "service": "auth"}, "keywords: ['Failed password for', 'incorrect password attempts']\ncondition: keywords", "failed elsewhere sudo"),
    "sudo": ({"product": "linux", "service": "sudo"}, "s: ['incorrect password']\ncondition: s", "sudo"),
    "python": ({"category": "application", "product": "python"}, "keywords: [TemplateSyntaxError]\ncondition: keywords", "template"),
    "cloudtrail": ({"product": "aws", "service": "cloudtrail"}, "s: {eventSource: iam.amazonaws.com, eventName: CreateAccessKey, errorCode|exists: true}\ncondition: s", "denied_key"),
}  # fmt: skip


def rule_of(name: str, source: dict[str, str], detection: str, **more: Any) -> str:
    head = {
        "title": f"Made up: {name}",
        "id": str(uuid5(NAMESPACE_URL, name)),
        "name": f"made_{name}",
        "logsource": source,
    }
    return yaml.safe_dump({**head, "detection": yaml.safe_load(detection), "level": "low", **more}, sort_keys=False)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The logs, and the rules: half of them in one file, the others in files of their own."""
    folder = tmp_path_factory.mktemp("sigma")
    (folder / "rules" / "web").mkdir(parents=True)
    texts = [rule_of(name, source, detection) for name, (source, detection, _) in CASES.items()]
    (folder / "rules" / "web" / "many.yml").write_text("---\n".join(texts[::2]))
    for at, text in enumerate(texts[1::2]):
        (folder / "rules" / f"{at}.yml").write_text(text)
    (folder / "rules" / "sigma.yml").write_text("vars: {staff: [ada, admin]}\n")
    for name, lines in LOGS.items():
        (folder / name).write_text("".join(f"{line}\n" for line in lines.values()))
    return folder


def scanned(folder: Path, *options: str | Path) -> dict[str, Any]:
    got = run("scan", *(folder / name for name in LOGS), "--rules", folder / "rules", "--format", "json", *options)
    assert got.exit_code == Exit.CLEAN, got.stderr
    found: dict[str, Any] = json.loads(got.stdout)
    return found


@pytest.fixture(scope="module")
def told(here: Path) -> dict[str, Any]:
    return scanned(here)


@pytest.mark.parametrize("name", CASES)
def test_a_rule_finds_what_it_asks_for(told: dict[str, Any], name: str) -> None:
    names = {(log, at): key for log, lines in LOGS.items() for at, key in enumerate(lines, 1)}
    expected = CASES[name][2].split()
    found = [each for each in told["findings"] if each["rules"] == [f"made_{name}"]]
    lines = {names[Path(line["path"]).name, line["line"]] for each in found for line in each["evidence"]}
    assert lines == set(expected)
    assert [each["counts"]["events"] for each in found] == ([len(expected)] if expected else [])


def test_the_counts_of_failures_are_those_without_such_rules(here: Path, told: dict[str, Any]) -> None:
    without = run("scan", *(here / name for name in LOGS), "--format", "json")
    plain = json.loads(without.stdout)
    assert {key: value for key, value in told["summary"].items() if key != "by_rule"} == plain["summary"]
    assert told["inputs"] == plain["inputs"]
    assert [each for each in told["findings"] if each["cause"]] == plain["findings"]
    own = {each["rules"][0]: each["counts"]["events"] for each in told["findings"] if not each["cause"]}
    assert told["summary"]["by_rule"] == own
    assert sum(own.values()) == sum(len(found.split()) for _, _, found in CASES.values())


SAID = {
    "level": "critical",
    "status": "stable",
    "tags": ["attack.initial-access", "attack.t1190"],
    "references": ["https://example.com/made-up"],
    "falsepositives": ["A test of our own."],
    "description": "Somebody asks for <b>files</b>.",
}


@pytest.fixture
def spoken(tmp_path: Path, here: Path) -> tuple[str, ...]:
    (tmp_path / "rules").mkdir()
    text = rule_of("spoken", WEB, CASES["contains"][1])
    (tmp_path / "rules" / "spoken.yml").write_text(yaml.safe_dump({**yaml.safe_load(text), **SAID}))
    return (str(here / "access.log"), "--rules", str(tmp_path / "rules"))


def test_the_words_of_the_author_are_in_every_output(spoken: tuple[str, ...], tmp_path: Path) -> None:
    (found,) = (each for each in json.loads(run("scan", *spoken, "--format", "json").stdout)["findings"] if "detection" in each)  # fmt: skip
    assert (found["severity"], found["confidence"], found["cause"]) == ("critical", "high", None)
    assert found["scope"] == {"level": "client", "values": ["198.51.100.4"]}
    assert found["detection"] == {"name": "made_spoken", "title": "Made up: spoken", "id": str(uuid5(NAMESPACE_URL, "spoken")), **{k: v for k, v in SAID.items() if k != "status"}}  # fmt: skip
    lines = [json.loads(line) for line in run("scan", *spoken, "--format", "ndjson").stdout.splitlines()]
    assert found["detection"] in [line.get("detection") for line in lines]
    table = run("scan", *spoken).stdout
    assert "critical Made up: spoken" in table
    assert "see https://example.com/made-up" in table
    page = tmp_path / "page.html"
    assert run("report", *spoken, "-o", page).exit_code == Exit.CLEAN
    text = page.read_text("utf-8")
    for words in ("Found by other rules", "Made up: spoken", "attack.t1190", "https://example.com/made-up", "A test of our own."):  # fmt: skip
        assert words in text
    assert "&lt;b&gt;files&lt;/b&gt;" in text
    explained = run("explain", f"{spoken[0]}:2", *spoken[1:]).stdout
    assert "made_spoken: a finding of its own" in explained


def test_its_level_decides_the_exit_code(spoken: tuple[str, ...]) -> None:
    assert run("scan", *spoken, "--fail-on", "critical").exit_code == Exit.FINDINGS
    assert run("scan", spoken[0], "--fail-on", "critical").exit_code == Exit.CLEAN


def test_the_division_of_a_log_changes_nothing(here: Path, told: dict[str, Any], tmp_path: Path) -> None:
    lines = (here / "access.log").read_text().splitlines(keepends=True)
    for at, line in enumerate(lines):
        (tmp_path / f"access.log.{len(lines) - at}").write_text(line)
    got = run(
        "scan", tmp_path, "--rules", here / "rules", "--format", "json", "--jobs", "4", "--log-format", "combined"
    )
    found = json.loads(got.stdout)["summary"]["by_rule"]
    web = {f"made_{name}" for name, (source, _, _) in CASES.items() if source == WEB}
    assert found == {name: count for name, count in told["summary"]["by_rule"].items() if name in web}


CORRELATION = """\
title: Many
id: 1f0c4c1e-7e3a-4d59-9d53-6b3a8f0c2a11
correlation:
  type: {type}
  rules: [made_contains]
  group-by: [c-ip]
  timespan: 5m
  condition: {{gte: 10}}
"""


@pytest.mark.parametrize("kind", ["event_count", "value_count", "temporal", "temporal_ordered"])
def test_a_correlation_is_refused_at_its_place(tmp_path: Path, here: Path, kind: str) -> None:
    base = rule_of("contains", WEB, CASES["contains"][1])
    (tmp_path / "both.yml").write_text(f"{base}---\n{CORRELATION.format(type=kind)}")
    got = run("scan", here / "access.log", "--rules", tmp_path)
    assert got.exit_code == Exit.INVALID
    place = f"{tmp_path / 'both.yml'}:{base.count(chr(10)) + 4} correlation"
    assert f"{place}: `correlation` counts or joins what other rules match" in got.stderr
    assert "hint: leave it out" in got.stderr


def test_a_record_of_a_document_is_told_with_its_line(tmp_path: Path, here: Path) -> None:
    record = json.loads(CLOUD["denied_key"])
    (tmp_path / "trail.json").write_text(
        json.dumps({"Records": [{**record, "eventName": "ListKeys"}, record]}, indent=1)
    )
    got = run("scan", tmp_path / "trail.json", "--rules", here / "rules", "--format", "json")
    (found,) = (each for each in json.loads(got.stdout)["findings"] if each["rules"] == ["made_cloudtrail"])
    lines = (tmp_path / "trail.json").read_text().splitlines()
    (line,) = found["evidence"]
    assert line["line"] > len(json.dumps(record, indent=1).splitlines())
    assert lines[line["line"] - 1].strip() == "{"
