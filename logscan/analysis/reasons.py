"""A bare failure and the line elsewhere that says why are one event: the reason is carried over, and counted once."""

from typing import NamedTuple

import polars as pl

from logscan.analysis.clocks import clock_offsets, shifts
from logscan.analysis.failures import LISTED, SECOND, as_places
from logscan.analysis.measures import Measures
from logscan.analysis.pairing import Paired, pair
from logscan.analysis.ties import BY_CLIENT, BY_PROGRAM, Found, tied, with_ties
from logscan.analysis.untimed import pair_untimed, with_assumed_times
from logscan.model.finding import ClockOffset
from logscan.model.taxonomy import UNCLASSIFIED

_CARRIED = ("cause", "confidence", "rules", "alternatives")
_ADDED = ("user", "credential", "expired_s", "skew_s", "lifetime_s", "expires", "token")
_CAPPED = (BY_CLIENT, BY_PROGRAM)  # another request may have been meant: never more than medium confidence
_BARE = (pl.col("cause") == UNCLASSIFIED) | (pl.col("confidence") == "low")


class Joined(NamedTuple):
    """failures: see `with_reasons`. clocks: how far apart those of logs are, where pairs of lines tell. lines: every
    failure that has something from another line, also those that `failures` lacks."""

    failures: pl.DataFrame
    clocks: tuple[ClockOffset, ...] = ()
    lines: pl.DataFrame = pl.DataFrame()


def with_reasons(failures: pl.DataFrame, measures: Measures) -> Joined:
    """Give bare failures the cause that another line names for the same request.

    In:  failures (see `read_failures`)
    Out: the same, without the lines whose reason was carried over, and of bare lines of one request only those of one
         log; those that took a reason have its cause, confidence, rules and alternatives, `reason_path`, `reason_line`
         and `reason_offset` of the line that named it, and in `joined` by what (see `ties`); in `assumed` where the
         time of a line without one was taken from (see `with_assumed_times`)
    Law: a line that names a cause with high or medium confidence keeps it; no line is made; where lines in reach name
         different causes none is taken, `doubted` is true, and the alternatives name them; lines of different services
         are joined by ids only; the result does not depend on row order
    """
    failures = failures.with_columns(
        *(pl.lit(None, failures[name].dtype).alias(f"reason_{name}") for name in ("path", "line", "offset")),
        pl.lit(None, pl.String()).alias("joined"),
        pl.lit(value=False).alias("doubted"),
        pl.lit(None, pl.String()).alias("assumed"),
    )
    if failures.is_empty() or not _may_be_told(failures):
        return Joined(failures.drop("ids", "piece", "host", "target"), lines=failures.clear())
    # A rule that is not sure of a bare status line is no reason against one that was written about the request.
    lines = with_ties(failures).with_columns(_BARE.alias("bare"))
    told, bare = lines.filter(~pl.col("bare")), lines.filter("bare")
    by_id, alike = _by_id(bare, told, measures)
    clocks = clock_offsets(lines, alike, measures)
    bare, told = (_set(frame, shifts(clocks, dict(lines["clock"].cast(pl.String()).value_counts().iter_rows())))
                  for frame in (bare, told))  # fmt: skip
    found = tied(bare, told, by_id, measures)
    late = _without_time(bare.join(found.pairs, on="row", how="anti"), told, measures)
    found = Found(pl.concat([found.pairs, late.pairs]), found.doubted | late.doubted)
    slots = _slots(found.pairs, bare)
    timed = with_assumed_times(failures.drop("joined", "assumed"), slots, measures)
    carried = _carried(timed.filter(_BARE).join(found.pairs, on="row", how="left"), timed, found.doubted)
    absorbed = _absorbed(carried.filter(pl.col("told").is_not_null()), told, round(measures.reason_s * SECOND))
    kept = carried.join(_twice(slots), on="row", how="anti")
    rest = (
        timed.filter(~_BARE)
        .join(absorbed, on="row", how="anti")
        .with_columns(pl.lit(None, pl.String()).alias("joined"))
    )
    columns = [name for name in failures.columns if name not in ("row", "ids", "piece", "host", "target")]
    texts = [pl.col(name).cast(pl.String()) for name in ("confidence", "alternatives")]
    both = pl.concat([kept.select(columns).with_columns(texts), rest.select(columns).with_columns(texts)])
    both = both.with_columns(as_places(both[name]) for name in ("confidence", "alternatives"))
    ordered = both.sort("t", "path", "line", "offset", nulls_last=True).with_row_index("row")
    failed = ordered.select("row", *columns)
    given = pl.concat([carried.select(columns).with_columns(texts), rest.select(columns).with_columns(texts)])
    has = pl.col("joined").is_not_null() | pl.col("doubted") | pl.col("assumed").is_not_null()
    return Joined(failed, clocks, given.filter(has))


