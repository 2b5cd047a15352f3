"""Lines without a time: whose reason is told by which line, and which time may be assumed for them."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from logscan.analysis.failures import SECOND
from logscan.analysis.measures import Measures
from logscan.analysis.pairing import KNOWN, PAIRS, agree
from logscan.analysis.ties import BY_PATH, BY_ROUTE, Found

_KEYS = (
    (BY_ROUTE, ("client", "target")),
    (BY_PATH, ("named",)),
    *((BY_PATH, ("target", place)) for place in ("log", "service", "pod")),
)


def pair_untimed(bare: pl.DataFrame, told: pl.DataFrame, measures: Measures) -> Found:
    """Pair bare lines without a time with those that tell of the same client and path, or path.

    In:  see `with_ties`; bare: without a time
    Law: where both logs have as many, one after the other; else only where one cause is told, and lines beyond the
         number of telling ones share the last; a path alone ties only what few lines name
    """
    pairs: list[tuple[int, int, str]] = []
    doubted: dict[int, tuple[str, ...]] = {}
    for name, by in _KEYS:
        done = [row for row, *_ in pairs] + list(doubted)
        here = bare.drop_nulls(by).filter(~pl.col("row").is_in(done)).sort("path", "offset", "line", "row")
        there = told.drop_nulls(by).sort("t", "path", "offset", "line", "row", nulls_last=True)
        if name == BY_PATH:
            here, there = (f.filter(pl.len().over(by) <= measures.id_lines) for f in (here, there))
        tolds = _grouped(there.join(here.select(by).unique(), on=by, how="semi"), by)
        for key, lines in _grouped(here.join(there.select(by).unique(), on=by, how="semi"), by).items():
            for slot in _by_log(lines).values():
                found, several = _aligned(slot, tolds.get(key, []))
                pairs += [(row, of, name) for row, of in found]
                doubted |= several
    return Found(pl.DataFrame(pairs, schema={**PAIRS, "joined": pl.String()}, orient="row"), doubted)


def _grouped(frame: pl.DataFrame, by: Sequence[str]) -> dict[tuple[Any, ...], list[dict[str, Any]]]:
    texts = [pl.col(name).cast(pl.String()) for name in ("cause", "log", *KNOWN) if name not in {"target", "status"}]
    key = pl.concat_list(pl.col(name).cast(pl.String()) for name in by).alias("key")
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in frame.select(key, "row", "target", "status", *texts).iter_rows(named=True):
        found.setdefault(tuple(row["key"]), []).append(row)
    return found


def _by_log(lines: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        found.setdefault(line["log"], []).append(line)
    return found


def _aligned(
    bare: list[dict[str, Any]], told: list[dict[str, Any]]
) -> tuple[list[tuple[int, int]], dict[int, tuple[str, ...]]]:
    """In: lines of one log, and those that may tell of them, each in their order"""
    may = [line for line in told if any(_may_be(each, line) for each in bare)]
    if not may:
        return [], {}
    logs = _by_log(may)
    best = logs[min(logs, key=lambda log: (abs(len(logs[log]) - len(bare)), log))]
    causes = tuple(sorted({line["cause"] for line in may}))
    whole = len(best) == len(bare) and all(_may_be(*both) for both in zip(bare, best, strict=True))
    if not whole and len(causes) > 1:
        return [], {line["row"]: causes for line in bare}
    last = len(best) - 1
    return [
        (line["row"], best[min(at, last)]["row"]) for at, line in enumerate(bare) if _may_be(line, best[min(at, last)])
    ], {}


def _may_be(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return agree([one[name] for name in KNOWN], [other[name] for name in KNOWN])


def with_assumed_times(failures: pl.DataFrame, pairs: pl.DataFrame, measures: Measures) -> pl.DataFrame:
    """Give lines without a time that of the line that tells their reason, or one between those around them.

    In:  failures; pairs: row, told, and log and request of the row
    Out: + assumed: what the time was taken from: `told`, `around`; null where the line has a time, or none is known
    Law: each telling line gives its time to one line of a log; between two failures of a file only where they lie
         `neighbour_s` apart at most, and then that of the upper one
    """
    if not failures["t"].null_count():
        return failures.with_columns(pl.lit(None, pl.String()).alias("assumed"))
    times = failures.select(told="row", then="t")
    first = (
        pairs.sort("row").unique(["told", "log", "request"], keep="first", maintain_order=True).join(times, on="told")
    )
    joined = failures.join(first.select("row", "then"), on="row", how="left", maintain_order="left")
    told = joined.with_columns(
        pl.coalesce("t", "then").alias("t"),
        pl.when(pl.col("t").is_null() & pl.col("then").is_not_null()).then(pl.lit("told")).alias("assumed"),
    ).drop("then")
    placed = told.sort("path", "offset", "line", "row").with_columns(
        pl.col("t").forward_fill().over("path").alias("above"), pl.col("t").backward_fill().over("path").alias("below")
    )
    apart = pl.col("below") - pl.col("above")
    between = pl.col("t").is_null() & (apart >= 0) & (apart <= round(measures.neighbour_s * SECOND))
    return (
        placed.with_columns(
            pl.when(between).then("above").otherwise("t").alias("t"),
            pl.when(between).then(pl.lit("around")).otherwise("assumed").alias("assumed"),
        )
        .drop("above", "below")
        .sort("row")
    )
