"""What sets failing requests apart is told with its numbers; what does not is not."""

import random
from dataclasses import replace

import pytest

from logscan.model.contrast import Contrast, Trait
from logscan.model.finding import Finding
from tests.analysis.simulate import HOUR, Request, bad, crowd, failing, findings, steady

END = 8 * HOUR


def mixed(**change: object) -> list[Request]:
    """A crowd of which each request has an agent, method and protocol by chance; what fits `change` fails."""
    dice = random.Random(3)  # noqa: S311
    made = []
    for each in crowd(12, END, 90):
        agent = f"sdk/{dice.choice(('1.0', '1.1', '2.0'))}" if dice.random() < 0.5 else "browser/9"
        method, protocol = dice.choice(("GET", "POST", "PUT")), dice.choice(("1.1", "2"))
        made.append(replace(each, agent=agent, method=method, protocol=protocol))
    return [bad(each) if all(getattr(each, name) == value for name, value in change.items()) else each for each in made]


def largest(found: tuple[Finding, ...]) -> Contrast:
    told = max(found, key=lambda each: each.counts.events).contrast
    assert told is not None
    return told


def named(contrast: Contrast) -> set[tuple[str, str | None]]:
    return {(trait.field, trait.value) for trait in contrast.traits}


@pytest.mark.parametrize(
    ("field", "column", "value"),
    [("agent", "agent", "sdk/1.1"), ("method", "method", "PUT"), ("protocol", "protocol", "2")],
)
def test_what_all_failures_have_and_no_success_has_is_told(field: str, column: str, value: str) -> None:
    contrast = largest(findings(mixed(**{column: value})))
    trait = contrast.traits[0]
    assert (trait.field, trait.value) == (field, value)
    assert trait.failing[0] == trait.failing[1]
    assert trait.let_in[0] == 0
    assert trait.low >= 5
    assert trait.q < 1e-6


def test_a_version_is_told_from_the_program_whose_other_versions_are_let_in() -> None:
    told = named(largest(findings(mixed(agent="sdk/2.0"))))
    assert ("agent", "sdk/2.0") in told
    assert ("agent", "sdk/1.0") not in told


def test_what_fails_by_chance_has_nothing_that_sets_it_apart() -> None:
    dice = random.Random(7)  # noqa: S311
    requests = [bad(each) if dice.random() < 0.2 else each for each in mixed(method="none")]
    contrast = largest(findings(requests))
    assert contrast.traits == ()
    assert contrast.tested > 5
    assert contrast.let_in <= contrast.total


def test_fields_that_the_same_requests_have_are_tied() -> None:
    requests = [replace(each, site="new.example.com") if each.agent == "sdk/2.0" else replace(each, site="old.example.com")
                for each in mixed(agent="sdk/2.0")]  # fmt: skip
    trait = largest(findings(requests)).traits[0]
    assert {(trait.field, trait.value), *trait.tied} >= {("agent", "sdk/2.0"), ("site", "new.example.com")}


def test_one_busy_client_is_no_trait_of_all() -> None:
    """Most failures are of one client with an agent of its own; the others fail with any."""
    dice = random.Random(5)  # noqa: S311
    many = [bad(each) if dice.random() < 0.1 else each for each in mixed(method="none")]
    own = [bad(replace(each, agent="odd/1")) for each in steady("198.51.100.1", END, 40)]
    assert ("agent", "odd/1") not in named(largest(findings([*many, *own])))


def test_a_route_is_told_where_its_clients_are_let_in_elsewhere() -> None:
    requests = crowd(12, END, 90)
    found = findings([bad(each) if each.endpoint == "/api/carts" else each for each in requests])
    trait = largest(found).traits[0]
    assert (trait.field, trait.value) == ("route", "/api/carts")


def test_who_names_no_user_is_told_where_the_others_do() -> None:
    requests = [
        bad(each) if n % 7 == 0 else replace(each, user=f"user{n % 5}") for n, each in enumerate(crowd(12, END, 90))
    ]
    assert ("user", None) in named(largest(findings(requests)))


def test_hours_are_told_only_of_failures_over_days() -> None:
    days = [
        bad(each) if (each.at or 0) % (24 * HOUR) < 4 * HOUR and each.client != "198.51.100.1" else each
        for each in crowd(6, 9 * 24 * HOUR, 1500)
    ]
    hours = [trait for trait in largest(findings(days)).traits if trait.field == "hour"]
    assert [trait.value for trait in hours] == ["06:00-10:00 UTC"]
    short = largest(findings(failing(crowd(12, END, 90), 5 * HOUR)))
    assert not [trait for trait in short.traits if trait.field == "hour"]


def test_without_successes_nothing_is_compared() -> None:
    assert all(each.contrast is None for each in findings(bad(each) for each in steady("192.0.2.1", END, 60)))


def test_row_order_changes_nothing() -> None:
    requests = mixed(agent="sdk/1.1")
    one, two = (findings(requests, shuffle=seed) for seed in (1, 2))
    assert [each.contrast for each in one] == [each.contrast for each in two]
    assert isinstance(largest(one).traits[0], Trait)
