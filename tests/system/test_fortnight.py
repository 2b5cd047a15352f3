"""Runs day after day, shortened: `make fortnight` does two weeks of them."""

from datetime import timedelta
from pathlib import Path

from tests.system.fortnight import lived


def test_runs_of_a_night_tell_each_outage_once_and_miss_none(tmp_path: Path) -> None:
    table = lived(tmp_path, 0.4, timedelta(minutes=20), seed=3)
    assert table.outages
    assert table.runs == {"done": 29}
    assert not table.faults
