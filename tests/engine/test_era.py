"""Stamps without a year lie in the years that the end of the source, its name and newer parts tell."""

from datetime import UTC, datetime, timedelta

import pytest

from logscan.engine.era import Eras, any_without_year
from tests.ingest.frames import FORMATS

TOUCHED = datetime(2026, 11, 15, tzinfo=UTC)
ACCESS = '192.0.2.7 - - [12/Mar/2026:06:25:24 +0100] "GET /a HTTP/1.1" 401 0 "-" "curl/8.5"'


def syslog(start: datetime, step: timedelta, count: int) -> list[str]:
    return [(start + step * n).strftime("%b %e %H:%M:%S gate sshd[7]: session opened") for n in range(count)]


def reference(path: str, lines: list[str], *, ends: bool = True, eras: Eras | None = None) -> datetime:
    return (eras or Eras("UTC")).clock(path, TOUCHED, lines, FORMATS, ends=ends).reference


def test_the_last_stamp_tells_the_year_of_a_file_that_was_touched_later() -> None:
    lines = syslog(datetime(2025, 12, 20, tzinfo=UTC), timedelta(hours=12), 40)
    assert reference("syslog", lines) == datetime(2026, 1, 8, 12, tzinfo=UTC)
    december = syslog(datetime(2025, 10, 1, tzinfo=UTC), timedelta(days=1), 80)
    assert reference("syslog", december) == datetime(2025, 12, 19, tzinfo=UTC)


def test_without_its_end_the_file_s_time_is_all_that_is_known() -> None:
    lines = syslog(datetime(2025, 12, 20, tzinfo=UTC), timedelta(hours=12), 40)
    assert reference("syslog", lines, ends=False) == TOUCHED


def test_the_date_in_a_name_bounds_the_years() -> None:
    lines = syslog(datetime(2025, 10, 1, tzinfo=UTC), timedelta(hours=1), 40)
    assert reference("syslog-20251003", lines, ends=False) == datetime(2025, 10, 5, tzinfo=UTC)


def test_a_newer_part_bounds_the_years_of_an_older_one() -> None:
    eras = Eras("UTC")
    newer = syslog(datetime(2025, 12, 30, tzinfo=UTC), timedelta(hours=1), 60)
    older = syslog(datetime(2025, 10, 1, tzinfo=UTC), timedelta(hours=1), 60)
    assert reference("syslog", newer, eras=eras) == datetime(2026, 1, 1, 11, tzinfo=UTC)
    assert reference("syslog.1", older, eras=eras) == datetime(2025, 10, 3, 11, tzinfo=UTC)
    assert reference("syslog.1", older) == datetime(2026, 10, 3, 11, tzinfo=UTC)


@pytest.mark.parametrize("lines", [[], [""], [ACCESS] * 3, ["no time here"]])
def test_where_no_year_is_missing_nothing_is_changed(lines: list[str]) -> None:
    assert reference("a.log", lines) == TOUCHED


def test_whether_a_year_may_be_missing_is_asked_first() -> None:
    assert not any_without_year([ACCESS, "", '{"ts":1773296724}'])
    assert any_without_year([ACCESS, "Mar 12 06:25:24 gate x: y"])
