"""Whose failures they are: every failure belongs to the credential, user or client that explains most of them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from logscan.analysis.failures import Columns
from logscan.analysis.judgement import Measures
from logscan.analysis.successes import Clients
from logscan.analysis.unit import PRINCIPALS, Rows, Unit


class Tail(NamedTuple):
    """The principals of one cause and family that are not worth a unit each: their rows, ascending, and their number.

    Law: too many to be named, and too little each to stay apart from the others
    """

    rows: Rows
    principals: int


class Split(NamedTuple):
    """units: in their order; tails: by cause and family."""

    units: list[Unit]
    tails: Mapping[tuple[str, str], Tail]


def split_by_principal(columns: Columns, rows: Rows, clients: Clients, measures: Measures) -> Split:
    """One unit per cause, family and principal, as far as they can matter one by one.

    In:  rows: those failures that are to be split
    Out: units with level credential, user or client, or with level `all` and no value for failures without a principal
    Law: every row is in exactly one unit or tail. Of its credential, user and client, the one with the most failures
         of the cause owns a failure; ties go to the smaller scope. So one guesser with many names is one client, and
         one name tried from many places is one user
    """
    if rows.size == 0:
        return Split([], {})
    group = ["cause", "family"]
    codes = {name: columns[name].codes[rows].astype(np.int32) for name in (*group, *PRINCIPALS)}
    somebody = [pl.when(pl.col(name) >= 0).then(name).alias(name) for name in PRINCIPALS]
    chosen = pl.DataFrame({"row": rows, **codes}).with_columns(somebody)
    blind = _proxies(chosen, clients, measures)
    chosen = chosen.with_columns(pl.when(~pl.col("row").is_in(blind.implode())).then("client").alias("client"))
    counts = [
        pl.when(pl.col(name).is_not_null()).then(pl.len().over([*group, name])).otherwise(0).alias(f"n_{name}")
        for name in PRINCIPALS
    ]
    counted = chosen.with_columns(counts)
    most = pl.max_horizontal(f"n_{name}" for name in PRINCIPALS)
    owner = pl.lit("all")
    for name in reversed(PRINCIPALS):
        owner = pl.when((most > 0) & (pl.col(f"n_{name}") == most)).then(pl.lit(name)).otherwise(owner)
    value = pl.lit(None, pl.Int32())
    owned = counted.with_columns(owner.alias("level"))
    for name in PRINCIPALS:
        value = pl.when(pl.col("level") == name).then(name).otherwise(value)
    parts = owned.with_columns(value.alias("value")).group_by(*group, "level", "value").agg("row", n=pl.len())
    # As Unit.order has it, so that a head is a head of the units; codes are in the order of the texts.
    parts = parts.sort("n", *group, "level", "value", descending=[True, *[False] * 4], nulls_last=False)
    # Each that outweighs the rest leaves at most this share of it, so that few can, one after the other.
    leaves = 1 - min(measures.dominant_share, 0.9)
    dominant = int(-np.log(rows.size) / np.log(leaves)) + 2
    listed = measures.principals + measures.named_principals + measures.few_principals + dominant
    head = (pl.int_range(pl.len()).over(group) < listed) | pl.col("value").is_null()
    texts = {name: columns[name].texts for name in (*group, *PRINCIPALS)}
    units = [
        Unit(
            texts["cause"][cause],
            texts["family"][family],
            np.sort(np.array(found, dtype=np.int64)),
            level,
            (texts[level][at],) if at is not None else (),
        )
        for cause, family, level, at, found, _ in parts.filter(head).iter_rows()
    ]
    tails = {
        (texts["cause"][int(str(cause))], texts["family"][int(str(family))]): Tail(
            np.sort(part["row"].explode().cast(pl.Int64).to_numpy()), part.height
        )
        for (cause, family), part in parts.filter(~head).partition_by(group, as_dict=True).items()
    }
    return Split(sorted(units, key=lambda unit: unit.order), tails)


def _proxies(chosen: pl.DataFrame, clients: Clients, measures: Measures) -> pl.Series:
    """Rows whose client is a proxy in between: it carries nearly all failures of several users, yet often succeeds."""
    group = ["cause", "family"]
    per_client = chosen.drop_nulls("client").group_by(*group, "client").agg(n=pl.len())
    totals = chosen.group_by(group).agg(
        total=pl.len(), names=pl.max_horizontal(pl.col("user").n_unique(), pl.col("credential").n_unique())
    )
    heavy = per_client.join(totals, on=group).filter(
        (pl.col("n") >= measures.concentration_share * pl.col("total")) & (pl.col("names") > 1)
    )
    share = clients.protected_ok / np.maximum(clients.asked, 1)
    passing = np.flatnonzero((clients.asked > 0) & (share >= measures.proxy_ok_share))
    found = heavy.filter(pl.col("client").is_in(pl.Series(passing).implode()))
    return chosen.join(found, on=[*group, "client"], how="semi")["row"]


def busiest(units: Sequence[Unit], most: int) -> tuple[list[Unit], list[Unit]]:
    """Those that are measured one by one, and the rest."""
    ordered = sorted(units, key=lambda unit: unit.order)
    return ordered[:most], ordered[most:]
