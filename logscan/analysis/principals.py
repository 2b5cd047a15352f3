"""Whose failures they are: every failure belongs to the credential, user or client that explains most of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from logscan.analysis.judgement import Measures
from logscan.analysis.unit import PRINCIPALS, Rows, Unit


def split_by_principal(
    failures: pl.DataFrame, rows: Rows, clients: Mapping[int, Mapping[str, Any]], measures: Measures
) -> list[Unit]:
    """One unit per cause, family and principal.

    In:  rows: those failures that are to be split
    Out: units with level credential, user or client, or with level `all` and no value for failures without a principal
    Law: every row is in exactly one unit. Of its credential, user and client, the one with the most failures of the
         cause owns a failure; ties go to the smaller scope. So one guesser with many names is one client, and one name
         tried from many places is one user
    """
    if rows.size == 0:
        return []
    group = ["cause", "family"]
    chosen = failures[rows].select("row", *group, *PRINCIPALS, "client_id")
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
    value = pl.lit(None, pl.String())
    owned = counted.with_columns(owner.alias("level"))
    for name in PRINCIPALS:
        value = pl.when(pl.col("level") == name).then(name).otherwise(value)
    parts = owned.with_columns(value.alias("value")).group_by(*group, "level", "value").agg(pl.col("row").sort())
    units = [
        Unit(cause, family, np.array(found, dtype=np.int64), level, (text,) if text is not None else ())
        for cause, family, level, text, found in parts.iter_rows()
    ]
    return sorted(units, key=lambda unit: unit.order)


def _proxies(chosen: pl.DataFrame, clients: Mapping[int, Mapping[str, Any]], measures: Measures) -> pl.Series:
    """Rows whose client is a proxy in between: it carries nearly all failures of several users, yet often succeeds."""
    group = ["cause", "family"]
    per_client = chosen.filter(pl.col("client_id") != 0).group_by(*group, "client_id").agg(n=pl.len())
    totals = chosen.group_by(group).agg(
        total=pl.len(), names=pl.max_horizontal(pl.col("user").n_unique(), pl.col("credential").n_unique())
    )
    heavy = per_client.join(totals, on=group).filter(
        (pl.col("n") >= measures.concentration_share * pl.col("total")) & (pl.col("names") > 1)
    )
    passing = [
        client for client in heavy["client_id"].to_list() if _ok_share(clients.get(client)) >= measures.proxy_ok_share
    ]
    found = heavy.filter(pl.col("client_id").is_in(passing))
    return chosen.join(found, on=[*group, "client_id"], how="semi")["row"]


def _ok_share(client: Mapping[str, Any] | None) -> float:
    return client["protected_ok"] / client["asked"] if client and client["asked"] else 0.0


def busiest(units: Sequence[Unit], most: int) -> tuple[list[Unit], list[Unit]]:
    """Those that are measured one by one, and the rest."""
    ordered = sorted(units, key=lambda unit: unit.order)
    return ordered[:most], ordered[most:]
