"""A bare failure and the line elsewhere that says why are one event: the reason is carried over, and counted once."""

from typing import NamedTuple

import polars as pl

from logscan.analysis.clocks import clock_offsets, shifts
from logscan.analysis.failures import LISTED, SECOND, as_places, mapped
from logscan.analysis.judgement import Measures
from logscan.analysis.links import linked_logs
from logscan.analysis.pairing import Paired, pair
from logscan.ingest.rotation import part_of
from logscan.model.finding import ClockOffset
from logscan.model.taxonomy import UNCLASSIFIED

BY_ID, BY_ROUTE, BY_CLIENT, BY_PROGRAM = "request id", "client and path", "client", "program"
_CARRIED = ("cause", "confidence", "rules", "alternatives")
_ADDED = ("user", "credential", "expired_s", "skew_s", "lifetime_s", "expires", "token")
_CAPPED = (BY_CLIENT, BY_PROGRAM)  # another request may have been meant: never more than medium confidence
_DATE = r"[._-]?[0-9]{4}[._-]?[0-9]{2}[._-]?[0-9]{2}(?:[._T-]?[0-9]{2,6})?"
_POD = r"(?:/pods/[^/]+_([^/_]+)_[^/]+/|/containers/([^/_]+)_[^/]+\.log)"


class Joined(NamedTuple):
    """failures: see `with_reasons`. clocks: how far apart those of logs are, where pairs of lines tell."""

    failures: pl.DataFrame
    clocks: tuple[ClockOffset, ...] = ()


def with_reasons(failures: pl.DataFrame, measures: Measures) -> Joined:
    """Give bare failures the cause that another line names for the same request.

    In:  failures (see `read_failures`)
    Out: the same, without the lines whose reason was carried over; those that took one have its cause, confidence,
         rules and alternatives, `reason_path`, `reason_line` and `reason_offset` of the line that named it, and in
         `joined` by what: an id that both lines carry; the same client and route, or client, at the same time; or, of
         lines that know no client, the same program (log, service or pod) at the same time
    Law: a line that names a cause with high or medium confidence keeps it; no line is made; where lines in reach name
         different causes none is taken, `doubted` is true, and the alternatives name them; lines of different services
         are joined by ids only; the result does not depend on row order
    """
    bare_cause = (pl.col("cause") == UNCLASSIFIED) | (pl.col("confidence") == "low")
    failures = failures.with_columns(
        *(pl.lit(None, failures[name].dtype).alias(f"reason_{name}") for name in ("path", "line", "offset")),
        pl.lit(None, pl.String()).alias("joined"),
        pl.lit(value=False).alias("doubted"),
    )
    # A rule that is not sure of a bare status line is no reason against one that was written about the request.
    if failures.select(bare_cause.all() | (~bare_cause).all()).item():
        return Joined(failures.drop("ids", "host"))
    lines = _prepared(failures).with_columns(bare_cause.alias("bare"))
    told, bare = lines.filter(~pl.col("bare")), lines.filter("bare")
    by_id, alike = _by_id(bare, told, measures)
    clocks = clock_offsets(lines, alike, measures)
    bare, told = (_set(frame, shifts(clocks, dict(lines["clock"].cast(pl.String()).value_counts().iter_rows())))
                  for frame in (bare, told))  # fmt: skip
    found = _paired(bare, told, by_id, measures)
    left = bare.join(found.pairs, on="row", how="anti")
    untimed = _untimed(left, told)
    # A line without a time adds nothing to the timed line that tells the same: it is dropped, not the other.
    kept = (
        failures.filter(bare_cause)
        .drop("joined")
        .join(untimed, on="row", how="anti")
        .join(found.pairs, on="row", how="left")
    )
    carried = _carried(kept, failures.filter(~bare_cause), found.doubted)
    absorbed = _absorbed(carried.filter(pl.col("told").is_not_null()), told, int(measures.reason_s * SECOND))
    rest = failures.filter(~bare_cause).join(absorbed, on="row", how="anti")
    columns = [name for name in failures.columns if name not in ("row", "ids", "host")]
    texts = [pl.col(name).cast(pl.String()) for name in ("confidence", "alternatives")]
    both = pl.concat([carried.select(columns).with_columns(texts), rest.select(columns).with_columns(texts)])
    both = both.with_columns(as_places(both[name]) for name in ("confidence", "alternatives"))
    ordered = both.sort("t", "path", "line", "offset", nulls_last=True).with_row_index("row")
    return Joined(ordered.select(*(name for name in failures.columns if name in ordered.columns)), clocks)


