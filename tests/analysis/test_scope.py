"""The smallest scope that explains failures."""

import numpy as np
import pytest

from logscan.analysis.activity import activity_of
from logscan.analysis.failures import Columns, read_failures
from logscan.analysis.judgement import load_judgement
from logscan.analysis.measure import Log
from logscan.analysis.principals import Tail
from logscan.analysis.scope import Scopes, merge_alike
from logscan.analysis.unit import Unit
from logscan.model.resources import rules_dir
from tests.analysis.simulate import Request, bad, observe

JUDGEMENT = load_judgement([rules_dir()])


def scopes(requests: list[Request]) -> Scopes:
    observed = observe(requests)
    failures = read_failures(observed.classified.lazy(), JUDGEMENT)
    activity = activity_of(observed.visits, failures["endpoint_id"].unique().to_list(), rows=1000, first=0, last=1000)
    columns = Columns(failures)
    log = Log(columns, JUDGEMENT.measures, 0, 1000, activity.clients(columns.ids("client")))
    return Scopes(log, activity, observed.totals, 0.95)


def choose(failed: list[Request], *rest: Request) -> tuple[str, tuple[str, ...]]:
    return scopes([*map(bad, failed), *rest]).choose(np.arange(len(failed)))


ELSEWHERE = [Request(1.0, endpoint="/b", upstream="10.0.0.2:80") for _ in range(40)]


def test_one_client_of_twenty_is_not_enough_to_hide_another() -> None:
    requests = [Request(float(n), "192.0.2.1" if n else "192.0.2.2") for n in range(21)]
    assert choose(requests) == ("client", ("192.0.2.1",))
    assert choose(requests[:19])[0] == "all"


def test_a_route_explains_only_when_there_are_others() -> None:
    requests = [Request(float(n), f"192.0.2.{n}", "/a") for n in range(5)]
    assert choose(requests, *ELSEWHERE) == ("endpoint", ("/a",))
    assert choose(requests) == ("all", ())


def test_an_upstream_explains_what_routes_do_not() -> None:
    requests = [Request(float(n), f"192.0.2.{n}", f"/{n}", upstream="10.0.0.1:80") for n in range(5)]
    assert choose(requests, *ELSEWHERE) == ("upstream", ("10.0.0.1:80",))


def test_a_service_is_smaller_than_all() -> None:
    requests = [Request(float(n), f"192.0.2.{n}", f"/{n}", service="billing") for n in range(5)]
    assert choose(requests) == ("service", ("billing",))


def units(sizes: list[int], pattern: str = "irregular") -> tuple[list[Unit], Scopes]:
    requests = [bad(Request(float(n), f"192.0.2.{at}")) for at, size in enumerate(sizes) for n in range(size)]
    chosen = scopes([*requests, *ELSEWHERE])
    clients = chosen.log.columns["client"]
    made = []
    for at in range(len(sizes)):
        rows = np.flatnonzero(clients.codes == chosen.log.columns.code("client", f"192.0.2.{at}"))
        made.append(Unit("unclassified", "access", rows, "client", (f"192.0.2.{at}",), pattern=pattern))
    return made, chosen


@pytest.mark.parametrize(("count", "left"), [(2, 2), (3, 1), (9, 1)])
def test_more_than_a_few_alike_are_one(count: int, left: int) -> None:
    made, chosen = units([2] * count)
    found = merge_alike(made, [], JUDGEMENT, chosen.log, chosen)
    assert len(found) == left
    assert sum(unit.rows.size for unit in found) == 2 * count


def test_a_few_are_named_and_many_are_not() -> None:
    made, chosen = units([2] * 4)
    (found,) = merge_alike(made, [], JUDGEMENT, chosen.log, chosen)
    assert (found.level, found.values) == ("client", tuple(f"192.0.2.{at}" for at in range(4)))
    made, chosen = units([2] * 9)
    (found,) = merge_alike(made, [], JUDGEMENT, chosen.log, chosen)
    assert (found.level, found.values) == ("endpoint", ("/api/orders",))


def test_who_outweighs_the_others_stays_apart() -> None:
    made, chosen = units([60, 2, 2, 2, 2])
    found = merge_alike(made, [], JUDGEMENT, chosen.log, chosen)
    assert [(unit.rows.size, len(unit.members)) for unit in found] == [(60, 0), (8, 4)]


def test_different_periods_are_different_findings() -> None:
    made, chosen = units([5] * 6, "lifetime_cycle")
    for at, unit in enumerate(made):
        unit.series["period_s"] = 3600.0 + at if at < 3 else 600.0 + at
    found = merge_alike(made, [], JUDGEMENT, chosen.log, chosen)
    assert [len(unit.members) for unit in found] == [3, 3]


def test_a_tail_counts_as_the_units_it_stands_for() -> None:
    made, chosen = units([60, 9, 9, 2, 2, 2, 2, 2, 2])
    whole = merge_alike([], made, JUDGEMENT, chosen.log, chosen)
    rows = np.sort(np.concatenate([unit.rows for unit in made[3:]]))
    tails = {("unclassified", "access"): Tail(rows, 6)}
    found = merge_alike([], made[:3], JUDGEMENT, chosen.log, chosen, tails=tails)
    assert [unit.order for unit in found] == [unit.order for unit in whole]
    assert [unit.rows.tolist() for unit in found] == [unit.rows.tolist() for unit in whole]
    assert [len(unit.members) + unit.unlisted for unit in found] == [len(unit.members) for unit in whole]
