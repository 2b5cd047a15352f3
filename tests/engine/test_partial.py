from datetime import UTC, datetime

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from logscan.engine.partial import REJECTS_SHOWN, Tally, add_up, empty, first_rejects
from logscan.model.schemas import CLASSIFIED, REJECTS, TOTALS, VISITS

TIMES = st.one_of(st.none(), st.integers(0, 50).map(lambda s: datetime(2026, 3, 12, 0, 0, s, tzinfo=UTC)))
TALLIES = st.builds(
    Tally,
    lines=st.integers(0, 9),
    events=st.integers(0, 9),
    first=TIMES,
    last=TIMES,
    datasets=st.dictionaries(st.sampled_from(["combined", "common"]), st.integers(1, 9)),
)


@given(TALLIES, TALLIES, TALLIES)
def test_adding_tallies_is_associative_and_commutative(a: Tally, b: Tally, c: Tally) -> None:
    assert (a + b) + c == a + (b + c)
    assert a + b == b + a


def test_an_empty_partial_has_the_schemas_of_the_contract() -> None:
    partial = empty()
    assert partial.classified.schema == CLASSIFIED
    assert partial.totals.schema == TOTALS
    assert partial.visits.schema == VISITS
    assert partial.rejects.schema == REJECTS


def test_adding_up_keeps_the_number_of_events_and_joins_equal_keys() -> None:
    row = {
        "bucket": None,
        "event.dataset": "combined",
        "logscan.endpoint": None,
        "server.address": None,
        "outcome": "ok",
        "events": 2,
    }
    got = add_up(pl.DataFrame([row, row, {**row, "outcome": "error"}], schema=TOTALS))
    assert sorted(got["events"].to_list()) == [2, 4]


def test_the_first_rejects_of_every_source_are_kept() -> None:
    rows = [
        {"log.file.path": name, "logscan.line": line, "reason": "r", "event.original": "x"}
        for name in ("b.log", "a.log")
        for line in range(REJECTS_SHOWN + 5, 0, -1)
    ]
    got = first_rejects(pl.DataFrame(rows, schema=REJECTS))
    assert got.height == 2 * REJECTS_SHOWN
    assert got["logscan.line"].max() == REJECTS_SHOWN
