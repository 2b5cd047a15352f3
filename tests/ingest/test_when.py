from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.ingest.when import Clock, to_utc
from logscan.model.schemas import TIME

CLOCK = Clock("UTC", datetime(2026, 3, 13, tzinfo=UTC))


def read(texts: Sequence[str | None], kind: str = "auto", clock: Clock = CLOCK) -> list[datetime | None]:
    found = pl.DataFrame({"t": texts}, schema={"t": pl.String()}).select(to_utc(pl.col("t"), kind, clock))["t"]
    assert found.dtype == TIME
    return found.to_list()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("2026-03-12T06:25:24Z", "2026-03-12T06:25:24+00:00"),
        ("2026-03-12T06:25:24.123456789Z", "2026-03-12T06:25:24.123456+00:00"),
        ("2026-03-12 06:25:24,123", "2026-03-12T06:25:24.123+00:00"),
        ("2026-03-12T06:25:24.5+01:00", "2026-03-12T05:25:24.5+00:00"),
        ("2026-03-12T06:25:24-0530", "2026-03-12T11:55:24+00:00"),
        ("2026-03-12 06:25:24 +0000 (UTC)", "2026-03-12T06:25:24+00:00"),
        ("2026-03-12 06:25:24 UTC", "2026-03-12T06:25:24+00:00"),
        ("2026/03/12 06:25:24", "2026-03-12T06:25:24+00:00"),
        ("20260312T062524Z", "2026-03-12T06:25:24+00:00"),
        ("2026-03-12T06:25", "2026-03-12T06:25:00+00:00"),
        ("12/Mar/2026:06:25:24 +0100", "2026-03-12T05:25:24+00:00"),
        ("12/Mar/2026:06:25:24.250 +0100", "2026-03-12T05:25:24.250+00:00"),
        ("2/Mar/2026 06:25:24", "2026-03-02T06:25:24+00:00"),
        ("12-Mar-2026 06:25:24.123", "2026-03-12T06:25:24.123+00:00"),
        ("Thu, 12 Mar 2026 06:25:24 GMT", "2026-03-12T06:25:24+00:00"),
        ("Thu Mar 12 06:25:24.123456 2026", "2026-03-12T06:25:24.123456+00:00"),
        ("Thu Mar  5 06:25:24 UTC 2026", "2026-03-05T06:25:24+00:00"),
        ("Mar 12, 2026 6:25:24 PM", "2026-03-12T18:25:24+00:00"),
        ("Mar 12, 2026 12:05:24 AM", "2026-03-12T00:05:24+00:00"),
        ("Mar 12 2026 06:25:24", "2026-03-12T06:25:24+00:00"),
        ("Mar  5 06:25:24", "2026-03-05T06:25:24+00:00"),
        ("Mar 13 23:59:59", "2026-03-13T23:59:59+00:00"),
        ("Mar 15 00:00:00", "2025-03-15T00:00:00+00:00"),
        ("Feb 29 01:02:03", "2024-02-29T01:02:03+00:00"),
        ("5 Mar 06:25:24.103", "2026-03-05T06:25:24.103+00:00"),
        ("20260312-06:25:24", "2026-03-12T06:25:24+00:00"),
        ("0305 06:25:24.103456", "2026-03-05T06:25:24.103456+00:00"),
        ("12-31 06:25:24.103", "2025-12-31T06:25:24.103+00:00"),
        ("1773296724", "2026-03-12T06:25:24+00:00"),
        ("1773296724.25", "2026-03-12T06:25:24.25+00:00"),
        ("1773296724123", "2026-03-12T06:25:24.123+00:00"),
        ("1773296724123456", "2026-03-12T06:25:24.123456+00:00"),
        ("1773296724123456789", "2026-03-12T06:25:24.123456+00:00"),
        ("1.773296724123e9", "2026-03-12T06:25:24.123+00:00"),
        ("1.773296724123E+12", "2026-03-12T06:25:24.123+00:00"),
        ("1773296724123.5", "2026-03-12T06:25:24.1235+00:00"),
        ("2026-03-12T06:25:24+01", "2026-03-12T05:25:24+00:00"),
        ("2026-03-12 06:25:24.123 CET", "2026-03-12T05:25:24.123+00:00"),
        ("2026-03-12 06:25:24 EST", "2026-03-12T11:25:24+00:00"),
        ("2026-03-12 06:25:24 IST", "2026-03-12T00:55:24+00:00"),
        ("2026-03-12 6:25:24 PM", "2026-03-12T18:25:24+00:00"),
        ("2026-03-12 12:25:24 am PST", "2026-03-12T08:25:24+00:00"),
        ("2026-03-12 06:25:24.123456789 +0100 CET m=+0.000023", "2026-03-12T05:25:24.123456+00:00"),
        ("2026-03-12T06:25:24.123+01:00[Europe/Berlin]", "2026-03-12T05:25:24.123+00:00"),
        ("2026-03-12 06:25:24 ???", None),
        ("12-Mar-2026 06:25:24 Europe/Berlin", "2026-03-12T05:25:24+00:00"),
        ("12-Jul-2026 06:25:24 Europe/Berlin", "2026-07-12T04:25:24+00:00"),
        ("12/Mar/2026:06:25:24 PDT", "2026-03-12T13:25:24+00:00"),
        ("Thu Mar 12 06:25:24 CEST 2026", "2026-03-12T04:25:24+00:00"),
        ("Thu Mar 12 2026 06:25:24 GMT+0100 (Central European Standard Time)", "2026-03-12T05:25:24+00:00"),
        ("12.03.2026 06:25:24", "2026-03-12T06:25:24+00:00"),
        ("2.3.2026, 6:25:24,5 CET", "2026-03-02T05:25:24.5+00:00"),
        ("3/12/2026 6:25:24 AM", "2026-03-12T06:25:24+00:00"),
        ("03/12/2026, 12:25 PM +02:00", "2026-03-12T10:25:00+00:00"),
        ("3/12/2026 6:25:24", None),
    ],
)
def test_every_usual_shape_is_read(text: str, want: str | None) -> None:
    assert read([text]) == [at(want) if want else None]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-",
        "x",
        "401",
        "2026-13-12T06:25:24",
        "2026-02-30 00:00:00",
        "31/Foo/2026:00:00:00 +0000",
        "9" * 25,
        "Mar 99 00:00:00",
    ],
)
def test_what_is_no_time_is_null(text: str) -> None:
    assert read([text, None]) == [None, None]


