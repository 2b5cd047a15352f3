"""Units, measured and judged; what is merged speaks for its members."""

import json

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
