"""When in the week it fails, and who fails where."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from logscan.model.schemas import SHOWN
from logscan.report.context import cause_words
from logscan.report.heat import client_matrix, weekly_heat
from tests.report.scans import START, empty, failures, library, typical

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


def test_the_matrix_counts_what_is_listed_and_says_what_it_leaves_out() -> None:
    scan = typical()
    rows = failures(scan)
    real = [not CAUSES[found.cause].benign for found in scan.findings]
    matrix = client_matrix(rows, real)
    assert matrix is not None
    kept = rows.filter(pl.col("finding").is_in([at for at, each in enumerate(real) if each]))
    assert sum(map(sum, matrix.failed)) + matrix.others == kept.height
    assert len(matrix.failed) == len(matrix.clients)
    assert {len(row) for row in matrix.failed} == {len(matrix.endpoints)}
    sums = [sum(row) for row in matrix.failed]
    assert sums == sorted(sums, reverse=True)
    crowd = pl.concat([rows] * 40).with_columns(
        (pl.lit("192.0.2.") + pl.int_range(pl.len()).cast(pl.String())).alias("client")
    )
    many = client_matrix(crowd, real)
    assert many is not None
    assert len(many.clients) == 20
    assert many.others > 0


def test_one_client_on_one_endpoint_needs_no_matrix() -> None:
    rows = failures(replace(typical(), findings=typical().findings[:1])).with_columns(pl.lit("/a").alias("endpoint"))
    assert client_matrix(rows, [True]) is None
    assert client_matrix(SHOWN.to_frame(), [True]) is None
