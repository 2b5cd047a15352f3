"""Values of options: zones, moments, and what they are in UTC."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

import click
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.cli.options import Marked, Moment, Network, Zone, moment, shared_options, zone_of

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)


def converted(kind: Moment | Zone, text: str) -> object:
    return kind.convert(text, None, None)


@pytest.mark.parametrize(
    ("text", "zone"),
    [("utc", "UTC"), ("Z", "UTC"), ("+0200", "+02:00"), ("-03:30", "-03:30"), ("Europe/Berlin", "Europe/Berlin")],
)
def test_a_zone_is_a_name_or_an_offset(text: str, zone: str) -> None:
    assert converted(Zone(), text) == zone


@pytest.mark.parametrize(
    "text", ["Berlin", "+2", "+24:00", "+00:60", "", "europe/berlin", "localtime", "Factory", "UTC+2"]
)
def test_what_is_no_zone_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(click.UsageError, match=r"use a name such as Europe/Berlin or an offset"):
        converted(Zone(), text)


@pytest.mark.parametrize(
    ("text", "network"),
    [("198.51.100.9/24", "198.51.100.0/24"), ("198.51.100.9", "198.51.100.9/32"), ("2001:db8::/32", "2001:db8::/32")],
)
def test_a_network_is_an_address_or_a_prefix(text: str, network: str) -> None:
    assert str(Network().convert(text, None, None)) == network


@pytest.mark.parametrize("text", ["", "proxy", "198.51.100.0/33", "198.51.100", "2001:db8::/x"])
def test_what_is_no_network_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(click.UsageError, match=r"use an address or a network such as"):
        Network().convert(text, None, None)


def test_every_zone_that_is_accepted_is_one_for_the_reader_too() -> None:
    noon = pl.Series([datetime(2026, 3, 12, 12)])  # noqa: DTZ001
    for name in sorted(available_timezones() - {"localtime", "Factory"})[::25]:
        zone = converted(Zone(), name)
        there = noon.dt.replace_time_zone(str(zone)).dt.convert_time_zone("UTC")[0]
        assert there == datetime(2026, 3, 12, 12, tzinfo=zone_of(str(zone)))


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("90m", NOW - timedelta(minutes=90)),
        ("7 d", NOW - timedelta(days=7)),
        ("2026-03-12", datetime(2026, 3, 11, 23, tzinfo=UTC)),
        ("2026-03-12T14:00", datetime(2026, 3, 12, 13, tzinfo=UTC)),
        ("2026-03-12T14:00Z", datetime(2026, 3, 12, 14, tzinfo=UTC)),
        ("2026-03-12T14:00-05:00", datetime(2026, 3, 12, 19, tzinfo=UTC)),
        ("0001-01-01", datetime(1, 1, 1, tzinfo=UTC)),
        ("999999999s", NOW - timedelta(seconds=999999999)),
        ("9999999d", datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_moment_is_a_time_or_how_long_ago(text: str, at: datetime) -> None:
    value = converted(Moment(), text)
    assert isinstance(value, datetime | timedelta)
    assert moment(value, "+01:00", NOW) == at


def test_the_end_of_time_does_not_overflow() -> None:
    assert moment(datetime(9999, 12, 31, 23, 59), "-12:00", NOW) == datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)  # noqa: DTZ001


def test_no_moment_is_none() -> None:
    assert moment(None, "UTC", NOW) is None


@given(st.text(max_size=20))
def test_whatever_is_typed_is_a_moment_or_a_usage_error(text: str) -> None:
    with suppress(click.UsageError):
        value = converted(Moment(), text)
        assert isinstance(value, datetime | timedelta)
        found = moment(value, "UTC", NOW)
        assert found is not None
        assert found.tzinfo is not None


def test_the_shared_options_stand_in_their_order() -> None:
    @click.command()
    @shared_options
    def command() -> None: ...

    names = [each.name for each in command.params]
    assert names == [
        "paths",
        "since",
        "until",
        "zone",
        "log_format",
        "rules",
        "formats",
        "trusted",
        "marks",
        "no_default_rules",
        "jobs",
    ]


def test_a_mark_is_a_time_and_a_label() -> None:
    when, label = Marked().convert("2026-03-12T14:00Z=deploy 4.2=b", None, None)
    assert (when, label) == (datetime(2026, 3, 12, 14, tzinfo=UTC), "deploy 4.2=b")
    for wrong in ("2026-03-12T14:00Z", "=deploy", "24h=deploy", "soon=deploy"):
        with pytest.raises(click.BadParameter):
            Marked().convert(wrong, None, None)
