"""Who the client is, from the command line: behind proxies that are trusted, and in every format."""

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.system.logs import joined
from tests.system.tool import run

ACCESS = '{peer} - - [12/Mar/2026:06:25:{at:02} +0100] "GET /a HTTP/1.1" 401 0 "-" "curl/8.5" "{forwarded}"'
JSON = (
    '{{"time":"2026-03-12T06:25:{at:02}Z","status":401,"method":"GET","uri":"/a","remote_addr":"{peer}",'
    '"http_x_forwarded_for":"{forwarded}","msg":"no key"}}'
)
PROXY = ("--trusted-proxy", "198.51.100.0/24", "--trusted-proxy", "2001:db8:99::/48")


def clients(log: Path, *options: str) -> Counter[str]:
    rows = [json.loads(line) for line in run("events", log, *options).stdout.splitlines()]
    return Counter(row["source.address"] for row in rows)


@pytest.mark.parametrize("line", [ACCESS, JSON], ids=["access", "json"])
def test_the_client_behind_trusted_proxies_is_counted(tmp_path: Path, line: str) -> None:
    log = tmp_path / "a.log"
    rows = [
        ("198.51.100.9", "203.0.113.5, 192.0.2.7"),
        ("198.51.100.9", "203.0.113.5, 192.0.2.7, 198.51.100.8"),
        ("192.0.2.200", "203.0.113.5"),
    ]
    log.write_bytes(joined([line.format(peer=p, forwarded=f, at=n) for n, (p, f) in enumerate(rows * 4)]))
    assert clients(log) == {"198.51.100.9": 8, "192.0.2.200": 4}
    assert clients(log, *PROXY) == {"192.0.2.7": 8, "192.0.2.200": 4}
    found = json.loads(run("scan", log, "--format", "json", *PROXY).stdout)
    assert sum(each["counts"]["clients"] for each in found["findings"]) == 2


def test_the_report_says_how_the_client_was_told(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(joined([ACCESS.format(peer="198.51.100.9", forwarded="192.0.2.7", at=7)] * 3))
    for options, said in ((PROXY, True), ((), False)):
        page = tmp_path / "r.html"
        run("report", log, "-o", page, *options)
        text = page.read_text("utf-8")
        assert ("right-most address of the forwarded list" in " ".join(text.split())) is said
        document = json.loads(run("scan", log, "--format", "json", *options).stdout)
        assert document.get("trusted_proxies") == (["198.51.100.0/24", "2001:db8:99::/48"] if said else None)
