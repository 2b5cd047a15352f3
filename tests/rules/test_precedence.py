"""What a rule's evidence is decides the band of its priority: docs/rules.md, "Which rule wins"."""

import json
import re
from pathlib import Path

from logscan.model.schemas import CONTENT
from logscan.rules.load import Rule
from tests.rules.test_wordings import named
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


# What one line may hold, each piece naming another cause; by band, the strongest first.
PIECES: dict[str, dict[str, tuple[dict[str, object], str]]] = {
    "platform": {
        "entra": ({"msg": "AADSTS50057: The user account is disabled."}, "account_inactive_or_restricted"),
        "openai": ({"msg": "Incorrect API key provided: sk-proj-****AAAA."}, "api_key_invalid"),
        "aws": (
            {"msg": "SignatureDoesNotMatch: The request signature we calculated does not match the one you provided."},
            "request_signature_invalid",
        ),
        "kubernetes": (
            {"msg": 'pods is forbidden: User "ada" cannot list resource "pods" in API group ""'},
            "insufficient_permission",
        ),
        "keycloak": ({"msg": "type=LOGIN_ERROR, error=invalid_user_credentials"}, "username_password_invalid"),
        "spring": ({"msg": "org.springframework.security.authentication.LockedException: locked"}, "account_locked"),
    },
    "challenge": {
        "issuer": (
            {"www_authenticate": 'Bearer error="invalid_token", error_description="The issuer is invalid"'},
            "token_claims_mismatch",
        )
    },
    "field": {"code": ({"error": {"code": "ERR_SESSION_EXPIRED"}}, "session_invalid")},
    "text": {"words": ({"msg": "rejecting request: expired bearer token"}, "token_expired")},
    "status": {"bare": ({"status": 401}, "unclassified")},
}


def two_of_one_line() -> list[tuple[str, dict[str, object], str]]:
    found = []
    names = list(PIECES)
    for at, strong in enumerate(names):
        for weak in names[at + 1 :]:
            for first, (held, cause) in PIECES[strong].items():
                for second, (other, _) in PIECES[weak].items():
                    if held.keys().isdisjoint(other):
                        found.append((f"{first} before {second}", {**other, **held}, cause))
    return found


def test_of_two_causes_in_one_line_the_stronger_evidence_wins() -> None:
    asked = two_of_one_line()
    stamp = {"time": "2026-03-12T06:25:24Z", "level": "error"}
    found = named([json.dumps({**stamp, **line}) for _, line, _ in asked])
    assert len(asked) >= 24
    assert not [f"{what}: {found.get(at)}" for at, (what, _, cause) in enumerate(asked) if found.get(at) != cause]


def test_each_cause_is_known_of_several_products() -> None:
    products: dict[str, set[str]] = {}
    for rule in SHIPPED:
        kept = products.setdefault(str(rule.meaning["cause"]), set())
        kept.add(rule.logsource.get("product") or f"{Path(rule.path).parent.name} {rule.name}")
    assert {cause: sorted(names) for cause, names in products.items() if len(names) < 3} == {}
    assert set(LIBRARY.taxonomy.causes) <= set(products)