@pytest.mark.parametrize(
    ("zone", "text", "want"),
    [
        ("+02:00", "2026-03-12 06:25:24", "2026-03-12T04:25:24+00:00"),
        ("Europe/Berlin", "2026-03-12 06:25:24", "2026-03-12T05:25:24+00:00"),
        ("Europe/Berlin", "2026-07-12 06:25:24", "2026-07-12T04:25:24+00:00"),
        ("Europe/Berlin", "2026-10-25 02:30:00", "2026-10-25T00:30:00+00:00"),
        ("Europe/Berlin", "2026-03-29 02:30:00", "2026-03-29T01:30:00+00:00"),
        ("Europe/Berlin", "2026-03-12T06:25:24Z", "2026-03-12T06:25:24+00:00"),
        ("-05:00", "Mar 12 06:25:24", "2026-03-12T11:25:24+00:00"),
        ("Asia/Tokyo", "12/Mar/2026:06:25:24", "2026-03-11T21:25:24+00:00"),
    ],
)
def test_a_line_without_a_zone_is_read_in_the_clock_s(zone: str, text: str, want: str) -> None:
    assert read([text], clock=Clock(zone, CLOCK.reference)) == [at(want)]


def test_the_year_turns_between_december_and_january() -> None:
    clock = Clock("UTC", datetime(2026, 1, 1, 0, 5, tzinfo=UTC))
    assert read(["Dec 31 23:59:59", "Jan  1 00:00:01"], "ctime", clock) == [
        at("2025-12-31T23:59:59+00:00"),
        at("2026-01-01T00:00:01+00:00"),
    ]
    east = Clock("+13:00", datetime(2025, 12, 31, 11, 30, tzinfo=UTC))
    assert read(["Jan  1 00:10:00"], "ctime", east) == [at("2025-12-31T11:10:00+00:00")]


def test_a_format_of_one_s_own_is_used_as_written() -> None:
    assert read(["12.03.2026 06.25.24", "x"], "%d.%m.%Y %H.%M.%S", Clock("+01:00", CLOCK.reference)) == [
        at("2026-03-12T05:25:24+00:00"),
        None,
    ]


FIRST, LAST = (datetime(year, 1, 1, tzinfo=UTC).replace(tzinfo=None) for year in (1990, 2090))
TIMES = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
ZONES = st.integers(-12 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))


@given(st.lists(st.tuples(TIMES, ZONES), min_size=1, max_size=8), st.sampled_from(["iso", "auto"]))
def test_iso_times_come_back_as_they_were_written(moments: list[tuple[datetime, timezone]], kind: str) -> None:
    assert read([moment.astimezone(zone).isoformat() for moment, zone in moments], kind) == [
        moment for moment, _ in moments
    ]


@given(st.lists(st.tuples(TIMES, ZONES), min_size=1, max_size=8), st.sampled_from(["clf", "auto"]))
def test_clf_times_come_back_to_the_second(moments: list[tuple[datetime, timezone]], kind: str) -> None:
    texts = [moment.astimezone(zone).strftime("%d/%b/%Y:%H:%M:%S %z") for moment, zone in moments]
    assert read(texts, kind) == [moment.replace(microsecond=0) for moment, _ in moments]


SHAPES = st.one_of(
    TIMES.map(lambda t: t.isoformat()),
    TIMES.map(lambda t: t.strftime("%Y-%m-%d %H:%M:%S")),
    TIMES.map(lambda t: t.strftime("%d/%b/%Y:%H:%M:%S %z")),
    TIMES.map(lambda t: t.strftime("%a %b %d %H:%M:%S %Y")),
    TIMES.map(lambda t: t.strftime("%b %d %H:%M:%S")),
    TIMES.map(lambda t: t.strftime("%Y-%m-%d %H:%M:%S,") + t.strftime("%f")[:3]),
    TIMES.map(lambda t: t.strftime("%Y-%m-%d %H:%M:%S %Z")),
    TIMES.map(lambda t: t.strftime("%Y-%m-%d %H:%M:%S Europe/Berlin")),
    TIMES.map(lambda t: t.strftime("%m/%d/%Y %I:%M:%S %p")),
    TIMES.map(lambda t: str(int(t.timestamp()))),
    st.text(max_size=30),
    st.none(),
)


@given(st.lists(SHAPES, max_size=12))
def test_a_value_depends_on_its_own_text_only(texts: list[str | None]) -> None:
    assert read(texts) == [read([text])[0] for text in texts]


@given(st.lists(SHAPES, max_size=6))
def test_a_stamp_that_stands_many_times_reads_the_same_each_time(texts: list[str | None]) -> None:
    assert read(texts * 4) == read(texts) * 4
