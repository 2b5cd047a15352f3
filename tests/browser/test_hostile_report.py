"""The whole way: hostile names of files, formats, rules and moments, through the command, into a real browser."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from playwright.sync_api import Page

from logscan.cli.main import cli
from logscan.report.show import visible
from tests.browser.chromium import WHY_NOT, record, show
from tests.hostile.corpus import PAYLOADS

pytestmark = [pytest.mark.browser, pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)]

# What a file of Linux may be called; a name that begins with a dot is left out of a folder, and so is what looks packed.
NAMES = [
    text for text in PAYLOADS.values()
    if len(text.encode()) < 200 and not {"/", "\0"} & set(text) and not text.startswith((".", "-"))
]  # fmt: skip
WORDS = PAYLOADS["image"] + PAYLOADS["markdown"] + PAYLOADS["bidi"]


def odd_format(folder: Path) -> Path:
    folder.mkdir()
    line = "ODD|2026-03-12T06:25:24Z|192.0.2.7|401|x"
    told = {
        "@timestamp": "2026-03-12T06:25:24Z",
        "source.address": "192.0.2.7",
        "http.response.status_code": 401,
        "message": "x",
    }
    (folder / "odd.yml").write_text(
        yaml.safe_dump(
            {
                "id": "odd", "title": WORDS, "kind": "pattern", "order": 20,
                "pattern": r"^ODD\|(?<time>[0-9T:\-]{19}Z)\|(?<client>[0-9.]+)\|(?<status>[0-9]{3})\|",
                "tail": r"(?<message>.*)",
                "columns": {
                    "time": {"column": "@timestamp", "time": "iso"}, "client": "source.address",
                    "status": "http.response.status_code", "message": "message",
                },
                "samples": [{"line": line, "expect": told}, {"line": "-- reopened --", "expect": "reject"}],
            },
            allow_unicode=True,
        )
    )  # fmt: skip
    return folder


def odd_rules(folder: Path) -> Path:
    folder.mkdir()
    rules = [
        {
            "title": WORDS, "id": "0b8f8a53-6f0e-4c53-9b7c-2d0b6a6f1c11", "name": "odd_detection", "status": "stable",
            "description": WORDS, "logsource": {"category": "webserver"}, "detection": {"it": {"cs-user-agent|contains": "agent"}, "condition": "it"},
            "falsepositives": [WORDS], "references": [WORDS], "level": "high", "tags": ["attack.t1110"],
        },
        {
            "title": WORDS, "id": "0b8f8a53-6f0e-4c53-9b7c-2d0b6a6f1c12", "name": "odd_cause", "status": "stable",
            "logsource": {"category": "application"}, "detection": {"it": {"message|contains": "odd word"}, "condition": "it"}, "falsepositives": [WORDS], "level": "medium",
            "tags": ["logscan.api-key-invalid"],
            "logscan": {"cause": "api_key_invalid", "confidence": "high", "priority": 95, "hits": [{"message": "an odd word"}], "misses": [{"message": "even"}]},
        },
    ]  # fmt: skip
    for number, rule in enumerate(rules):
        (folder / f"r{number}.yml").write_text(yaml.safe_dump(rule, allow_unicode=True))
    return folder


def test_nothing_that_anybody_named_becomes_anything_but_text(tab: Page, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    for k, name in enumerate(NAMES):
        lines = [
            f'192.0.2.{k} - "{name[:30]}" [12/Mar/2026:06:{k:02d}:{s:02d} +0000] "GET /{k} HTTP/1.1" 401 5 "-" "agent {name[:60]}"\n'
            for s in range(0, 30, 10)
        ]
        (logs / f"{name}.log").write_text("".join(line.replace("\n", " ").strip() + "\n" for line in lines), "utf-8")
    odd = "".join(f"ODD|2026-03-12T07:0{k}:24Z|192.0.2.7|401|an odd word {WORDS}\n" for k in range(5))
    (logs / "odd.log").write_text(odd, "utf-8")
    out = tmp_path / "report.html"
    asked = ["report", str(logs), "-o", str(out), "--title", WORDS, "--mark", f"2026-03-12T06:30:00Z={WORDS}"]
    asked += ["--formats", str(odd_format(tmp_path / "f")), "--rules", str(odd_rules(tmp_path / "r"))]
    ran = CliRunner().invoke(cli, asked)
    assert ran.exit_code == 0, ran.output
    show(tab, out)
    assert record(tab) == ([], [])
    assert tab.evaluate("window.pwned === undefined && document.querySelectorAll('h1').length === 1")
    text = tab.evaluate("document.body.textContent")
    files = tab.evaluate("[...document.querySelectorAll('#inputs th code')].map(e => e.textContent)")
    assert not [name for name in NAMES if not any(visible(f"{name}.log") in file for file in files)]
    words = visible(WORDS, 160)
    for place in ("brand .title", "of-mark", "card h3", "reasons li", "card .definition"):
        told: list[str] = tab.evaluate(
            f"[...document.querySelectorAll('.{place}')].map(e => e.textContent.replaceAll('`', ''))"
        )
        assert any(words[:50] in each for each in told), place
    assert text.count(words[:50]) > 8
    assert tab.title().startswith(re.sub(r"\s+", " ", words)[:50])
    links: Any = tab.evaluate("[...document.querySelectorAll('[href]')].map(e => e.getAttribute('href'))")
    assert {link[0] for link in links if link != "data:,"} == {"#"}
    told_of = json.loads(tab.evaluate("document.getElementById('provenance').textContent"))
    assert len(told_of["inputs"]) == len(NAMES) + 1
