"""Documents as sinks get them."""

from typing import Any

from logscan.alert.document import described, document
from logscan.alert.gate import Quiet, gate
from logscan.alert.incident import Memory
from logscan.model.finding import Finding
from tests.alert.made import HOUR, MINUTE, START, finding, page, seen

WORDS: dict[str, Any] = {
    "title": "Token has expired",
    "said": {
        "scope": "client 192.0.2.7",
        "recurs": "fails without a break since 2026-03-12 06:00:00",
        "state": "still going on where the log ends",
        "began": "between 2026-03-12 05:59:10 (last good) and 2026-03-12 06:00:00 (first bad)",
        "basis": "the log says so in its own words",
    },
    "values": ["192.0.2.7"],
    "clients": [["192.0.2.7", 12]],
    "users": [["ada", 12]],
    "endpoints": [["/api/orders", 11], ["/api/bills", 1]],
    "evidence": [{"path": "api.log", "line": 7, "text": "401 token rejected: expired"}],
    "playbook": {
        "id": "renew-token",
        "title": "Renew the token",
        "steps": [{"do": "Ask for a new token.", "command": "curl -s https://id.example.com/token"}],
    },
    "missing_evidence": "",
    "caveats": [],
    "tags": [],
}


def told(kind: str, found: Finding | None = None, *, url: str = "") -> dict[str, Any]:
    """The document of an incident that begins, and of one that is over after an hour."""
    here = found or finding(last_seen=START + 5 * MINUTE)
    first = gate(
        [here], [page(here.id)], Memory(), seen=seen(START + 5 * MINUTE), now=START + 5 * MINUTE, quiet=Quiet()
    )
    notice = first.notices[0]
    if kind == "resolved":
        (notice,) = gate([], [], first.memory, seen=seen(START + HOUR), now=START + HOUR, quiet=Quiet()).notices
    return document(notice, described(here, WORDS), url=url)
