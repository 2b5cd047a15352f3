"""Text first; behaviour where text is silent."""

from typing import Any

import pytest

from logscan.analysis.verdict import Named, Verdict, decide
from logscan.model.finding import Alternative
from tests.shipped import library

SEEN = {rule.name: rule for rule in library().signatures}
REFINES = {"username_password_invalid": frozenset({"credential_attack"})}


def verdict(cause: str, *seen: str, **rest: Any) -> Verdict:
    named = Named(cause, rest.get("confidence", "high"), ("some_rule",), rest.get("alternatives", ()))
    return decide(named, [SEEN[name] for name in seen], {}, REFINES)


def test_behaviour_names_what_text_does_not() -> None:
    found = verdict("unclassified", "one_client_from_one_moment", confidence="low")
    assert (found.cause, found.confidence, found.behaviour) == ("credential_revoked", "low", "credential_revoked")
    assert found.rules == ("one_client_from_one_moment", "some_rule")
    assert Alternative("api_key_invalid", "low") in found.alternatives


@pytest.mark.parametrize("cause", ["token_expired", "api_key_invalid"])
def test_text_stays_and_behaviour_is_an_alternative(cause: str) -> None:
    found = verdict(cause, "many_users_one_source")
    assert (found.cause, found.confidence) == (cause, "high")
    assert found.alternatives == (Alternative("credential_attack", "medium"),)


@pytest.mark.parametrize("signature", sorted(SEEN))
def test_any_behaviour_stands_below_text_and_above_a_bare_status(signature: str) -> None:
    cause = str(SEEN[signature].meaning["cause"])
    told = "token_malformed" if cause != "token_malformed" else "token_claims_mismatch"
    for confidence in ("high", "medium"):
        assert verdict(told, signature, confidence=confidence)[:2] == (told, confidence)
    bare = verdict("unclassified", signature, confidence="low")
    assert bare.cause == cause
    assert bare.rules[0] == signature


def test_what_may_be_refined_is_and_stays_the_first_alternative() -> None:
    found = verdict("username_password_invalid", "many_users_one_source", alternatives=("account_locked",))
    assert (found.cause, found.confidence) == ("credential_attack", "medium")
    assert found.alternatives[0] == Alternative("username_password_invalid", "high")


def test_an_alternative_is_named_once_with_its_best_confidence() -> None:
    found = verdict("unclassified", "many_tries_one_user", "job_with_old_password", alternatives=("account_locked",))
    assert [each.cause for each in found.alternatives].count("account_locked") == 1
    assert Alternative("username_password_invalid", "medium") in found.alternatives
    assert "credential_attack" not in {each.cause for each in found.alternatives}


def test_nothing_known_is_unclassified() -> None:
    assert verdict("unclassified", confidence="low")[:3] == ("unclassified", "low", ())
