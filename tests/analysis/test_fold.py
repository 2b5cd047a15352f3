"""What is told of one thing twice becomes one finding; what lies apart in time does not."""

from dataclasses import replace
from typing import Any

from tests.analysis.simulate import HOUR, Request, bad, crowd, failing, findings, steady

END = 24 * HOUR


def told_twice(since: float, until: float) -> list[Request]:
    """Refusals of one client, in the access log and with their reason in the error log; not the same requests."""
    named: dict[str, Any] = {
        "cause": "username_password_invalid",
        "confidence": "high",
        "rules": ("nginx_password_mismatch",),
    }
    one = failing(steady("192.0.2.44", END, 60), since, until, **named)
    other = [
        bad(replace(each, dataset="nginx-error", path="error.log", at=(each.at or 0) + 20, **named))
        for each in steady("192.0.2.44", END, 90, start=7)
        if since <= (each.at or 0) < until
    ]
    return one + other


def test_two_formats_about_one_client_at_one_time_are_one_finding() -> None:
    found = findings([*crowd(9, END, 300), *told_twice(8 * HOUR, 12 * HOUR)])
    assert [(each.cause, each.scope.values) for each in found] == [("username_password_invalid", ("192.0.2.44",))]


def test_every_failure_is_still_in_one_finding() -> None:
    requests = [*crowd(9, END, 300), *told_twice(8 * HOUR, 9 * HOUR), *told_twice(18 * HOUR, 19 * HOUR)]
    found = findings(requests)
    assert sum(each.counts.events for each in found) == sum(each.outcome == "auth_failure" for each in requests)
    assert len({each.id for each in found}) == len(found)


def test_outages_of_everybody_on_two_days_are_two_findings_with_two_ids() -> None:
    requests = crowd(12, 3 * END, 200)
    twice = failing(failing(requests, 10 * HOUR, 13 * HOUR), 50 * HOUR, 54 * HOUR)
    found = findings(twice)
    assert len(found) == 2
    assert len({each.id for each in found}) == 2
    assert len({(each.cause, each.scope) for each in found}) == 1
