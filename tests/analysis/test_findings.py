"""Scenarios, from requests to findings: what happened, to whom, how it recurs."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logscan.model.finding import Finding
from logscan.model.severity import severity_rank
from tests.analysis.simulate import HOUR, Request, at, bad, crowd, failing, findings, steady

END = 8 * HOUR
CROWD = crowd(12, END, 90)


def hourly(
    client: str, *, phase: float = 400, lifetime: float = HOUR, every: float = 60, **rest: object
) -> list[Request]:
    """A client whose token runs out a lifetime after the last renewal, renewed only after a refusal."""
    found, expires = [], phase + lifetime
    for each in steady(client, END, every):
        found.append(each)
        if each.at is not None and each.at >= expires:
            found[-1] = bad(replace(each, **rest))  # type: ignore[arg-type]
            found.append(replace(each, at=each.at + 0.3))
            expires = each.at + 0.3 + lifetime
    return found


def spray(since: float, client: str = "203.0.113.66") -> list[Request]:
    tries = random.Random(1)  # noqa: S311
    return [
        bad(Request(since + 2 * n + tries.random(), client, "/login", user=f"user{n % 150}", method="POST"))
        for n in range(300)
    ]


def only(found: tuple[Finding, ...]) -> Finding:
    assert len(found) == 1, [(each.cause, each.pattern, each.scope) for each in found]
    return found[0]


@pytest.mark.parametrize("cause", ["unclassified", "token_expired"])
def test_an_hourly_expiry_with_recovery_is_a_lifetime_cycle_of_its_client(cause: str) -> None:
    found = only(findings([*CROWD, *hourly("192.0.2.80", cause=cause)]))
    assert (found.cause, found.pattern, found.state) == ("token_expired", "lifetime_cycle", "open")
    assert (found.scope.level, found.scope.values) == ("client", ("192.0.2.80",))
    assert found.period_s == pytest.approx(3630, rel=0.02)
    assert found.next_expected is not None
    assert at(END) < found.next_expected < at(END + 3700)


def test_many_clients_with_an_hourly_expiry_each_are_one_finding() -> None:
    many = [each for n in range(9) for each in hourly(f"192.0.2.{80 + n}", phase=137 * n)]
    found = only(findings([*CROWD, *many]))
    assert (found.cause, found.pattern, found.counts.clients) == ("token_expired", "lifetime_cycle", 9)
    assert found.scope.level in ("endpoint", "all")
    assert found.period_s == pytest.approx(3630, rel=0.02)


def test_a_lifetime_seen_through_missed_cycles_keeps_its_length() -> None:
    requests = [
        each
        for each in hourly("192.0.2.80")
        if not (each.outcome == "auth_failure" and 3 * HOUR < (each.at or 0) < 4.2 * HOUR)
    ]
    found = only(findings([*CROWD, *requests]))
    assert found.pattern == "lifetime_cycle"
    assert found.period_s == pytest.approx(3630, rel=0.03)


def test_a_key_revoked_for_one_client_is_told_from_everybody_elses() -> None:
    found = only(findings([*CROWD, *failing(steady("192.0.2.44", END, 45), 5 * HOUR)]))
    assert (found.cause, found.confidence, found.pattern) == ("credential_revoked", "low", "sustained_open")
    assert (found.state, found.scope.values) == ("open", ("192.0.2.44",))
    assert {"api_key_invalid", "token_expired"} <= {each.cause for each in found.alternatives}
    assert found.onset_after is not None
    assert found.onset_before is not None
    assert found.onset_after < at(5 * HOUR) <= found.onset_before < at(5 * HOUR + 90)
    assert found.missing_evidence


def test_a_rare_caller_whose_key_is_revoked_is_seen_too() -> None:
    found = only(findings([*CROWD, *failing(steady("192.0.2.44", END, 480), 5 * HOUR)]))
    assert (found.cause, found.pattern) == ("credential_revoked", "sustained_open")


def test_two_clients_that_fail_from_different_moments_are_two_findings() -> None:
    one, two = steady("192.0.2.44", END, 45), steady("192.0.2.45", END, 45)
    found = findings([*CROWD, *failing(one, 5 * HOUR), *failing(two, 3 * HOUR)])
    assert sorted(each.scope.values for each in found) == [("192.0.2.44",), ("192.0.2.45",)]


@pytest.mark.parametrize(
    ("until", "pattern", "state"), [(1e9, "sustained_open", "open"), (5.75 * HOUR, "sustained_closed", "resolved")]
)
def test_everybody_from_one_moment_is_the_server(until: float, pattern: str, state: str) -> None:
    found = only(findings(failing(CROWD, 5 * HOUR, until)))
    assert (found.cause, found.pattern, found.state, found.scope.level) == ("server_auth_config", pattern, state, "all")
    assert found.onset_after is not None
    assert found.onset_before is not None
    assert found.onset_after < at(5 * HOUR) <= found.onset_before < at(5 * HOUR + 60)
    assert found.rate_before == 0
    assert found.rate_during == pytest.approx(1)
    assert severity_rank(found.severity) >= severity_rank("high")


def test_an_outage_is_set_apart_from_the_typos_before_it() -> None:
    typos = [bad(Request(600.0 * n, f"198.51.100.{n + 1}")) for n in range(1, 9)]
    found = findings([*failing(CROWD, 5 * HOUR), *typos])
    outage = next(each for each in found if each.pattern == "sustained_open")
    assert outage.cause == "server_auth_config"
    assert outage.first_seen is not None
    assert outage.first_seen >= at(5 * HOUR)
    assert (
        sum(each.counts.events for each in found)
        == len([each for each in failing(CROWD, 5 * HOUR) if each.outcome != "ok"]) + 8
    )


def test_one_route_that_refuses_everybody_is_an_endpoint() -> None:
    broken = [bad(each) if (each.at or 0) >= 5 * HOUR and each.endpoint == "/api/carts" else each for each in CROWD]
    found = only(findings(broken))
    assert (found.scope.level, found.scope.values) == ("endpoint", ("/api/carts",))
    assert found.pattern == "sustained_open"


def test_one_upstream_that_refuses_is_an_upstream() -> None:
    spread = [replace(each, upstream=f"10.0.0.{n % 2}:80") for n, each in enumerate(CROWD)]
    broken = [bad(each) if (each.at or 0) >= 5 * HOUR and each.upstream == "10.0.0.1:80" else each for each in spread]
    found = findings(broken)
    assert {each.scope.values for each in found if each.counts.events > 50} == {("10.0.0.1:80",)}


def test_one_source_with_many_names_is_an_attack() -> None:
    found = only(findings([*CROWD, *spray(2 * HOUR)]))
    assert (found.cause, found.pattern, found.state) == ("credential_attack", "single_burst", "silent")
    assert (found.scope.level, found.scope.values) == ("client", ("203.0.113.66",))
    assert found.severity == "high"


def test_text_that_names_wrong_passwords_is_refined_to_an_attack_and_kept_as_alternative() -> None:
    told = [replace(each, cause="username_password_invalid", confidence="high") for each in spray(2 * HOUR)]
    found = only(findings([*CROWD, *told]))
    assert found.cause == "credential_attack"
    assert found.alternatives[0].cause == "username_password_invalid"


def test_other_text_is_never_overridden_by_behaviour() -> None:
    told = [replace(each, cause="auth_backend_unavailable", confidence="high") for each in spray(2 * HOUR)]
    found = only(findings([*CROWD, *told]))
    assert (found.cause, found.confidence) == ("auth_backend_unavailable", "high")
    assert "credential_attack" in {each.cause for each in found.alternatives}


def test_a_proxy_that_carries_all_users_is_not_an_attacker() -> None:
    proxied = [replace(each, client="192.0.2.1", user=each.client) for each in CROWD]
    fails = [bad(Request(3600 + 40 * n, "192.0.2.1", "/api/orders", user=f"name{n}")) for n in range(30)]
    found = findings([*proxied, *fails])
    assert "credential_attack" not in {each.cause for each in found}


def test_one_user_by_the_clock_is_a_job_with_an_old_password() -> None:
    job = [bad(Request(100 + 300.0 * n, "192.0.2.90", user="backup")) for n in range(95)]
    found = only(findings([*CROWD, *job]))
    assert (found.cause, found.pattern, found.scope.values) == (
        "username_password_invalid",
        "fixed_interval",
        ("backup",),
    )
    assert found.period_s == pytest.approx(300)


def test_a_probe_each_half_minute_is_not_one_long_episode() -> None:
    found = only(findings([*CROWD, *(bad(Request(30.0 * n, "192.0.2.90")) for n in range(900))]))
    assert (found.pattern, found.counts.episodes) == ("fixed_interval", 900)


def test_one_typo_happened_once() -> None:
    found = only(findings([*CROWD, bad(Request(4000, "198.51.100.3"))]))
    assert (found.pattern, found.severity, found.state) == ("single_occurrence", "low", "resolved")
    assert found.cause == "unclassified"


def test_one_burst() -> None:
    found = only(findings([*CROWD, *(bad(Request(4000 + 0.5 * n, "192.0.2.77")) for n in range(60))]))
    assert (found.pattern, found.counts.events) == ("single_burst", 60)


def test_failures_all_along_are_background() -> None:
    found = only(findings([*CROWD, *map(bad, steady("192.0.2.99", END, 50))]))
    assert (found.pattern, found.state) == ("chronic_background", "open")


def handshakes(*clients: str, every: float = 120) -> list[Request]:
    asked = [replace(each, endpoint="/dav/notes") for client in clients for each in steady(client, END, every)]
    return [each for one in asked for each in (bad(one), replace(one, at=(one.at or 0) + 0.05))]


def test_a_handshake_is_no_failure() -> None:
    found = only(findings([*CROWD, *handshakes("192.0.2.100", "192.0.2.101", "192.0.2.102")]))
    assert (found.cause, found.severity) == ("challenge_handshake", "informational")


def test_a_handshake_beside_a_revoked_key_hides_nothing() -> None:
    found = findings([*CROWD, *handshakes("192.0.2.100"), *failing(steady("192.0.2.44", END, 45), 5 * HOUR)])
    assert {each.cause: each.scope.values for each in found} == {
        "challenge_handshake": ("192.0.2.100",),
        "credential_revoked": ("192.0.2.44",),
    }


def test_refused_preflights_are_no_failure() -> None:
    found = only(
        findings([*CROWD, *(bad(Request(50.0 * n, f"198.51.100.{n % 12 + 1}", method="OPTIONS")) for n in range(40))])
    )
    assert (found.cause, found.severity) == ("cors_preflight", "informational")


def test_two_incidents_at_once_stay_two() -> None:
    found = findings([*CROWD, *failing(steady("192.0.2.44", END, 45), 5 * HOUR), *spray(5 * HOUR)])
    assert {each.cause: each.scope.values for each in found} == {
        "credential_revoked": ("192.0.2.44",),
        "credential_attack": ("203.0.113.66",),
    }


def test_chance_is_irregular() -> None:
    times = (300, 2222, 2900, 9000, 9999, 14000, 22000, 23000, 27000)
    found = only(findings([*CROWD, *steady("192.0.2.50", END, 60), *(bad(Request(t, "192.0.2.50")) for t in times)]))
    assert found.pattern == "irregular"
    assert found.period_s is None


def test_scattered_typos_are_one_finding() -> None:
    typos = [bad(Request(random.Random(n).random() * END, f"198.51.100.{n + 1}")) for n in range(12)]  # noqa: S311
    found = only(findings([*CROWD, *typos]))
    assert found.counts.clients == 12
    assert found.pattern in ("irregular", "chronic_background")


@pytest.mark.parametrize("count", [1, 2])
def test_two_failures_are_too_few_to_tell(count: int) -> None:
    times = [2 * HOUR, 7 * HOUR][:count]
    found = findings([*CROWD, *(bad(Request(t, "192.0.2.50")) for t in times)])
    assert {each.pattern for each in found} <= {"insufficient_data", "single_occurrence"}


def test_three_even_gaps_are_no_period() -> None:
    requests = [bad(Request(1000 + 3600.0 * n, "192.0.2.50")) for n in range(3)]
    found = only(findings([*CROWD, *requests]))
    assert found.period_s is None
    assert found.pattern not in ("fixed_interval", "lifetime_cycle")


def test_a_client_log_without_addresses_is_told_by_its_credential() -> None:
    asked = [replace(each, client=None, endpoint="/v1/chat") for each in steady("x", END, 30)]
    told = failing(asked, 5 * HOUR, cause="api_key_invalid", confidence="high", credential="masked:12345678")
    found = only(findings(told))
    assert (found.cause, found.pattern, found.state) == ("api_key_invalid", "sustained_open", "open")
    assert (found.scope.level, found.scope.values) == ("credential", ("masked:12345678",))
    assert found.onset_before is not None
    assert at(5 * HOUR) <= found.onset_before < at(5 * HOUR + 60)


def test_a_log_of_failures_alone_claims_no_rate() -> None:
    found = only(
        findings(
            [bad(each) for each in steady("192.0.2.44", END, 45, start=4 * HOUR)] + [Request(0, None, None, "other")]
        )
    )
    assert found.pattern == "sustained_open"
    assert found.rate_before is None


def test_lines_without_a_time_are_counted_and_claim_nothing() -> None:
    found = only(findings([bad(Request(None, "192.0.2.44")) for _ in range(9)]))
    assert (found.pattern, found.first_seen, found.onset_before, found.counts.events) == (
        "insufficient_data",
        None,
        None,
        9,
    )


def test_nothing_failed() -> None:
    assert findings(CROWD) == ()


MIXED = [
    *crowd(4, END, 300),
    *failing(steady("192.0.2.44", END, 90), 5 * HOUR),
    *hourly("192.0.2.80", every=120),
    *spray(3 * HOUR),
    *handshakes("192.0.2.100", every=900),
    *(bad(Request(1000.0 * n, f"192.0.2.{n + 1}")) for n in range(7)),
    bad(Request(None, "192.0.2.44")),
]


@settings(max_examples=5)
@given(st.integers(0, 2**16))
def test_findings_do_not_depend_on_row_order(seed: int) -> None:
    assert findings(MIXED, shuffle=seed) == findings(MIXED)


def test_every_failure_is_in_one_finding_and_the_worst_come_first() -> None:
    found = findings(MIXED)
    assert sum(each.counts.events for each in found) == sum(each.outcome == "auth_failure" for each in MIXED)
    ranks = [severity_rank(each.severity) for each in found]
    assert ranks == sorted(ranks, reverse=True)
    assert len({each.id for each in found}) == len(found)


def test_an_id_outlives_counts_and_times() -> None:
    one = only(findings([*CROWD, *failing(steady("192.0.2.44", END, 45), 5 * HOUR)]))
    two = only(findings([*CROWD, *failing(steady("192.0.2.44", END, 45), 6 * HOUR)]))
    assert one.id == two.id
    assert one != two


def test_evidence_is_the_first_the_last_and_other_wordings() -> None:
    fails = failing(steady("192.0.2.44", END, 45), 5 * HOUR)
    odd = [replace(each, rules=("other_rule",)) if n == len(fails) - 30 else each for n, each in enumerate(fails)]
    found = only(findings([*CROWD, *odd]))
    lines = [each.line for each in found.evidence]
    assert lines == sorted(lines)
    assert len(lines) == 5
    assert all(each.text == f"line {each.line} of 192.0.2.44" and each.path == "access.log" for each in found.evidence)
