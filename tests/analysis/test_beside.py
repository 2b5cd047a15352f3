"""What clients did beside failing, seen through the findings."""

from dataclasses import replace

from tests.analysis.simulate import HOUR, Request, bad, crowd, findings, steady

END = 10 * HOUR
CROWD = crowd(8, END, 120)


def features(requests: list[Request]) -> dict[str, object]:
    found = findings(requests)
    assert len(found) == 1
    return dict(found[0].features)


def test_successes_on_other_routes_are_told_from_those_on_the_same() -> None:
    refused = [bad(each) for each in steady("192.0.2.80", END, 300, endpoint="/api/admin")]
    let_in = steady("192.0.2.80", END, 600, start=5, endpoint="/api/orders")
    got = features([*CROWD, *refused, *let_in])
    assert got["ok_other_routes"] == len(let_in)
    assert got["ok_same_routes"] == 0


def test_successes_of_the_same_user_from_another_client() -> None:
    refused = [bad(each) for each in steady("192.0.2.80", END, 900, user="ada")]
    let_in = steady("192.0.2.81", END, 900, user="ada")
    got = features([*CROWD, *refused, *let_in])
    assert got["ok_other_clients"] == len(let_in)
    assert got["ok_same_clients"] == 0


def test_others_name_a_user_where_the_client_names_none() -> None:
    refused = [bad(each) for each in steady("192.0.2.80", END, 900)]
    got = features([*(replace(each, user="u") for each in CROWD), *refused])
    assert got["named_ok_share"] == 1.0
