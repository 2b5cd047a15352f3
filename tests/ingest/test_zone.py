"""Zones: what a name is read as, what is said of it, and local times as UTC."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from logscan.ingest.zone import in_zone, label, load_zones, meaning, placed, zones_of
from logscan.model.errors import Faults
from tests.ingest.frames import write

NOON = datetime(2026, 7, 12, 12)  # noqa: DTZ001 - local on purpose


@pytest.mark.parametrize(
    ("name", "hours"),
    [
        ("Z", 0), ("z", 0), ("UTC", 0), ("GMT", 0), ("+01:00", 1), ("+0100", 1), ("+01", 1), ("+1", 1), ("GMT+2", 2), ("-05:30", -5.5),
        ("UTC+05:30", 5.5), ("+530", 5.5), ("CET", 1), ("CEST", 2), ("EST", -5), ("EDT", -4), ("PST", -8), ("PDT", -7), ("IST", 5.5),
        ("-00:00", 0), ("+01:00:00", 1),
    ],
)  # fmt: skip
def test_a_name_means_an_offset(name: str, hours: float) -> None:
    assert meaning(name) == timedelta(hours=hours)


@pytest.mark.parametrize("name", ["", "XYZ", "+99:00", "+01:75", "Mars/Olympus", "localtime", "x"])
def test_what_is_not_known_means_nothing_and_is_read_as_assumed(name: str) -> None:
    assert meaning(name) is None
    assert label(name, "Europe/Berlin") == "Europe/Berlin (assumed)"


@pytest.mark.parametrize(
    ("name", "told"),
    [("Z", "UTC"), ("+0000", "UTC"), ("GMT", "UTC"), ("+0530", "+05:30"), ("cet", "CET"), ("Asia/Tokyo", "Asia/Tokyo"), ("-03", "-03:00")],
)  # fmt: skip
def test_a_zone_is_told_in_one_way_however_it_is_written(name: str, told: str) -> None:
    assert label(name, "UTC") == told


def test_each_time_is_placed_by_the_zone_it_names() -> None:
    named = ["Z", "+02:00", "CEST", "Europe/Berlin", "America/New_York", "??", None]
    found = placed(pl.Series([NOON] * 7, dtype=pl.Datetime("us")), pl.Series(named), "Asia/Tokyo").to_list()
    noon = NOON.replace(tzinfo=UTC)
    hours = [0, -2, -2, -2, 4, -9, -9]
    assert found == [noon + timedelta(hours=each) for each in hours]


def test_an_hour_that_is_skipped_or_repeated_is_placed_all_the_same() -> None:
    skipped = pl.Series([datetime(2026, 3, 29, 2, 30)], dtype=pl.Datetime("us"))  # noqa: DTZ001
    assert in_zone(skipped, "Europe/Berlin")[0] == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert in_zone(skipped, "-03:30")[0] == datetime(2026, 3, 29, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "texts", "told"),
    [
        ("clf", ["12/Mar/2026:06:25:24 +0100", "12/Mar/2026:06:25:25 +0100"], ["+01:00", "+01:00"]),
        ("clf", ["12/Mar/2026:06:25:24 +0100", None, "12/Mar/2026:06:25:25 +0200"], ["+01:00", None, "+02:00"]),
        ("iso", ["2026-03-12T06:25:24Z", "2026-03-12 06:25:24"], ["UTC", "-01:00 (assumed)"]),
        ("iso", ["2026-03-12 06:25:24,123", None], ["-01:00 (assumed)", None]),
        ("iso", ["2026-03-12 06:25:24 CET", "2026-03-12 06:25:24.1 +0000 UTC m=+0.1"], ["CET", "UTC"]),
        ("iso", ["2026-03-12T06:25:24.123+01:00[Europe/Berlin]"], ["+01:00"]),
        ("ctime", ["Thu Mar 12 06:25:24 EDT 2026", "Thu Mar 12 06:25:24 2026"], ["EDT", "-01:00 (assumed)"]),
        ("ctime", ["Mar 12, 2026 6:25:24 AM"], ["-01:00 (assumed)"]),
        ("epoch", ["1773296724"], ["UTC"]),
        ("auto", ["1773296724", "Mar 12 06:25:24", "2026-03-12T06:25:24Z"], ["UTC", "-01:00 (assumed)", "UTC"]),
        ("%d.%m.%Y %H.%M", ["12.03.2026 06.25"], ["-01:00 (assumed)"]),
        ("%d.%m.%Y %H.%M %z", ["12.03.2026 06.25 +0300"], ["+03:00"]),
        ("auto", [None], [None]),
    ],
)  # fmt: skip
def test_the_zone_of_a_time_is_told(kind: str, texts: list[str | None], told: list[str | None]) -> None:
    assert zones_of(pl.Series(texts, dtype=pl.String), kind, "-01:00").to_list() == told


def test_faults_of_the_table_are_told_all_at_once(tmp_path: Path) -> None:
    with pytest.raises(Faults) as found:
        load_zones(write(tmp_path, "zones.yml", "zones:\n  AAA: '+1:99'\n  BBB: 3600\n"))
    assert [str(error.where) for error in found.value.errors] == [
        f"{tmp_path}/zones.yml:2 zones.AAA",
        f"{tmp_path}/zones.yml:3 zones.BBB",
    ]
    with pytest.raises(Faults, match="no table"):
        load_zones(write(tmp_path, "other.yml", "zone: {}\n"))