def _prepared(failures: pl.DataFrame) -> pl.DataFrame:
    """log: the same for all its parts; clock: of the log, or the host that it names; pod and kin: as the path tells."""
    log = mapped(failures["path"], _whole_log)
    pod = mapped(failures["path"], lambda paths: paths.cast(pl.String()).str.extract(_POD, 1))
    named = failures.with_columns(log.alias("log"), pod.alias("pod"))
    names = [pl.col(name).cast(pl.String()) for name in ("log", "host")]
    clock = pl.concat_str(names, separator=" on ", ignore_nulls=True)
    folder = pl.col("path").cast(pl.String()).str.replace("[^/]*$", "")
    kin = pl.concat_str(pl.col("family").cast(pl.String()), folder, separator=" in ")
    return named.with_columns(clock.alias("clock"), kin.alias("kin"))


def _whole_log(paths: pl.Series) -> pl.Series:
    """Where a log was rotated or divided by day, the two lines may stand in two files of it."""
    logs = {path: part_of(path).log for path in paths.drop_nulls().unique()}
    names = paths.cast(pl.String()).replace_strict(logs, default=None, return_dtype=pl.String())
    return names.str.replace_all(_DATE, "")  # the folder of a day


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


def _paired(bare: pl.DataFrame, told: pl.DataFrame, by_id: Paired, measures: Measures) -> "_Found":
    within = int(measures.reason_s * SECOND)
    pairs = [by_id.pairs.with_columns(joined=pl.lit(BY_ID))]
    doubted = dict(by_id.doubted)
    unrouted, nobody = told.filter(pl.col("endpoint").is_null()), told.filter(pl.col("client").is_null())
    steps: list[tuple[str, list[str], pl.DataFrame]] = [(BY_ROUTE, ["client", "endpoint"], told)]
    links = linked_logs(bare, unrouted, measures)
    bare, unrouted = (_linked(frame, links) for frame in (bare, unrouted))
    steps += [(BY_CLIENT, ["client", tie], unrouted) for tie in ("log", "service", "pod", "kin", "link")]
    steps += [(BY_PROGRAM, [tie], nobody) for tie in ("log", "service", "pod")]
    for name, by, there in steps:
        done = pl.concat([pl.concat(part["row"] for part in pairs), pl.Series(list(doubted), dtype=pl.UInt32())])
        left = bare.filter(~pl.col("row").is_in(done.implode()))
        given = pl.concat(part.select("row", "told") for part in pairs).join(bare.select("row", "log"), on="row")
        taken = set(given.select(pl.col("log").cast(pl.String()), "told").iter_rows())
        found = pair(left, there, by, within, crowd=name != BY_ROUTE, taken=taken)
        pairs.append(found.pairs.with_columns(joined=pl.lit(name)))
        doubted |= found.doubted
    return _Found(pl.concat(pairs), doubted)


def _linked(lines: pl.DataFrame, links: dict[str, str]) -> pl.DataFrame:
    name = pl.col("log").cast(pl.String()).replace_strict(links, default=None, return_dtype=pl.String())
    return lines.with_columns((name if links else pl.lit(None, pl.String())).alias("link"))


class _Found(NamedTuple):
    """pairs: row, told, joined."""

    pairs: pl.DataFrame
    doubted: dict[int, tuple[str, ...]]


def _untimed(bare: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """A line without a time, whose client and route are refused for one reason only."""
    keys = ["client", "endpoint"]
    single = told.drop_nulls(keys).group_by(keys).agg(pl.col("cause").n_unique().alias("causes"))
    found = bare.filter(pl.col("t").is_null()).drop_nulls(keys)
    return found.join(single.filter(pl.col("causes") == 1), on=keys, how="inner").select("row")


def _carried(bare: pl.DataFrame, told: pl.DataFrame, doubted: dict[int, tuple[str, ...]]) -> pl.DataFrame:
    names = {name: f"told_{name}" for name in (*_CARRIED, "path", "line", "offset", *_ADDED)}
    both = bare.join(told.select(told="row", **{new: old for old, new in names.items()}), on="told", how="left")
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
