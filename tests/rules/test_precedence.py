"""What a rule's evidence is decides the band of its priority: docs/rules.md, "Which rule wins"."""

import re
from pathlib import Path

from logscan.model.schemas import CONTENT
from logscan.rules.load import Rule
from tests.shipped import library

ROOT = Path(__file__).parents[2]
BANDS = {
    "platform": range(80, 100),
    "challenge": range(74, 80),
    "field": range(68, 74),
    "text": range(50, 68),
    "hint": range(20, 50),
    "status": range(1, 20),
}
# Numbers that are given for one cause only say as much as a field that names it.
TELLING = re.compile(r"\b(407|419|440|495|496|511)\b|OPTIONS")
BARE = {"http.response.status_code", "http.request.method", "user.name"}
FIELDS = {"error.code", "error.type", "event.action"}
LIBRARY = library()
SHIPPED = [rule for rule in LIBRARY.causes if "logscan" in rule.text]


def of_a_platform(rule: Rule) -> bool:
    return (
        "product" in rule.logsource or rule.logsource.get("service", "error") != "error" or "generic" not in rule.path
    )


def bands(rule: Rule) -> list[str]:
    """Where the rule may lie."""
    sure = rule.meaning["confidence"] == "high"
    if of_a_platform(rule):
        return ["platform"] if sure else ["platform", "challenge", "field", "text", "hint"]
    if rule.columns <= BARE:
        return ["field"] if TELLING.search(rule.text) else ["status"]
    if rule.meaning["cause"] == "unclassified":
        return ["status"]
    if rule.columns & set(CONTENT) or rule.meaning["confidence"] == "low":
        return ["hint"]
    unsure = [] if sure else ["hint"]
    if "logscan.challenge" in rule.columns:
        return ["challenge", *unsure]
    return ["field" if rule.columns & FIELDS else "text", *unsure]


def test_every_priority_lies_in_the_band_of_its_evidence() -> None:
    wrong = [
        f"{rule.path}: {rule.priority}, not {' or '.join(bands(rule))}"
        for rule in SHIPPED
        if not any(rule.priority in BANDS[name] for name in bands(rule))
    ]
    assert not wrong


def test_every_band_has_rules_and_the_documentation_tells_all() -> None:
    found = {name for rule in SHIPPED for name, span in BANDS.items() if rule.priority in span}
    assert found == set(BANDS)
    told = (ROOT / "docs/rules.md").read_text("utf-8")
    assert all(f"| {span[0]} to {span[-1]} | {name} |" in told for name, span in BANDS.items())


def test_the_bands_leave_no_gap() -> None:
    assert sorted(at for span in BANDS.values() for at in span) == list(range(1, 100))
