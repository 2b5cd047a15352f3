"""When in the week it fails, and who fails where."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from logscan.report.context import cause_words
from logscan.report.heat import client_matrix, weekly_heat
from tests.report.scans import START, asked, empty, failures, library, typical

CAUSES = {cause: cause_words(library().taxonomy, cause) for cause in typical().by_cause}
MONDAY = datetime(2026, 3, 9, tzinfo=UTC)


@given(st.lists(st.tuples(st.integers(0, 24 * 60), st.sampled_from(["ok", *CAUSES]), st.integers(1, 9)), min_size=1))
def test_every_event_stands_in_its_hour(rows: list[tuple[int, str, int]]) -> None:
    ends = [(MONDAY, "ok", 1), (MONDAY + timedelta(days=3), "api_key_invalid", 1)]
    timeline = [*ends, *((MONDAY + timedelta(hours=hour), what, count) for hour, what, count in rows)]
    heat = weekly_heat(empty(timeline=tuple(timeline)), CAUSES)
    assert heat is not None
    assert sum(map(sum, heat.events)) == sum(count for *_, count in timeline)
    real = [row for row in timeline if row[1] in CAUSES and not CAUSES[row[1]].benign]
    assert sum(map(sum, heat.failed)) == sum(count for *_, count in real)
    day, hour = ends[1][0].weekday(), ends[1][0].hour
    assert heat.failed[day][hour] >= 1


def test_a_short_log_a_coarse_one_and_a_calm_one_have_no_week() -> None:
    short = tuple((START + timedelta(hours=k), "api_key_invalid", 1) for k in range(12))
    long = tuple((START + timedelta(hours=k), "api_key_invalid", 1) for k in range(90))
    calm = tuple((START + timedelta(hours=k), "challenge_handshake", 1) for k in range(90))
    assert weekly_heat(empty(timeline=short), CAUSES) is None
    assert weekly_heat(empty(timeline=long, bucket_s=21_600), CAUSES) is None
    assert weekly_heat(empty(timeline=calm), CAUSES) is None
    assert weekly_heat(empty(), CAUSES) is None
    assert weekly_heat(empty(timeline=long), CAUSES) is not None


def test_the_matrix_tells_failures_and_requests_and_what_it_leaves_out() -> None:
    scan = typical()
    told = asked(scan)
    assert told is not None
    real = [at for at, found in enumerate(scan.findings) if not CAUSES[found.cause].benign]
    listed = failures(scan).filter(pl.col("finding").is_in(real)).height
    matrix = client_matrix(told, listed)
    assert matrix is not None
    assert sum(map(sum, matrix.failed)) + matrix.others == listed
    assert matrix.whole
    assert not client_matrix(told, listed - 1).whole  # type: ignore[union-attr]
    assert matrix.chart["requests"] == tuple(tuple(2 * n for n in row) for row in matrix.failed)
    odd = client_matrix(told._replace(clients=("\x1b" + "x" * 99, *told.clients[1:])), listed)
    assert odd is not None
    assert odd.clients[0] == "\\x1b" + "x" * 59 + " … (40 more characters)"


def test_one_client_on_one_endpoint_needs_no_matrix() -> None:
    one = asked(replace(typical(), findings=typical().findings[2:3]))
    assert one is not None
    assert (one.clients, one.endpoints) == (("203.0.113.66",), ("/login",))
    assert client_matrix(one, 40) is None
    assert client_matrix(None, 0) is None
