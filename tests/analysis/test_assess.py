"""Units, measured and judged; what is merged speaks for its members."""

import json
from dataclasses import replace
from random import Random

import pytest

from logscan.model.finding import Finding
from tests.analysis.simulate import HOUR, Request, bad, crowd, failing, findings, steady

END = 8 * HOUR
CROWD = crowd(10, END, 120)


def worst(requests: list[Request]) -> Finding:
    return findings([*CROWD, *requests])[0]


def test_clients_hit_are_a_share_of_those_active() -> None:
    found = findings(failing(CROWD, 5 * HOUR))[0]
    assert found.features["hit_during"] == pytest.approx(1)
    assert found.features["hit_before"] == 0
    assert found.features["known_share"] == 1


def test_others_are_counted_by_head() -> None:
    gone = [bad(Request(5.5 * HOUR + n, "198.51.100.99")) for n in range(9)]
    typo = bad(Request(5.5 * HOUR, "198.51.100.1"))
    found = worst([*failing(steady("192.0.2.1", END, 60), 5 * HOUR), typo, *gone])
    assert found.scope.values == ("192.0.2.1",)
    assert found.features["others_hit"] == pytest.approx(1 / 11)


def test_confidence_is_that_of_most_failures() -> None:
    fails = failing(steady("192.0.2.1", END, 60), 5 * HOUR, cause="api_key_invalid", confidence="medium")
    found = worst([*fails, bad(Request(5.6 * HOUR, "192.0.2.1", cause="api_key_invalid", confidence="high"))])
    assert found.confidence == "medium"


def test_measures_are_kept_with_the_finding() -> None:
    found = worst(failing(steady("192.0.2.1", END, 60), 5 * HOUR))
    assert found.features["pattern"] == found.pattern
    assert None not in found.features.values()
    assert json.loads(json.dumps(found.features)) == found.features


_ALL = crowd(12, 6 * HOUR, 120)
_AGAIN = [(1.0, 0.2), (2.1, 0.2), (3.7, 0.2), (5.0, 0.3)]
_HOURLY = [(float(hour), 0.15) for hour in range(1, 6)]


@pytest.mark.parametrize(
    ("begun", "told"),
    [
        pytest.param([(3.0, 0.04)], {"high"}, id="minutes"),
        pytest.param([(3.0, 1.0)], {"high"}, id="an hour"),
        pytest.param([(5.0, 9.0)], {"critical"}, id="still"),
        pytest.param([(0.0, 2.0)], {"high"}, id="from the first line on"),
        pytest.param(_AGAIN, {"high"}, id="again and again"),
        pytest.param(_HOURLY, {"high"}, id="by the clock"),
    ],
)
def test_what_refuses_everybody_is_of_high_severity(begun: list[tuple[float, float]], told: set[str]) -> None:
    log = _ALL
    for since, hours in begun:
        log = failing(log, since * HOUR, (since + hours) * HOUR)
    found = findings(log)
    assert {each.severity for each in found} == told
    assert len(found) <= 2
    assert found[0].scope.level == "all"


def test_a_background_that_hits_everybody_in_the_long_run_wakes_nobody() -> None:
    draw = Random(4)  # noqa: S311 (no secret)
    first, *rest = findings([bad(each) if draw.random() < 0.02 else each for each in crowd(12, 48 * HOUR, 120)])
    assert (first.pattern, first.scope.level, first.severity) == ("chronic_background", "all", "medium")
    assert {each.severity for each in rest} <= {"low", "medium"}


def test_pauses_within_one_outage_make_no_period() -> None:
    log, still = failing(crowd(20, 6 * HOUR, 30), 4 * HOUR), [4 * HOUR + 2000, 4 * HOUR + 4400]
    found = findings([each for each in log if not any(since <= (each.at or 0) < since + 400 for since in still)])[0]
    assert (found.pattern, found.features["episodes"]) == ("sustained_open", 3)
    assert not any("period" in caveat for caveat in found.caveats)


def test_a_backend_that_is_away_is_of_high_severity_in_a_log_that_knows_no_clients() -> None:
    away = [
        bad(replace(each, client=None, endpoint=None, cause="auth_backend_unavailable", confidence="high"))
        for each in crowd(5, HOUR, 60)
    ]
    assert [each.severity for each in findings(away)] == ["high"]
