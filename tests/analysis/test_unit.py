"""Units and the successes that belong to them."""

import numpy as np

from logscan.analysis.activity import activity_of
from logscan.analysis.failures import Columns, read_failures
from logscan.analysis.judgement import load_judgement
from logscan.analysis.measure import Log
from logscan.analysis.series import SERIES
from logscan.analysis.unit import Answers, Unit, series_frame
from logscan.model.resources import rules_dir
from tests.analysis.simulate import START, Request, bad, observe

JUDGEMENT = load_judgement([rules_dir()])
FIRST = START.timestamp()
REQUESTS = [
    bad(Request(10.0, "192.0.2.1", "/a", user="ada", upstream="10.0.0.1:80")),
    Request(20.0, "192.0.2.1", "/a", user="ada", upstream="10.0.0.1:80"),
    Request(30.0, "192.0.2.1", "/b", user="ada", upstream="10.0.0.2:80"),
    Request(40.0, "192.0.2.2", "/a", user="ada", upstream="10.0.0.2:80"),
    Request(50.0, None, "/c"),
    bad(Request(55.0, "192.0.2.9", "/b")),
]


def successes(level: str, value: str, requests: list[Request] = REQUESTS) -> list[float]:
    observed = observe(requests)
    failures = read_failures(observed.classified.lazy(), JUDGEMENT)
    columns = Columns(failures)
    activity = activity_of(
        observed.visits, failures["endpoint_id"].unique().to_list(), rows=1000, first=FIRST, last=FIRST + 60
    )
    clients = activity.clients(columns.ids("client"))
    answers = Answers(activity, Log(columns, JUDGEMENT.measures, FIRST, FIRST + 60, clients), observed.totals)
    unit = Unit("unclassified", "access", np.array([0]), level, (value,))
    answers.prepare([unit])
    return [float(t - FIRST) for t in answers.of(unit).t]


def test_a_client_recovers_on_the_route_where_it_failed() -> None:
    assert successes("client", "192.0.2.1") == [20]


def test_a_user_may_come_from_elsewhere() -> None:
    assert successes("user", "ada") == [20, 40]


def test_a_route_and_everything() -> None:
    assert successes("endpoint", "/a") == [20, 40]
    assert successes("all", "") == [20, 30, 40]


def test_an_upstream_is_known_to_the_minute() -> None:
    assert [-60 < t <= 20 for t in successes("upstream", "10.0.0.1:80")] == [True]


def test_lines_that_know_no_client_are_compared_with_their_like() -> None:
    assert successes("all", "", [bad(Request(10.0, None, "/x")), *REQUESTS[1:5]]) == [50]


def test_a_frame_of_units_has_the_schema() -> None:
    assert series_frame([Unit("a", "b", np.array([0]), "all", ())]).schema == SERIES
