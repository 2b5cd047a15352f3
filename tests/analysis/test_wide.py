"""What hits everybody, and what only looks so."""

from dataclasses import replace

import numpy as np

from logscan.analysis.activity import activity_of
from logscan.analysis.failures import Columns, read_failures
from logscan.analysis.judgement import load_judgement
from logscan.analysis.measure import Log
from logscan.analysis.unit import Answers, Rows, Unit
from logscan.analysis.wide import Wide
from logscan.model.resources import rules_dir
from tests.analysis.simulate import HOUR, Request, bad, crowd, failing, observe, steady

JUDGEMENT = load_judgement([rules_dir()])
END = 6 * HOUR
CROWD = crowd(9, END, 120)


def wide(requests: list[Request]) -> tuple[list[Unit], Rows, Log]:
    observed = observe(requests)
    failures = read_failures(observed.classified.lazy(), JUDGEMENT)
    assert observed.first is not None
    assert observed.last is not None
    first, last = observed.first.timestamp(), observed.last.timestamp()
    routes = failures["endpoint_id"].unique().to_list()
    activity = activity_of(observed.visits, routes, rows=10**6, first=first, last=last)
    columns = Columns(failures)
    clients = activity.clients(columns.ids("client"))
    log = Log(columns, JUDGEMENT.measures, first, last, clients)
    found, rest = Wide(log, Answers(activity, log, observed.totals)).find(
        "unclassified", "access", np.arange(columns.height)
    )
    return found, rest, log


def test_an_outage_is_cut_at_its_first_failure() -> None:
    typo = bad(Request(3 * HOUR - 100, "198.51.100.2"))
    (found,), rest, log = wide([*failing(CROWD, 3 * HOUR), typo])
    assert rest.size == 1
    assert log.columns.t[found.rows].min() / 1e6 >= log.first + 3 * HOUR - 60


def test_two_outages_are_two() -> None:
    found, rest, _ = wide(failing(failing(CROWD, 1 * HOUR, 1.5 * HOUR), 4 * HOUR, 4.5 * HOUR))
    assert len(found) == 2
    assert rest.size == 0


def test_six_outages_are_six_and_what_some_always_fail_is_none_of_them() -> None:
    noise = [bad(Request(at, f"203.0.113.{at // 60 % 3}")) for at in range(0, int(END), 60)]
    begun = [0.4, 1.2, 2.3, 3.1, 4.0, 5.2]
    log = CROWD
    for at in begun:
        log = failing(log, at * HOUR, at * HOUR + 0.5 * HOUR)
    found, rest, seen = wide([*log, *noise])
    firsts = sorted((seen.columns.t[unit.rows].min() / 1e6 - seen.first) / HOUR for unit in found)
    assert np.allclose(firsts, begun, atol=0.05)
    assert {seen.columns["client"].texts[int(code)] for code in seen.columns["client"].codes[rest]} == {
        f"203.0.113.{k}" for k in range(3)
    }


def test_one_loud_client_is_not_everybody() -> None:
    found, _, _ = wide([*CROWD, *failing(steady("192.0.2.1", END, 2), 3 * HOUR)])
    assert found == []


def test_strangers_that_fail_together_are_not_everybody() -> None:
    strangers = [bad(Request(3 * HOUR + 2 * n, f"203.0.113.{n % 50}")) for n in range(900)]
    found, _, _ = wide([*CROWD, *strangers])
    assert found == []


def test_everybody_recovers_at_once_from_an_expiry_all_share() -> None:
    shared = [
        each for at in range(1, 6) for n in range(9) for each in (bad(Request(at * HOUR, f"198.51.100.{n + 1}")),)
    ]
    found, _, _ = wide([*CROWD, *shared, *(replace(each, at=(each.at or 0) + 1, outcome="ok") for each in shared)])
    assert found == []


def test_a_log_without_successes_tells_nobody_apart() -> None:
    found, rest, _ = wide([bad(each) for each in CROWD if (each.at or 0) > 3 * HOUR])
    assert found == []
    assert rest.size > 0


def test_a_few_clients_that_one_route_refuses_while_others_let_them_in_are_not_refused_in_turns() -> None:
    some = [f"203.0.113.{at}" for at in range(6)]
    refused = [bad(each) for name in some for each in steady(name, END, 300, endpoint="/api/private")]
    let_in = [each for name in some for each in steady(name, END, 290, endpoint="/api/open")]
    typos = [bad(Request(at * HOUR / 2, f"198.51.100.{at}", endpoint="/login")) for at in range(3)]
    demanded = bad(Request(HOUR, some[0], endpoint="/api/open"))  # so this route asks for a credential, too
    found, _, log = wide([*CROWD, *refused, *let_in, *typos, demanded])
    routes = log.columns["endpoint"]
    assert {"/api/private"} in [{routes.texts[int(code)] for code in routes.codes[unit.rows]} for unit in found]


def test_what_comes_to_all_by_the_clock_is_no_outage_and_an_outage_beside_it_is_one() -> None:
    log = CROWD
    for hour in range(1, 5):
        log = failing(log, hour * HOUR, hour * HOUR + 360)
    found, rest, seen = wide(failing(log, 5.2 * HOUR, 5.9 * HOUR))
    (outage,) = found
    assert seen.columns.t[outage.rows].min() / 1e6 >= seen.first + 5.1 * HOUR
    assert rest.size == sum(each.outcome == "auth_failure" for each in log)


def test_one_of_several_services_refuses_everybody() -> None:
    spared = [replace(each, service="billing") for each in CROWD]
    asked = [replace(each, at=(each.at or 0) + 7, service="orders") for each in CROWD]
    (found,), rest, _ = wide([*spared, *failing(asked, 3 * HOUR)])
    assert rest.size == 0
    assert found.rows.size == sum(each.outcome == "auth_failure" for each in failing(asked, 3 * HOUR))
