"""Parquet files, written so that what the disk says is told as what it is."""

import os
import re
from pathlib import Path
from typing import Any

import polars as pl

_CODE = re.compile(r"\(os error ([0-9]+)\)")


def write_parquet(frame: pl.DataFrame, path: Path, **how: Any) -> None:
    """As `DataFrame.write_parquet`.

    Errors: OSError where Polars has only words for it: a disk that is full
    """
    try:
        frame.write_parquet(path, **how)
    except pl.exceptions.PolarsError as fault:
        code = _CODE.search(str(fault))
        if code is None:
            raise
        raise OSError(int(code[1]), os.strerror(int(code[1])), str(path)) from fault
