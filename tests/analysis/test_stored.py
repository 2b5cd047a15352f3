"""Visits on disk; what both ways of asking must answer is tested with activity."""

from pathlib import Path

import polars as pl

from logscan.analysis.activity import activity_of
from logscan.analysis.stored import Stored
from tests.analysis.simulate import START, Request, bad, observe
from tests.analysis.test_activity import number

FIRST = START.timestamp()


def made(requests: list[Request], rows: int) -> Stored:
    found = activity_of(observe(requests).visits, [number("/a")], rows=rows, first=FIRST, last=FIRST + 60)
    assert isinstance(found, Stored)
    return found


def test_a_sample_keeps_whole_clients() -> None:
    requests = [Request(float(n % 60), f"192.0.2.{n % 50}", "/a") for n in range(500)]
    seen = made(requests, rows=100)
    kept = observe(requests).visits.filter(seen.sampled()).collect()
    assert 0 < kept.height < 500
    assert set(kept.group_by("client").len()["len"]) == {10}
    assert seen.crowd.active(FIRST, FIRST + 60, None) == kept["client"].n_unique()


def test_files_are_read_as_memory_is(tmp_path: Path) -> None:
    requests = [Request(float(n % 60), f"192.0.2.{n % 50}", "/a") for n in range(500)] + [bad(Request(3.0))]
    visits = observe(requests).visits.collect()
    for at, part in enumerate(visits.iter_slices(100)):
        part.write_parquet(tmp_path / f"{at}.parquet")
    stored = activity_of(
        pl.scan_parquet(tmp_path / "*.parquet"), [number("/a")], rows=100, first=FIRST, last=FIRST + 60
    )
    assert stored.every == 6
    assert stored.active([(FIRST, FIRST + 30, None)]) == made(requests, rows=100).active([(FIRST, FIRST + 30, None)])
    assert stored.at_all(nobody=False).weight.sum() == 500
