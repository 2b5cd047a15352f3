"""The measures the rules decide on."""

import polars as pl

from logscan.analysis.series import SERIES


def test_every_measure_is_a_number_or_a_text() -> None:
    assert set(SERIES.dtypes()) <= {pl.String(), pl.Float64(), pl.UInt64()}
