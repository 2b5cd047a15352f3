"""Bare failures that are a normal part of the protocol: each is answered at once, and then it is no failure."""

from collections.abc import Sequence

import polars as pl

from logscan.analysis.activity import Activity
from logscan.analysis.failures import LISTED, SECOND, as_places
from logscan.analysis.series import SERIES
from logscan.model.taxonomy import UNCLASSIFIED
from logscan.rules.load import Rule, match

_KEYS = ["client_id", "options"]
_AT_ONCE = 250_000  # failures whose clients are looked at together: as many rows of measures there may be


def name_benign(failures: pl.DataFrame, activity: Activity, rules: Sequence[Rule], *, pair_s: float) -> pl.DataFrame:
    """Give bare failures the benign cause that a signature sees in their client's behaviour.

    In:    failures; rules: signatures of benign causes, best first
    Out:   the same rows and order; cause, confidence, alternatives and rules set where one matched
    Law:   asked of every client alone (OPTIONS apart), then of all clients together whose every failure was answered
    Units: pair_s seconds between a failure and its answer
    """
    bare = failures.filter(pl.col("cause") == UNCLASSIFIED).select(
        *("row", "t", "client_id", "endpoint_id"),
        (pl.col("method") == "OPTIONS").fill_null(value=False).alias("options"),
    )
    if bare.is_empty() or not rules:
        return failures
    answers, successes = activity.answered(bare, pair_s)
    answered = bare.join(answers, on="row", how="left")
    chosen, rest = _each_alone(answered, successes, rules)
    together = answered.join(rest, on=_KEYS, how="semi")
    if rest.height > 1:
        theirs = successes.join(rest, on="client_id", how="semi").with_columns(pool=pl.lit(0))
        pooled = challenge_rows(together.with_columns(pool=pl.lit(0)), theirs, ["pool"])
        apart = [pl.lit(None, pl.Float64()).alias(name) for name in ("gap_median_s", "gap_cv", "gap_floor")]
        found = _chosen(pooled.with_columns(pl.lit(rest.height, pl.UInt64()).alias("members"), *apart), rules)
        if found.height:
            chosen = pl.concat([chosen, rest.with_columns(pl.lit(found["winner"][0], pl.UInt32()).alias("winner"))])
    if chosen.is_empty():
        return failures
    return _renamed(failures, bare.join(chosen, on=_KEYS, how="inner").select("row", "winner"), rules)


def _each_alone(
    answered: pl.DataFrame, successes: pl.DataFrame, rules: Sequence[Rule]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The keys of clients that a rule matches, with its place; and of the others whose every failure was answered."""
    chosen, rest = [], []
    parts = -(-answered.height // _AT_ONCE)
    for at in range(parts):
        mine = pl.col("client_id") % parts == at
        alone = challenge_rows(answered.filter(mine), successes.filter(mine), _KEYS)
        chosen.append(_chosen(alone, rules))
        others = alone.filter(pl.col("paired_share") == 1).select(_KEYS)
        rest.append(others.join(chosen[-1], on=_KEYS, how="anti"))
    return pl.concat(chosen), pl.concat(rest)


def challenge_rows(answered: pl.DataFrame, successes: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """The keys, and the columns of SERIES that tell a challenge from a failure.

    In:  answered: failures with `answer` (microseconds, null when none came in time); successes: client_id, ok
    Law: several failures before one answer are one episode
    """
    known = pl.col("client_id") != 0
    episodes = answered.with_columns(pl.coalesce("answer", "t").alias("at")).drop_nulls("at")
    gaps = (
        episodes.unique([*keys, "at"])
        .sort(*keys, "at")
        .group_by(keys)
        .agg(
            gap=(pl.col("at").diff().drop_nulls() / SECOND),
            episodes=pl.len().cast(pl.UInt64()),
        )
        .with_columns(
            gap_median_s=pl.col("gap").list.median(),
            gap_cv=pl.col("gap").list.std(ddof=0) / pl.col("gap").list.mean(),
            gap_floor=pl.col("gap").list.min() / pl.col("gap").list.median(),
        )
        .drop("gap")
    )
    counted = answered.group_by(keys).agg(
        events=pl.len().cast(pl.UInt64()),
        clients=pl.col("client_id").filter(known).n_unique().cast(pl.UInt64()),
        endpoints=pl.col("endpoint_id").n_unique().cast(pl.UInt64()),
        options_share=pl.col("options").mean(),
        paired=pl.col("answer").is_not_null().sum(),
        answers=pl.struct("client_id", "endpoint_id", "answer").filter(pl.col("answer").is_not_null()).n_unique(),
        nobody=(~known).all(),
    )
    asked = successes.group_by([key for key in keys if key in successes.columns]).agg(pl.col("ok").sum())
    measured = (
        counted.join(gaps, on=keys, how="left", nulls_equal=True)
        .join(asked, on=[key for key in keys if key in asked.columns], how="left")
        .with_columns(
            pl.lit(UNCLASSIFIED).alias("cause"),
            members=pl.lit(1, pl.UInt64()),
            paired_share=pl.when(~pl.col("nobody")).then(pl.col("paired") / pl.col("events")),
            fresh_share=pl.when(pl.col("ok") > 0).then(pl.col("answers") / pl.col("ok")),
            tries_per_ok=pl.when(pl.col("answers") > 0).then(pl.col("paired") / pl.col("answers")),
        )
        .sort(keys)
    )
    return measured.select(*keys, *(pl.col(name).cast(SERIES[name]) for name in SERIES if name in measured.columns))


def _chosen(rows: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    """The keys of those rows that a rule matches, and the place of the best one."""
    keys = [name for name in rows.columns if name not in SERIES]
    found = match(rows, rules)
    winner = pl.coalesce(pl.when(pl.col(rule.name)).then(pl.lit(at, pl.UInt32())) for at, rule in enumerate(rules))
    return rows.select(keys).with_columns(found.select(winner.alias("winner")).to_series()).drop_nulls("winner")


def _renamed(failures: pl.DataFrame, named: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    """In: named: row, winner (place of the rule that names its cause)"""
    meaning = pl.DataFrame(
        {
            "winner": list(range(len(rules))),
            "cause": [rule.names for rule in rules],
            "confidence": [rule.meaning["confidence"] for rule in rules],
            "alternatives": [LISTED.join(rule.meaning.get("alternatives") or ()) for rule in rules],
            "rules": [rule.name for rule in rules],
        },
        schema={
            "winner": pl.UInt32(),
            "cause": pl.String(),
            "confidence": pl.String(),
            "alternatives": pl.String(),
            "rules": pl.String(),
        },
    )
    winners = failures.select("row").join(named, on="row", how="left", maintain_order="left")["winner"]
    for name in ("cause", "confidence", "alternatives", "rules"):
        was = pl.DataFrame({"winner": winners, "was": failures[name]})
        # Few different ones, each said anew once; not once for every failure.
        new = was.unique().join(meaning.select("winner", new=name), on="winner", how="left")
        new = new.with_columns(pl.col("was").cast(pl.String()).alias("text"))
        both = pl.concat_str("new", "text", separator=LISTED) if name == "rules" else pl.col("new")
        new = new.with_columns(as_places(new.select(pl.coalesce(both, "new", "text")).to_series()).alias(name))
        found = was.join(new, on=["winner", "was"], how="left", nulls_equal=True, maintain_order="left")
        failures = failures.with_columns(found[name])
    return failures
