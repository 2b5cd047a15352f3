"""An incident keeps its identity though its findings come, go, widen and are renamed."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from logscan.alert.incident import RESOLVED, Incident, member_of
from logscan.alert.membership import assign, identity
from logscan.model.finding import Bout, Finding, Scope
from tests.alert.made import DAY, HOUR, MINUTE, START, finding, page


def members(*found: Finding) -> dict[str, Any]:
    return {each.id: member_of(each) for each in found}


def begun(*found: Finding, cause: str = "token_expired") -> dict[str, Incident]:
    return assign(members(*found), [page(*(each.id for each in found), cause=cause)], {})


def over(incidents: dict[str, Incident]) -> dict[str, Incident]:
    return {key: replace(each, status=RESOLVED) for key, each in incidents.items()}


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
    assert set(next(iter(after.values())).members) == {"z"}
    assert assign(members(finding("a")), [], after).keys() == before.keys()


def test_an_outage_that_is_vague_at_first_is_no_part_of_what_always_fails() -> None:
    """In two simulated weeks one that was taken for noise let 21 later outages go untold."""
    (noise,) = begun(finding("noise"), finding("vague", cause="unclassified", scope="all")).values()
    later = START + 20 * HOUR
    noise = replace(noise, spans=((START, later),))
    going = finding("noise", last_seen=later + HOUR)
    vague = finding("vague", cause="unclassified", scope="all", first_seen=later, last_seen=later + MINUTE)
    (found,) = assign(members(going, vague), [page("noise")], {noise.id: noise}).values()
    assert found.here.keys() == {"noise"}
    clear = finding("clear", cause="server_auth_config", scope="all", first_seen=later, last_seen=later + HOUR)
    after = assign(members(going, clear), [page("noise"), page("clear")], {noise.id: found})
    assert sorted(sorted(each.here) for each in after.values()) == [["clear"], ["noise"]]


def test_what_is_vague_and_lasts_beyond_an_outage_is_no_more_of_it() -> None:
    wide = finding("a", cause="unclassified", scope="all", last_seen=START + HOUR)
    before = over(begun(wide))
    (known,) = before.values()
    longer = replace(wide, id="z", last_seen=START + DAY)
    assert not assign(members(longer), [], before)[known.id].here
    renamed = replace(wide, id="z", last_seen=START + HOUR + MINUTE)
    assert assign(members(renamed), [], before)[known.id].here.keys() == {"z"}


def test_what_begins_while_another_thing_fails_did_not_come_of_that() -> None:
    before = begun(finding("a"))
    later = START + 5 * HOUR
    wide = finding("z", scope="all", first_seen=later, last_seen=later + HOUR)
    kept = finding("a", last_seen=later + HOUR)
    before = assign(members(kept), [], before)
    assert len(assign(members(wide), [page("z")], before)) == 2
    slid = assign(members(wide), [page("z")], before, since=later)  # the window begins there
    assert slid.keys() == before.keys()


def test_clients_that_are_told_together_or_one_by_one_are_the_same_incident() -> None:
    def of(name: str, *clients: str) -> Finding:
        begin = START + len(clients) * 20 * MINUTE
        found = finding(name, first_seen=begin, last_seen=START + 2 * HOUR)
        return replace(found, scope=Scope("client", clients))

    before = begun(of("a", "192.0.2.1", "192.0.2.2", "192.0.2.3"))
    for now in (
        (of("b", "192.0.2.2"), of("c", "192.0.2.1", "192.0.2.3")),
        (of("a", "192.0.2.1", "192.0.2.2"), of("d", "192.0.2.1")),
    ):
        assert assign(members(*now), [page(*(each.id for each in now))], before).keys() == before.keys()


def test_a_better_name_beside_the_vague_one_is_the_same_incident() -> None:
    vague = finding("a", cause="unclassified", scope="all", last_seen=START + HOUR)
    named = finding("b", scope="all", last_seen=START + HOUR)
    before = begun(vague, cause="unclassified")
    assert assign(members(vague, named), [page("b")], before).keys() == before.keys()
    known = begun(named)
    assert assign(members(vague, named), [page("a", cause="unclassified"), page("b")], known).keys() == known.keys()


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
    other = finding("b", scope="client:192.0.2.8", first_seen=START + DAY, last_seen=START + DAY)
    assert len(assign(members(other), [page("b")], before)) == 2
    for name in ("a", "b"):
        again = finding(name, first_seen=START + DAY, last_seen=START + DAY)
        assert assign(members(again), [page(name)], before).keys() == before.keys()


def test_an_outage_that_gave_its_name_to_the_next_is_known_under_its_new_one() -> None:
    first = finding("a", last_seen=START + HOUR)
    before = {key: replace(each, status=RESOLVED) for key, each in begun(first).items()}
    late = START + 5 * HOUR
    named = finding("a", first_seen=late, last_seen=late + HOUR), finding("old", last_seen=START + HOUR - MINUTE)
    after = assign(members(*named), [page("a", "old")], before)
    assert after.keys() == before.keys()
    assert set(next(iter(after.values())).members) == {"a", "old"}


def test_of_two_that_failed_alike_it_is_the_one_that_goes_on() -> None:
    late = START + 5 * HOUR
    one, two = finding("a"), finding("b", scope="client:192.0.2.8", first_seen=late, last_seen=late + HOUR)
    both = over(begun(one)) | begun(two)
    merged = finding("a", scope="client:192.0.2.8", first_seen=START, last_seen=late + HOUR)
    after = assign(members(merged), [page("a")], both)
    assert after.keys() == both.keys()
    assert [each.live for each in after.values() if "a" in each.here] == [True]


def test_an_outage_of_before_that_nobody_knew_of_is_another() -> None:
    before = over(begun(finding("a")))
    other = finding("old", first_seen=START - DAY, last_seen=START - DAY + HOUR)
    assert len(assign(members(finding("a"), other), [page("a", "old")], before)) == 2


def test_an_outage_of_before_that_was_told_is_none_though_nothing_else_is_remembered_of_it() -> None:
    spans = ((START - DAY, START - DAY + HOUR),)
    before = {key: replace(each, spans=spans) for key, each in begun(finding("a")).items()}
    other = finding("old", first_seen=START - DAY, last_seen=START - DAY + HOUR)
    assert assign(members(finding("a"), other), [page("a", "old")], before).keys() == before.keys()


def test_of_a_finding_with_several_bouts_the_latest_counts() -> None:
    before = over(begun(finding("a", last_seen=START + HOUR)))
    late = START + 5 * HOUR
    one = finding("a", last_seen=late, bout=Bout(late - MINUTE, late, open=True))
    (incident,) = assign(members(one), [page("a")], before).values()
    assert [each.span for each in incident.here.values()] == [(late - MINUTE, late)]
    ended = finding("a", last_seen=late, bout=Bout(START, START + MINUTE, open=False))
    assert [each.state for each in members(ended).values()] == ["closed"]


def test_a_part_of_what_hit_everybody_is_no_incident_of_its_own() -> None:
    wide = finding("w", scope="all", last_seen=START + 4 * HOUR)
    part = finding("p", cause="unclassified", first_seen=START + HOUR, last_seen=START + 2 * HOUR)
    before = begun(wide)
    asked = [page("w"), page("p", cause="unclassified")]
    assert assign(members(wide, part), asked, before).keys() == before.keys()
    for other in (
        replace(part, cause="credential_attack"),
        replace(part, last_seen=START + 6 * HOUR),
        replace(part, first_seen=START - HOUR),
    ):
        assert len(assign(members(wide, other), asked, before)) == 2


def always(name: str, until: datetime, **changes: Any) -> Finding:
    """What fails a little all the time: everybody, for a cause that is not known."""
    told = {"cause": "unclassified", "scope": "all", "severity": "medium", "last_seen": until}
    return finding(name, **(told | changes))


def test_an_outage_beside_what_always_fails_alike_is_an_incident_of_its_own() -> None:
    before = begun(always("bg", START + 5 * HOUR), cause="unclassified")
    late = START + 5 * HOUR + MINUTE
    now = late + 10 * MINUTE
    outage = always("out", now, severity="high", first_seen=late)
    kept = always("bg", now)
    after = assign(members(kept, outage), [page("out", cause="unclassified")], before)
    assert sorted(sorted(each.here) for each in after.values()) == [["bg"], ["out"]]
    # and keeps to it under a better name, and when it is over
    named = finding("named", scope="all", first_seen=late - MINUTE, last_seen=now + HOUR)
    known = assign(members(always("bg", now + HOUR), named), [page("named")], after)
    assert sorted(sorted(each.here) for each in known.values()) == [["bg"], ["named"]]
    assert known.keys() == after.keys()


def test_what_always_fails_is_no_come_back_of_an_outage_that_is_over() -> None:
    clients = always("bg", START + 5 * HOUR, scope="client:192.0.2.7")
    late = START + 3 * HOUR
    outage = always("out", late + HOUR, first_seen=late)
    (key,) = begun(clients, cause="unclassified")
    before = begun(clients, cause="unclassified") | over(begun(outage, cause="unclassified"))
    after = assign(members(always("wide", START + 6 * HOUR)), [page("wide", cause="unclassified")], before)
    assert [sorted(after[key].here), len(after)] == [["wide"], 2]


def test_what_always_fails_did_not_become_of_an_outage() -> None:
    late = START + 3 * HOUR
    outage = finding("out", scope="all", first_seen=late, last_seen=late + HOUR)
    before = begun(outage)
    for wide in (always("bg", START + 5 * HOUR), always("bg", START + 5 * HOUR, scope="client:192.0.2.7")):
        (after,) = assign(members(wide), [], before).values()
        assert not after.here
    vague = always("out", late + 2 * HOUR, first_seen=late - MINUTE)
    assert [set(each.here) for each in assign(members(vague), [], before).values()] == [{"out"}]


def test_what_is_more_severe_than_what_everybody_has_is_no_part_of_that() -> None:
    wide = always("bg", START + 5 * HOUR)
    some = always("out", START + 4 * HOUR, scope="client:192.0.2.8", severity="high", first_seen=START + 3 * HOUR)
    before = begun(wide, cause="unclassified")
    asked = [page("out", cause="unclassified")]
    assert len(assign(members(wide, some), asked, before)) == 2
    assert len(assign(members(wide, replace(some, severity="medium")), asked, before)) == 1


def test_clients_whose_cause_is_not_known_become_everybody_for_one_that_is() -> None:
    some = always("out", START + HOUR, scope="client:192.0.2.8", severity="high")
    before = begun(some, cause="unclassified")
    named = finding("named", scope="all", first_seen=START - MINUTE, last_seen=START + HOUR)
    assert assign(members(named), [page("named")], before).keys() == before.keys()
    later = replace(named, first_seen=START + 30 * MINUTE)
    assert len(assign(members(later), [page("named")], before)) == 2


def test_the_identity_follows_from_rule_group_and_first_finding_alone() -> None:
    first, other = finding("a"), finding("b", scope="client:192.0.2.8", first_seen=START + MINUTE)
    (key,) = begun(first, other)
    member, second = (each for each in members(first, other).values())
    assert key == identity(page("anything"), replace(member, severity="low", last_seen=START + DAY))
    others = {
        identity(page(), member),
        identity(page(), second),
        identity(page(rule="x"), member),
        identity(page(cause="x"), member),
        identity(page(), member, "x"),
    }
    assert len(others) == 5


@given(st.permutations(range(6)), st.lists(st.integers(0, 300), min_size=6, max_size=6))
def test_the_order_of_findings_changes_nothing(order: list[int], starts: list[int]) -> None:
    found = [finding(f"f{k}", first_seen=START + MINUTE * starts[k], last_seen=START + DAY) for k in range(6)]
    assert begun(*found) == begun(*(found[k] for k in order))
