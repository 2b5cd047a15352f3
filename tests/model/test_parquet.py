"""What the disk says when a file is written."""

import errno
import os
from pathlib import Path

import polars as pl
import pytest

from logscan.model.parquet import write_parquet

FRAME = pl.DataFrame({"a": list(range(100_000))})


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    write_parquet(FRAME, tmp_path / "a.parquet", compression="zstd", metadata={"k": "v"})
    assert pl.read_parquet(tmp_path / "a.parquet").equals(FRAME)


@pytest.mark.skipif(not os.access("/dev/full", os.W_OK), reason="needs /dev/full")
def test_a_full_disk_is_an_error_of_the_system_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space left") as told:
        write_parquet(FRAME, Path("/dev/full"))
    assert (told.value.errno, told.value.filename) == (errno.ENOSPC, "/dev/full")
    with pytest.raises(FileNotFoundError):
        write_parquet(FRAME, tmp_path / "none" / "a.parquet")


def test_a_fault_of_the_frame_stays_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(pl.exceptions.PolarsError):
        write_parquet(pl.DataFrame({"a": [object()]}), tmp_path / "a.parquet")
