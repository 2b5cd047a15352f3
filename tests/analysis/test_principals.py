"""Every failure belongs to whoever explains most of them."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from logscan.analysis.failures import Columns, read_failures
from logscan.analysis.judgement import load_judgement
from logscan.analysis.principals import busiest, split_by_principal
from logscan.analysis.successes import Clients
from logscan.analysis.unit import Unit
from logscan.model.resources import rules_dir
from tests.analysis.simulate import Request, bad, observe

JUDGEMENT = load_judgement([rules_dir()])


def split(requests: list[Request], **known: int) -> list[Unit]:
    """known: what every client did."""
    columns = Columns(read_failures(observe(requests).classified.lazy(), JUDGEMENT))
    clients = Clients.unknown(columns.height)._replace(**{name: np.full(9, n) for name, n in known.items()})
    return split_by_principal(columns, np.arange(columns.height), clients, JUDGEMENT.measures).units


def scopes(requests: list[Request]) -> list[tuple[str, tuple[str, ...], int]]:
    return [(unit.level, unit.values, unit.rows.size) for unit in split(requests)]


def test_one_guesser_with_many_names_is_a_client() -> None:
    requests = [bad(Request(float(n), "203.0.113.1", user=f"user{n}")) for n in range(9)]
    assert scopes(requests) == [("client", ("203.0.113.1",), 9)]


def test_one_name_from_many_places_is_a_user() -> None:
    requests = [bad(Request(float(n), f"203.0.113.{n}", user="root")) for n in range(9)]
    assert scopes(requests) == [("user", ("root",), 9)]


def test_the_smaller_scope_wins_a_tie() -> None:
    requests = [bad(Request(float(n), "192.0.2.1", user="ada", credential="basic:1")) for n in range(3)]
    assert scopes(requests) == [("credential", ("basic:1",), 3)]


def test_causes_are_split_before_principals() -> None:
    requests = [bad(Request(float(n), cause=cause)) for n, cause in enumerate(["unclassified", "token_expired"])]
    assert len(split(requests)) == 2


def test_failures_of_nobody_are_one_unit() -> None:
    assert scopes([bad(Request(float(n), None)) for n in range(3)]) == [("all", (), 3)]


def test_a_proxy_with_successes_does_not_own_its_users_failures() -> None:
    requests = [bad(Request(float(n), "192.0.2.1", user=f"user{n % 4}")) for n in range(40)]
    assert {unit.level for unit in split(requests, protected_ok=90, asked=100)} == {"user"}
    assert {unit.level for unit in split(requests)} == {"client"}


TEXT = st.sampled_from(["a", "b", "c", None])


@given(st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=25))
def test_every_row_is_in_one_unit(rows: list[tuple[str | None, str | None, str | None]]) -> None:
    found = split([bad(Request(float(n), a, user=b, credential=c)) for n, (a, b, c) in enumerate(rows)])
    assert sorted(int(row) for unit in found for row in unit.rows) == list(range(len(rows)))
    assert [unit.order for unit in found] == sorted(unit.order for unit in found)


def test_the_busiest_come_first() -> None:
    units = split([bad(Request(float(n), f"192.0.2.{n % 3}")) for n in range(7)])
    first, rest = busiest(units, 1)
    assert [unit.rows.size for unit in first] == [3]
    assert [unit.rows.size for unit in rest] == [2, 2]


def test_the_least_busy_are_one_tail() -> None:
    requests = [bad(Request(float(n), f"192.0.2.{at}")) for at in range(90) for n in range(1 + at % 3)]
    requests += [bad(Request(1.0, f"198.51.100.{at}", cause="token_expired")) for at in range(4)]
    columns = Columns(read_failures(observe(requests).classified.lazy(), JUDGEMENT))
    measures = replace(JUDGEMENT.measures, principals=1, named_principals=3, few_principals=2)
    units, tails = split_by_principal(columns, np.arange(columns.height), Clients.unknown(94), measures)
    (tail,) = tails.values()
    assert tail.principals == 94 - len(units) > 30
    assert {unit.rows.size for unit in units if unit.cause == "unclassified"} == {3}  # the busiest are units
    rows = [int(row) for unit in units for row in unit.rows] + tail.rows.tolist()
    assert sorted(rows) == list(range(len(requests)))
    assert [unit.order for unit in units] == sorted(unit.order for unit in units)
