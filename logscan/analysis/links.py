"""Which logs speak of the same requests, though lines share a client or a path alone: told by how often they meet."""

import polars as pl

from logscan.analysis.failures import SECOND
from logscan.analysis.measures import Measures

# Seconds by which the telling lines are moved to see how often strangers would meet; no clock beats at all of them.
_APART = (-211.0, -97.0, -31.0, 43.0, 109.0, 223.0)
_MOST = 50  # logs with bare lines that are tried


def linked_logs(bare: pl.DataFrame, told: pl.DataFrame, measures: Measures, by: str = "client") -> dict[str, str]:
    """Logs whose telling lines nearly always meet a refusal of their client in another log, and not by chance.

    In:    t (microseconds, clocks set), log and `by`; told: also cause; lines that know no more than `by` of whom they
           speak
           by: what they share: `client`, or `target`, the path
    Out:   log -> a name that linked logs share; only logs that are linked
    Law:   lines of a cause that hardly ever meets a refusal do not count, as long as most of the log does: what is
           answered otherwise, by 403, is no bare failure; the result does not depend on row order
    """
    texts = [pl.col(by).cast(pl.String()).alias("who"), pl.col("log").cast(pl.String())]
    here = bare.drop_nulls(["t", by]).select("t", *texts).sort("t")
    there = told.drop_nulls(["t", by]).select("t", *texts, pl.col("cause").cast(pl.String()))
    if here.is_empty() or there.is_empty():
        return {}
    links: list[tuple[str, str]] = []
    logs = here["log"].value_counts().sort("count", "log", descending=[True, False])["log"].to_list()
    for log in logs[:_MOST]:
        part = here.filter(pl.col("log") == log).select("who", "t", met="t")
        asked = _asked(part, there, measures)
        sizes = dict(asked["log"].value_counts().iter_rows())
        chance = [_met(part, asked, apart, measures) for apart in _APART]
        for other, (count, different) in sorted(_met(part, asked, 0.0, measures).items()):
            if different < measures.link_clients:
                continue
            usual = sum(each.get(other, (0, 0))[0] for each in chance) / len(chance)
            enough = count >= measures.clock_pairs and count >= measures.link_share * sizes[other]
            if other != log and enough and count >= measures.link_lead * usual:
                links.append((log, other))
    return _named(links)


def _asked(bare: pl.DataFrame, told: pl.DataFrame, measures: Measures) -> pl.DataFrame:
    """Telling lines without those of causes that meet hardly any refusal, unless little of their log is left."""
    near = _near(bare, told, 0.0, measures).with_columns(met=pl.col("met").is_not_null())
    here = pl.col("met").mean().over("log", "cause") >= measures.link_met_share
    left = here.mean().over("log") >= measures.clock_share
    return near.filter(here | ~left)


def _near(bare: pl.DataFrame, told: pl.DataFrame, apart: float, measures: Measures) -> pl.DataFrame:
    """Each telling line with the refusal of the same `who` that is nearest to it, once moved."""
    moved = told.drop("met", strict=False).with_columns(pl.col("t") + int(apart * SECOND)).sort("t")
    return moved.join_asof(
        bare,
        on="t",
        by="who",
        strategy="nearest",
        tolerance=int(measures.reason_s * SECOND),
        check_sortedness=False,
    )


def _met(bare: pl.DataFrame, told: pl.DataFrame, apart: float, measures: Measures) -> dict[str, tuple[int, int]]:
    """Of each log, telling lines with a refusal of the same `who` in reach, each its own, and how many of those."""
    found = _near(bare, told, apart, measures)
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
