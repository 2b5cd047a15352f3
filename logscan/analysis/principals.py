"""Whose failures they are: every failure belongs to the credential, user or client that explains most of them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from logscan.analysis.failures import Columns
from logscan.analysis.measures import Measures
from logscan.analysis.successes import Clients
from logscan.analysis.unit import PRINCIPALS, Rows, Unit

_GROUP = ["cause", "family"]


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
    codes = {name: columns[name].codes[rows].astype(np.int32) for name in (*_GROUP, *PRINCIPALS)}
    somebody = [pl.when(pl.col(name) >= 0).then(name).alias(name) for name in PRINCIPALS]
    chosen = pl.DataFrame({"row": rows, **codes}).with_columns(somebody)
    blind = _proxies(chosen, clients, measures)
    chosen = chosen.with_columns(pl.when(~pl.col("row").is_in(blind.implode())).then("client").alias("client"))
    counts = [
        pl.when(pl.col(name).is_not_null()).then(pl.len().over([*_GROUP, name])).otherwise(0).alias(f"n_{name}")
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
    return _split(owned.select("row", *_GROUP, "level", value.alias("value")), columns, measures)


def _split(owned: pl.DataFrame, columns: Columns, measures: Measures) -> Split:
    """In: owned: row, cause, family, level and value (codes) of whom each failure belongs to"""
    whose = [*_GROUP, "level", "value"]
    parts = owned.group_by(whose).agg(n=pl.len())
    # As Unit.order has it, so that a head is a head of the units; codes are in the order of the texts.
    parts = parts.sort("n", *_GROUP, "level", "value", descending=[True, *[False] * 4], nulls_last=False)
    # Each that outweighs the rest leaves at most this share of it, so that few can, one after the other.
    leaves = 1 - min(measures.dominant_share, 0.9)
    dominant = int(-np.log(owned.height) / np.log(leaves)) + 2
    most_units = measures.principals + measures.named_principals + measures.few_principals + dominant
    head = (pl.int_range(pl.len()).over(_GROUP) < most_units) | pl.col("value").is_null()
    texts = {name: columns[name].texts for name in (*_GROUP, *PRINCIPALS)}
    listed, others = parts.filter(head).with_row_index("at"), parts.filter(~head)
    placed = owned.join(listed, on=whose, how="left", nulls_equal=True).sort("row")
    heads = {int(str(at)): part for (at,), part in placed.drop_nulls("at").partition_by("at", as_dict=True).items()}
    units = [
        Unit(
            texts["cause"][cause],
            texts["family"][family],
            heads[at]["row"].to_numpy(),
            level,
            (texts[level][who],) if who is not None else (),
        )
        for at, cause, family, level, who, _ in listed.iter_rows()
    ]
    many = {(cause, family): n for cause, family, n in others.group_by(_GROUP).agg(pl.len()).iter_rows()}
    left = placed.filter(pl.col("at").is_null()).partition_by(_GROUP, as_dict=True)
    tails = {
        (texts["cause"][int(str(cause))], texts["family"][int(str(family))]): Tail(
            part["row"].to_numpy(), many[cause, family]
        )
        for (cause, family), part in left.items()
    }
    return Split(sorted(units, key=lambda unit: unit.order), tails)


def _proxies(chosen: pl.DataFrame, clients: Clients, measures: Measures) -> pl.Series:
    """Rows whose client is a proxy in between: it carries nearly all failures of several users, yet often succeeds."""
    per_client = chosen.drop_nulls("client").group_by(*_GROUP, "client").agg(n=pl.len())
    totals = chosen.group_by(_GROUP).agg(
        total=pl.len(), names=pl.max_horizontal(pl.col("user").n_unique(), pl.col("credential").n_unique())
    )
    heavy = per_client.join(totals, on=_GROUP).filter(
        (pl.col("n") >= measures.concentration_share * pl.col("total")) & (pl.col("names") > 1)
    )
    share = clients.protected_ok / np.maximum(clients.asked, 1)
    passing = np.flatnonzero((clients.asked > 0) & (share >= measures.proxy_ok_share))
    found = heavy.filter(pl.col("client").is_in(pl.Series(passing).implode()))
    return chosen.join(found, on=[*_GROUP, "client"], how="semi")["row"]


def busiest(units: Sequence[Unit], most: int) -> tuple[list[Unit], list[Unit]]:
    """Those that are measured one by one, and the rest."""
    ordered = sorted(units, key=lambda unit: unit.order)
    return ordered[:most], ordered[most:]