def _may_be_told(failures: pl.DataFrame) -> bool:
    """Lines of requests in one log tell nothing of each other."""
    plain = failures["status"].is_null().any() or failures["client"].is_null().any() or failures["t"].null_count()
    named = failures.select((~_BARE).any() & _BARE.any()).item()
    return bool(plain or named or failures["path"].n_unique() > 1)


def _without_time(left: pl.DataFrame, told: pl.DataFrame, measures: Measures) -> Found:
    """By what names a cause for sure; then by what guesses one from more than a status."""
    untimed = left.filter(pl.col("t").is_null())
    sure = pair_untimed(untimed, told, measures)
    guesses = left.filter((pl.col("cause") != UNCLASSIFIED) & ~pl.col("request"))
    rest = untimed.filter(pl.col("cause") == UNCLASSIFIED).join(sure.pairs, on="row", how="anti")
    more = pair_untimed(rest.filter(~pl.col("row").is_in(list(sure.doubted))), guesses, measures)
    return Found(pl.concat([sure.pairs, more.pairs]), sure.doubted | more.doubted)


def _slots(pairs: pl.DataFrame, bare: pl.DataFrame) -> pl.DataFrame:
    """row, told, log, request: what took a reason, and bare lines that gave one as having it from themselves."""
    own = (
        pairs.select("told")
        .unique()
        .join(bare, left_on="told", right_on="row", how="semi")
        .select(row="told", told="told")
    )
    both = pl.concat([pairs.select("row", "told"), own])
    return both.join(bare.select("row", "log", "request"), on="row", how="left")


def _twice(slots: pl.DataFrame) -> pl.DataFrame:
    """Bare lines that tell once more of a request of which a better one tells: that of an access log, if any."""
    size = slots.with_columns(pl.len().over("told", "log", "request").alias("n"), pl.col("log").cast(pl.String()))
    best = size.sort("told", "request", "n", "log", descending=[False, True, True, False]).unique(
        "told", keep="first", maintain_order=True
    )
    return size.join(best, on=["told", "log", "request"], how="anti").select("row")


def _by_id(bare: pl.DataFrame, told: pl.DataFrame, measures: Measures) -> tuple[Paired, pl.DataFrame]:
    """Pairs that share an id, whatever their times; and how far apart their times are, for the clocks.

    Law: an id that many lines carry (a session, a long trace) pairs only what is near in time
    """
    here, there = (frame.explode("ids").drop_nulls("ids").rename({"ids": "id"}) for frame in (bare, told))
    count = pl.concat([here.select("id"), there.select("id")]).group_by("id").len("lines")
    here, there = (frame.join(count, on="id", how="inner") for frame in (here, there))
    few = pl.col("lines") <= measures.id_lines
    single = pl.col("cause").n_unique().over("id") == 1
    request = pl.col("status").is_not_null() & pl.col("client").is_not_null()
    one = here.filter(few).select("id", "row", "t", "clock", "log", request.alias("request"))
    other = there.filter(few).select(
        "id",
        "cause",
        single.alias("single"),
        told="row",
        there="t",
        there_clock="clock",
        there_log="log",
        asks=request,
    )
    both = one.join(other, on="id", how="inner").filter(
        (pl.col("log") != pl.col("there_log")) | ~pl.col("request") | ~pl.col("asks")
    )
    ahead = pl.col("there") - pl.col("t")
    ranked = both.filter("single").sort("row", ahead.abs(), "told", nulls_last=True)
    agreed = ranked.filter(pl.col("cause").n_unique().over("row") == 1)
    pairs = agreed.unique("row", keep="first", maintain_order=True).select("row", "told")
    told_apart = both.join(pairs, on="row", how="anti")
    doubted = _causes(told_apart.filter(pl.col("cause").n_unique().over("row") > 1))
    crowded = pair(
        here.filter(~few).join(pairs, on="row", how="anti"),
        there.filter(~few),
        ["id"],
        int(measures.reason_s * SECOND),
        crowd=False,
    )
    alike = agreed.unique("row", keep="first", maintain_order=True).filter(pl.col("clock") != pl.col("there_clock"))
    alike = alike.drop_nulls(["t", "there"]).select(
        pl.col("clock").alias("one"), pl.col("there_clock").alias("other"), ahead.alias("ahead"), pl.col("told").hash(0)
    )
    more = crowded.pairs.unique("row", keep="first", maintain_order=True)
    return Paired(pl.concat([pairs, more]).unique("row", keep="first", maintain_order=True), doubted), alike


