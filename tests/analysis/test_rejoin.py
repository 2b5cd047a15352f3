"""One thing is one finding, though traffic pauses."""

import numpy as np
import pytest

from logscan.analysis.activity import activity_of
from logscan.analysis.failures import Columns, read_failures
from logscan.analysis.judgement import load_judgement
from logscan.analysis.measure import Log
from logscan.analysis.rejoin import rejoined
from logscan.analysis.unit import Answers, Unit
from logscan.model.resources import rules_dir
from tests.analysis.simulate import HOUR, Request, bad, observe

JUDGEMENT = load_judgement([rules_dir()])
_EARLY = [bad(Request(HOUR + 60.0 * nth, f"198.51.100.{nth % 5}", "/admin")) for nth in range(30)]
_LATE = [bad(Request(5 * HOUR + 60.0 * nth, f"198.51.100.{nth % 5}", "/admin")) for nth in range(30)]
_ELSEWHERE = [Request(60.0 * nth, f"198.51.100.{nth % 5}", "/open") for nth in range(400)]
_LET_IN = Request(3 * HOUR, "198.51.100.1", "/admin")


def told(requests: list[Request], *, level: str = "endpoint", parts: int = 2) -> list[int]:
    """The failures of each unit."""
    observed = observe(requests)
    failures = read_failures(observed.classified.lazy(), JUDGEMENT)
    assert observed.first is not None
    assert observed.last is not None
    first, last = observed.first.timestamp(), observed.last.timestamp()
    routes = failures["endpoint_id"].unique().to_list()
    activity = activity_of(observed.visits, routes, rows=10**6, first=first, last=last)
    columns = Columns(failures)
    log = Log(columns, JUDGEMENT.measures, first, last, activity.clients(columns.ids("client")))
    values = ("/admin",) if level == "endpoint" else ()
    units = [
        Unit("unclassified", "access", rows, level, values, hits_everybody=True)
        for rows in np.array_split(np.arange(columns.height), parts)
    ]
    return sorted(unit.rows.size for unit in rejoined(units, Answers(activity, log, observed.totals)))


@pytest.mark.parametrize("parts", [1, 2, 3])
def test_where_nobody_is_let_in_between_it_is_one(parts: int) -> None:
    assert told([*_ELSEWHERE, *_EARLY, *_LATE], parts=parts) == [60]


def test_what_recovers_between_is_two() -> None:
    assert told([*_ELSEWHERE, *_EARLY, _LET_IN, *_LATE]) == [30, 30]


def test_two_incidents_of_everything_stay_two() -> None:
    assert told([*_ELSEWHERE, *_EARLY, *_LATE], level="all") == [30, 30]
