"""An incident keeps its identity though its findings come, go, widen and are renamed."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from logscan.alert.incident import RESOLVED, Incident, member_of
from logscan.alert.membership import assign, identity
from logscan.model.finding import Finding
from tests.alert.made import DAY, HOUR, MINUTE, START, finding, page


def members(*found: Finding) -> dict[str, Any]:
    return {each.id: member_of(each) for each in found}


def begun(*found: Finding, cause: str = "token_expired") -> dict[str, Incident]:
    return assign(members(*found), [page(*(each.id for each in found), cause=cause)], {})


def test_what_begins_together_is_one_incident() -> None:
    near, far = finding("b", first_seen=START + 50 * MINUTE), finding("c", first_seen=START + 3 * HOUR)
    found = begun(finding("a"), near, far)
    assert sorted(sorted(each.members) for each in found.values()) == [["a", "b"], ["c"]]


def test_a_chain_of_beginnings_is_one_incident() -> None:
    chain = [finding(f"f{k}", first_seen=START + 50 * MINUTE * k) for k in range(5)]
    assert len(begun(*chain)) == 1


def test_other_causes_and_rules_are_other_incidents() -> None:
    pages = [page("a"), page("b", cause="api_key_invalid"), page("c", rule="another")]
    found = assign(members(finding("a"), finding("b", cause="api_key_invalid"), finding("c")), pages, {})
    assert len(found) == 3


def test_a_finding_is_of_the_first_rule_that_asks_for_it() -> None:
    found = assign(members(finding("a")), [page("a"), page("a", rule="another")], {})
    assert [each.rule for each in found.values()] == ["severe_failures"]


def test_a_known_finding_stays_whatever_rules_say_now() -> None:
    before = begun(finding("a"))
    assert assign(members(finding("a")), [page("a", rule="another")], before).keys() == before.keys()
    assert assign(members(finding("a")), [], before).keys() == before.keys()


def test_a_scope_that_widens_is_the_same_incident() -> None:
    before = begun(finding("a"))
    wide = finding("z", scope="all", last_seen=START + HOUR)
    after = assign(members(wide), [page("z")], before)
    assert after.keys() == before.keys()
    assert set(next(iter(after.values())).members) == {"a", "z"}


def test_a_better_name_for_the_same_scope_is_the_same_incident() -> None:
    before = begun(finding("a", cause="unclassified"), cause="unclassified")
    assert assign(members(finding("z")), [page("z")], before).keys() == before.keys()


def test_another_cause_at_another_scope_is_another_incident() -> None:
    before = begun(finding("a"))
    other = finding("z", cause="credential_attack", scope="client:203.0.113.9")
    assert len(assign(members(other), [page("z", cause="credential_attack")], before)) == 2


def test_what_is_still_there_is_not_succeeded() -> None:
    before = begun(finding("a"))
    other = finding("z", scope="all", first_seen=START + 5 * HOUR, last_seen=START + 6 * HOUR)
    assert len(assign(members(finding("a", last_seen=START + 6 * HOUR), other), [page("a", "z")], before)) == 2


def test_what_is_over_takes_nobody_in_but_its_own_come_back() -> None:
    before = {key: replace(each, status=RESOLVED) for key, each in begun(finding("a")).items()}
    fresh = finding("b", first_seen=START + DAY, last_seen=START + DAY)
    assert len(assign(members(fresh), [page("b")], before)) == 2
    assert assign(members(finding("a", last_seen=START + DAY)), [page("a")], before).keys() == before.keys()


def test_an_outage_that_gave_its_name_to_the_next_is_known_under_its_new_one() -> None:
    first = finding("a", last_seen=START + HOUR)
    before = {key: replace(each, status=RESOLVED) for key, each in begun(first).items()}
    late = START + 5 * HOUR
    named = finding("a", first_seen=late, last_seen=late + HOUR), finding("old", last_seen=START + HOUR - MINUTE)
    after = assign(members(*named), [page("a", "old")], before)
    assert after.keys() == before.keys()
    assert set(next(iter(after.values())).members) == {"a", "old"}


def test_a_name_that_comes_to_mean_what_another_incident_told_stays_there() -> None:
    late = START + 5 * HOUR
    first = {key: replace(each, status=RESOLVED) for key, each in begun(finding("a")).items()}
    both = first | begun(finding("b", first_seen=late, last_seen=late + HOUR))
    again = finding("a", first_seen=late, last_seen=late + HOUR)
    after = assign(members(again), [page("a")], both)
    assert after.keys() == both.keys()
    (old,) = first
    assert after[old] == first[old]


def test_an_outage_at_another_time_is_not_one_that_is_over() -> None:
    before = {key: replace(each, status=RESOLVED) for key, each in begun(finding("a")).items()}
    other = finding("old", first_seen=START - DAY, last_seen=START - DAY + HOUR)
    assert len(assign(members(finding("a"), other), [page("a", "old")], before)) == 2


def test_the_identity_follows_from_rule_group_and_first_finding_alone() -> None:
    (key,) = begun(finding("a"), finding("b", first_seen=START + MINUTE))
    assert key == identity(page("anything"), "a")
    others = {
        identity(page(), "a"),
        identity(page(), "b"),
        identity(page(rule="x"), "a"),
        identity(page(cause="x"), "a"),
    }
    assert len(others) == 4


@given(st.permutations(range(6)), st.lists(st.integers(0, 300), min_size=6, max_size=6))
def test_the_order_of_findings_changes_nothing(order: list[int], starts: list[int]) -> None:
    found = [finding(f"f{k}", first_seen=START + MINUTE * starts[k], last_seen=START + DAY) for k in range(6)]
    assert begun(*found) == begun(*(found[k] for k in order))
