import os
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from logscan.engine import merge
from logscan.engine.partial import Partial, Tally, empty
from logscan.model.errors import StateError
from logscan.model.schemas import CLASSIFIED, TOTALS, VISITS

START = datetime(2026, 3, 12, tzinfo=UTC)


def partial(number: int) -> Partial:
    at = START + timedelta(minutes=number)
    return empty()._replace(
        classified=pl.DataFrame({"logscan.line": [number]}, schema={"logscan.line": pl.UInt64()}).select(
            pl.col(name) if name == "logscan.line" else pl.lit(None, dtype).alias(name)
            for name, dtype in CLASSIFIED.items()
        ),
        totals=pl.DataFrame([[at, "combined", f"10.0.0.{number % 3}", "ok", 1]], schema=TOTALS, orient="row"),
        visits=pl.DataFrame([[at, number, 0, 0, 1, 0, 0]], schema=VISITS, orient="row"),
        tallies={"a.log": Tally(lines=1, events=1, first=at, last=at)},
    )


def result(folder: Path, numbers: list[int]) -> tuple[object, ...]:
    merged = merge.Merge(folder, 9)
    for number in numbers:
        merged.add(partial(number))
    done = merged.done()
    return (
        done.classified.lazy().collect()["logscan.line"].sort().to_list(),
        done.visits.lazy().collect()["client"].sort().to_list(),
        done.totals.sort(pl.all()).rows(),
        done.tallies,
        done.bucket,
    )


def test_the_order_of_partials_changes_nothing(tmp_path: Path) -> None:
    numbers = list(range(20))
    shuffled = random.Random(1).sample(numbers, len(numbers))  # noqa: S311 (no secret)
    assert result(tmp_path, numbers) == result(tmp_path, shuffled)


def test_what_goes_to_disk_is_the_same_as_what_stays_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = result(tmp_path, list(range(20)))
    monkeypatch.setattr(merge, "_VISITS_HELD", 3)
    monkeypatch.setattr(merge, "_FAILURES_HELD", 3)
    spilled = result(tmp_path, list(range(20)))
    assert held == spilled
    assert list(tmp_path.glob("visits-*.parquet"))
    assert list(tmp_path.glob("classified-*.parquet"))


@pytest.mark.skipif(not os.access("/dev/full", os.W_OK), reason="needs /dev/full")
def test_no_room_for_what_goes_to_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merge, "_VISITS_HELD", 3)
    (tmp_path / "visits-00000.parquet").symlink_to("/dev/full")
    with pytest.raises(StateError, match=r"No space left.*\n.*TMPDIR"):
        result(tmp_path, list(range(9)))


def test_many_totals_get_coarser_buckets_but_lose_no_event(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merge, "_TOTALS_HELD", 5)
    merged = merge.Merge(tmp_path, 9)
    for number in range(200):
        merged.add(partial(number))
    done = merged.done()
    assert done.totals["events"].sum() == 200
    assert done.totals.height <= 5 or done.bucket == "7d"
    assert done.bucket != "1m"


def test_upstreams_without_end_are_told_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merge, "_TOTALS_HELD", 5)
    merged = merge.Merge(tmp_path, 9)
    for number in range(40):
        upstream = pl.lit(f"10.0.0.{number}").alias("server.address")
        one = partial(number)
        merged.add(one._replace(totals=one.totals.with_columns(upstream)))
    done = merged.done()
    assert done.totals["events"].to_list() == [40]
    assert done.totals["server.address"].to_list() == [None]


def test_coarsening_early_or_late_ends_in_the_same_buckets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merge, "_TOTALS_HELD", 30)
    numbers = list(range(300))
    assert result(tmp_path, numbers)[2:] == result(tmp_path, numbers[::-1])[2:]


def test_parts_give_every_row_in_the_order_it_came(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merge, "_FAILURES_HELD", 3)
    merged = merge.Merge(tmp_path, 9)
    for number in range(10):
        merged.add(partial(number))
    parts = list(merged.done().classified.parts())
    assert len(parts) > 1
    assert pl.concat(parts)["logscan.line"].to_list() == list(range(10))
