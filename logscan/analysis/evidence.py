"""The lines that prove a finding: the first, the last, and one of each wording between."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from logscan.analysis.unit import Rows
from logscan.model.finding import Evidence

Place = tuple[str, int, int]  # path, line, offset: records of a JSON document may share a line


def telling_places(failures: pl.DataFrame, rows: Rows, most: int) -> list[Place]:
    """Where the telling lines stand, in time order.

    Law: the first and the last failure are among them; then the first failure that other rules matched, most frequent
         first; a line whose reason another line names gives that line too
    """
    kinds = (
        failures.select("row", "rules")[rows]
        .group_by("rules")
        .agg(pl.len().alias("n"), pl.col("row").min())
        .sort("n", "row", descending=[True, False])
    )
    wanted = list(dict.fromkeys([int(rows[0]), int(rows[-1]), *kinds["row"].to_list()]))
    spread = rows[np.linspace(0, rows.size - 1, most, dtype=np.int64)].tolist()
    chosen = list(dict.fromkeys([*wanted, *spread]))[:most]
    places: list[tuple[int, Place]] = []
    columns = ("row", "path", "line", "offset", "reason_path", "reason_line", "reason_offset")
    for row, path, line, offset, *reason in failures.select(columns)[sorted(chosen)].iter_rows():
        places.append((chosen.index(row), (path, line, offset)))
        if reason[0] is not None:
            places.append((chosen.index(row), (reason[0], reason[1], reason[2])))
    kept = {place for _, place in sorted(places, key=lambda item: item[0])[:most]}
    return [place for place in dict.fromkeys(place for _, place in places) if place in kept]


def read_evidence(classified: pl.LazyFrame, places: Sequence[Place]) -> dict[Place, Evidence]:
    """The text of those lines, as the log has it after redaction."""
    return {
        (path, line, offset): Evidence(path, line, offset, text or "")
        for path, line, offset, text in at_places(classified, places, ["event.original"]).iter_rows()
    }


def at_places(classified: pl.LazyFrame, places: Sequence[Place], columns: Sequence[str]) -> pl.DataFrame:
    """Out: path, line, offset, then the columns asked for"""
    keys = {"log.file.path": pl.String(), "logscan.line": pl.UInt64(), "log.offset": pl.UInt64()}
    wanted = pl.DataFrame(sorted(set(places)), schema=keys, orient="row")
    found = classified.select("log.file.path", "logscan.line", pl.col("log.offset").fill_null(0), *columns)
    # The line alone rules out nearly all, and with it the texts of a file need not be read.
    near = found.filter(pl.col("logscan.line").is_in(wanted["logscan.line"].unique().implode()))
    return near.join(wanted.lazy(), on=list(keys), how="semi").collect()