def _causes(lines: pl.DataFrame) -> dict[int, tuple[str, ...]]:
    found = lines.group_by("row").agg(pl.col("cause").cast(pl.String()).unique().sort())
    return {row: tuple(causes) for row, causes in found.iter_rows()}


def _set(lines: pl.DataFrame, shift: dict[str, float]) -> pl.DataFrame:
    """The times as the clocks show them that the others were set to."""
    if not shift:
        return lines
    by = pl.col("clock").cast(pl.String()).replace_strict(shift, default=0.0, return_dtype=pl.Float64())
    return lines.with_columns((pl.col("t") + (by * SECOND).round().cast(pl.Int64)).alias("t"))


def _carried(bare: pl.DataFrame, lines: pl.DataFrame, doubted: dict[int, tuple[str, ...]]) -> pl.DataFrame:
    names = {name: f"told_{name}" for name in (*_CARRIED, "path", "line", "offset", *_ADDED)}
    both = bare.join(lines.select(told="row", **{new: old for old, new in names.items()}), on="told", how="left")
    found = pl.col("told").is_not_null()
    carried = {name: pl.when(found).then(names[name]).otherwise(name) for name in _CARRIED}
    sure = (pl.col("told_confidence") == "high") & pl.col("joined").is_in(_CAPPED)
    carried["confidence"] = pl.when(sure).then(pl.lit("medium")).otherwise(carried["confidence"].cast(pl.String()))
    several = pl.Series("told_apart", [LISTED.join(doubted.get(row, ())) for row in both["row"].to_list()], pl.String())
    both = both.with_columns(
        **carried,
        # What one line knows of the caller and the other does not belongs to the event.
        **{name: pl.coalesce(name, names[name]) for name in _ADDED},
        reason_path=pl.col("told_path"),
        reason_line=pl.col("told_line"),
        reason_offset=pl.col("told_offset"),
        doubted=several != "",
    )
    return both.with_columns(_with(both["alternatives"], several)).sort("row")


def _with(alternatives: pl.Series, several: pl.Series) -> pl.Series:
    known = alternatives.cast(pl.String())
    at = (several != "").arg_true()
    texts = [
        LISTED.join(dict.fromkeys(name for name in f"{more}{LISTED}{each or ''}".split(LISTED) if name))
        for more, each in zip(several.gather(at).to_list(), known.gather(at).to_list(), strict=True)
    ]
    return known.clone().scatter(at, pl.Series(texts, dtype=pl.String())) if texts else known


def _absorbed(carried: pl.DataFrame, told: pl.DataFrame, within: int) -> pl.DataFrame:
    """Telling lines that stand near a line that gave the reason: they speak of the same requests."""
    direct = carried.select(row="told").unique()
    keys = ["client", "cause", "log"]
    given = told.join(direct, on="row", how="semi").drop_nulls(["t", *keys]).sort("t")
    others = (
        told.join(direct, on="row", how="anti").filter(pl.col("status").is_null()).drop_nulls(["t", *keys]).sort("t")
    )
    if given.is_empty() or others.is_empty():
        return direct
    near = others.join_asof(
        given.select(*keys, "t", near="row"),
        on="t",
        by=keys,
        strategy="nearest",
        tolerance=within,
        check_sortedness=False,
    )
    return pl.concat([direct, near.drop_nulls("near").select("row")])
