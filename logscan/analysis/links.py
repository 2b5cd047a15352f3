"""Which logs speak of the same requests, though lines share a client or a path alone: told by how often they meet."""

import polars as pl

from logscan.analysis.failures import SECOND
from logscan.analysis.measures import Measures

# Seconds by which the telling lines are moved to see how often strangers would meet; no clock beats at all of them.
_APART = (-211.0, -97.0, -31.0, 43.0, 109.0, 223.0)
_MOST = 50  # logs with bare lines that are tried


def linked_logs(bare: pl.DataFrame, told: pl.DataFrame, measures: Measures, by: str = "client") -> dict[str, str]:
    """Logs whose telling lines nearly always meet a refusal of their client in another log, and not by chance.

    In:    t (microseconds, clocks set), log and `by`; told: lines that know no more than `by` of whom they speak
           by: what they share: `client`, or `target`, the path
    Out:   log -> a name that linked logs share; only logs that are linked
    Law:   the result does not depend on row order
    """
    texts = [pl.col(by).cast(pl.String()).alias("who"), pl.col("log").cast(pl.String())]
    here = bare.drop_nulls(["t", by]).select("t", *texts).sort("t")
    there = told.drop_nulls(["t", by]).select("t", *texts)
    if here.is_empty() or there.is_empty():
        return {}
    sizes = dict(there["log"].value_counts().iter_rows())
    links: list[tuple[str, str]] = []
    logs = here["log"].value_counts().sort("count", "log", descending=[True, False])["log"].to_list()
    for log in logs[:_MOST]:
        part = here.filter(pl.col("log") == log).select("who", "t", met="t")
        chance = [_met(part, there, apart, measures) for apart in _APART]
        for other, (count, different) in sorted(_met(part, there, 0.0, measures).items()):
            if different < measures.link_clients:
                continue
            usual = sum(each.get(other, (0, 0))[0] for each in chance) / len(chance)
            enough = count >= measures.clock_pairs and count >= measures.link_share * sizes[other]
            if other != log and enough and count >= measures.link_lead * usual:
                links.append((log, other))
    return _named(links)


def _met(bare: pl.DataFrame, told: pl.DataFrame, apart: float, measures: Measures) -> dict[str, tuple[int, int]]:
    """Of each log, telling lines with a refusal of the same `who` in reach, each its own, and how many of those."""
    moved = told.with_columns(pl.col("t") + int(apart * SECOND)).sort("t")
    found = moved.join_asof(
        bare,
        on="t",
        by="who",
        strategy="nearest",
        tolerance=int(measures.reason_s * SECOND),
        check_sortedness=False,
    )
    once = found.drop_nulls("met").unique(["log", "who", "met"])
    counted = once.group_by("log").agg(pl.len().alias("lines"), pl.col("who").n_unique().alias("different"))
    return {log: (lines, different) for log, lines, different in counted.iter_rows()}


def _named(links: list[tuple[str, str]]) -> dict[str, str]:
    name: dict[str, str] = {}
    for one, other in links:
        best = min(name.get(one, one), name.get(other, other))
        old = {name.get(one, one), name.get(other, other)}
        name |= {log: best for log, shared in name.items() if shared in old} | {one: best, other: best}
    return name
