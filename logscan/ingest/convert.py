"""Captured text into the columns of EVENTS."""

from collections.abc import Sequence

import polars as pl

from logscan.ingest.shape import UNITS, Column
from logscan.ingest.when import Clock, to_utc, to_zone
from logscan.ingest.zone import ASSUMED
from logscan.model.schemas import EVENTS


def converted(text: pl.Expr, column: Column, null_values: Sequence[str], clock: Clock) -> pl.Expr:
    """One column from its text.

    Out: typed as in EVENTS; null where the text stands for nothing or does not convert
    """
    if column.within:
        text = text.str.extract(column.within, 1)
    if null_values:
        # Single comparisons are many times faster than a look into a set: texts of up to 12 bytes are compared at once.
        text = pl.when(pl.all_horizontal(text != nothing for nothing in null_values)).then(text)
    if column.values:
        text = text.replace(dict(column.values))
    kind = EVENTS[column.name]
    if column.name == "@timestamp":
        return to_utc(text, column.time, clock._replace(zone=column.zone) if column.zone else clock)
    if column.name == "event.timezone":
        zones = to_zone(text, column.time, clock._replace(zone=column.zone) if column.zone else clock)
        return zones.replace({column.zone + ASSUMED: column.zone}) if column.zone else zones  # the format knows
    if column.name == "event.duration":
        span = text.cast(pl.Float64, strict=False) * UNITS[column.unit]
        return pl.when(span.is_between(0, 1e18)).then(span.round(0)).cast(kind, strict=False)
    return text if kind == pl.String() else text.cast(kind, strict=False)
