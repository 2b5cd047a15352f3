"""A bare failure and the line elsewhere that says why are one event: the reason is carried over, and counted once."""

import polars as pl

from logscan.analysis.failures import mapped
from logscan.ingest.rotation import part_of
from logscan.model.taxonomy import UNCLASSIFIED

_CARRIED = ("cause", "confidence", "rules", "alternatives")
_DATE = r"[._-]?[0-9]{4}[._-]?[0-9]{2}[._-]?[0-9]{2}(?:[._T-]?[0-9]{2,6})?"


def with_reasons(failures: pl.DataFrame, *, within_s: float) -> pl.DataFrame:
    """Give bare failures the cause that another line names for the same request.

    In:    failures (see `read_failures`)
    Out:   the same, without the lines whose reason was carried over; those that took one have its cause, confidence,
           rules and alternatives, and `reason_path`, `reason_line` and `reason_offset` of the line that named it
    Law:   a line that names a cause with high or medium confidence keeps it; no line is made
    Units: within_s seconds between the two lines; a request id that both carry needs no time
    """
    # A rule that is not sure of a bare status line is no reason against one that was written about the request.
    bare_cause = (pl.col("cause") == UNCLASSIFIED) | (pl.col("confidence") == "low")
    failures = failures.with_columns(
        pl.lit(None, failures[name].dtype).alias(f"reason_{name}") for name in ("path", "line", "offset")
    )
    if failures.select(bare_cause.all() | (~bare_cause).all()).item():
        return failures
    failures = failures.with_columns(mapped(failures["path"], _whole_log).alias("log"))
    told, bare = failures.filter(~bare_cause), failures.filter(bare_cause)
    pairs = _by_request(bare, told)
    within = int(within_s * 1_000_000)
    for by in (["client", "endpoint"], ["client"], ["log"]):
        left = bare.join(pairs, on="row", how="anti")
        pairs = pl.concat([pairs, _nearest(left, told, by, within)])
    left = bare.join(pairs, on="row", how="anti")
    untimed = _untimed(left, told)
    # A line without a time adds nothing to the timed line that tells the same: it is dropped, not the other.
    kept = _carried(bare.join(untimed, on="row", how="anti").join(pairs, on="row", how="left"), told)
    absorbed = _absorbed(kept.filter(pl.col("told").is_not_null()), told, within)
    told = failures.filter(~bare_cause).join(absorbed, on="row", how="anti")
    both = pl.concat([kept.select(failures.columns), told.select(failures.columns)]).drop("row", "log")
    return both.sort("t", "path", "line", "offset", nulls_last=True).with_row_index("row")


def _whole_log(paths: pl.Series) -> pl.Series:
    """Where a log was rotated or divided by day, the two lines may stand in two files of it."""
    logs = {path: part_of(path).log for path in paths.drop_nulls().unique()}
    names = paths.cast(pl.String()).replace_strict(logs, default=None, return_dtype=pl.String())
    return names.str.replace_all(_DATE, "")  # the folder of a day


def _by_request(bare: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    first = told.drop_nulls("request").unique("request", keep="first", maintain_order=True)
    found = bare.drop_nulls("request").join(first.select("request", told="row"), on="request", how="inner")
    return found.select("row", "told")


def _nearest(bare: pl.DataFrame, told: pl.DataFrame, by: list[str], within: int) -> pl.DataFrame:
    """The nearest telling line of the same client and route; of the same client when it knows no route; of the same
    log when neither line knows a client. Never one that speaks of another user."""
    there = told.drop_nulls(["t"])
    if "endpoint" not in by:
        there = there.filter(pl.col("endpoint").is_null() | (pl.col("client").is_null() if by == ["log"] else False))
    here = bare.drop_nulls(["t"])
    if by == ["log"]:
        here, there = here.filter(pl.col("client").is_null()), there.filter(pl.col("client").is_null())
    here, there = here.drop_nulls(by), there.drop_nulls(by)
    if here.is_empty() or there.is_empty():
        return pl.DataFrame(schema={"row": bare["row"].dtype, "told": told["row"].dtype})
    found = here.sort("t", "row").join_asof(
        there.sort("t", "row").select(*by, "t", told="row", told_user="user", told_endpoint="endpoint"),
        on="t",
        by=by,
        strategy="nearest",
        tolerance=within,
        check_sortedness=False,
    )
    same_user = pl.col("user").is_null() | pl.col("told_user").is_null() | (pl.col("user") == pl.col("told_user"))
    same_route = pl.col("endpoint").is_null() | pl.col("told_endpoint").is_null()
    same_route = same_route | (pl.col("endpoint") == pl.col("told_endpoint"))
    return found.drop_nulls("told").filter(same_user, same_route).select("row", "told")


def _untimed(bare: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """A line without a time, whose client and route are refused for one reason only."""
    keys = ["client", "endpoint"]
    single = (
        told.drop_nulls(keys).group_by(keys).agg(pl.col("cause").n_unique().alias("causes"), told=pl.col("row").min())
    )
    found = bare.filter(pl.col("t").is_null()).drop_nulls(keys)
    return found.join(single.filter(pl.col("causes") == 1), on=keys, how="inner").select("row", "told")


def _carried(bare: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    names = {name: f"told_{name}" for name in (*_CARRIED, "path", "line", "offset", "user", "credential")}
    both = bare.join(told.select(told="row", **{new: old for old, new in names.items()}), on="told", how="left")
    found = pl.col("told").is_not_null()
    carried = [pl.when(found).then(names[name]).otherwise(name).alias(name) for name in _CARRIED]
    return both.with_columns(
        *carried,
        # What one line knows of the caller and the other does not belongs to the event.
        *(pl.coalesce(name, names[name]).alias(name) for name in ("user", "credential")),
        pl.col("told_path").alias("reason_path"),
        pl.col("told_line").alias("reason_line"),
        pl.col("told_offset").alias("reason_offset"),
    ).sort("row")


def _absorbed(kept: pl.DataFrame, told: pl.DataFrame, within: int) -> pl.DataFrame:
    """Telling lines that stand near a line that took the reason: they speak of the same requests."""
    direct = kept.select(row="told").unique()
    keys = ["client", "cause"]
    timed = kept.drop_nulls(["t", *keys]).filter(pl.col("path") != pl.col("reason_path")).sort("t")
    others = told.drop_nulls(["t", *keys]).join(direct, on="row", how="anti").sort("t")
    others = others.filter(pl.col("path").is_in(kept["reason_path"].drop_nulls().unique().implode()))
    if timed.is_empty() or others.is_empty():
        return direct
    near = others.join_asof(
        timed.select(*keys, "t", near="row"),
        on="t",
        by=keys,
        strategy="nearest",
        tolerance=within,
        check_sortedness=False,
    )
    return pl.concat([direct, near.drop_nulls("near").select("row")])
