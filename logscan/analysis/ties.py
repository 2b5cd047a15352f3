"""What ties two lines to one request: an id, the client, the path, the program that wrote them."""

from typing import NamedTuple

import polars as pl

from logscan.analysis.failures import SECOND, mapped
from logscan.analysis.links import linked_logs
from logscan.analysis.measures import Measures
from logscan.analysis.pairing import PAIRS, Paired, Slot, pair
from logscan.ingest.rotation import part_of
from logscan.model.taxonomy import UNCLASSIFIED

BY_ID, BY_ROUTE, BY_PATH, BY_CLIENT, BY_PROGRAM = "request id", "client and path", "path", "client", "program"
_DATE = r"[._-]?[0-9]{4}[._-]?[0-9]{2}[._-]?[0-9]{2}(?:[._T-]?[0-9]{2,6})?"
_POD = r"(?:/pods/[^/]+_([^/_]+)_[^/]+/|/containers/([^/_]+)_[^/]+\.log)"
_MOSTLY = 0.9  # of the times of a log: with so many on the second, it tells whole seconds
_FINE = 1000
_PLACES = ("log", "service", "pod")  # of one program
_FOUND = pl.Schema({**PAIRS, "joined": pl.String()})


class Found(NamedTuple):
    """pairs: row, told, joined (what ties the two); one row for each bare line. doubted: see `Paired`."""

    pairs: pl.DataFrame
    doubted: dict[int, tuple[str, ...]]


def with_ties(failures: pl.DataFrame) -> pl.DataFrame:
    """Add what lines may have in common.

    Out: + log: the same for all its parts; clock: of the log, or the host that it names; pod, kin: as the path tells;
         named: the target, where an id in the path makes it the name of one thing; request: a server's line of a
         request, with client and status; grain: microseconds that the log's times cannot tell apart
    """
    log = mapped(failures["path"], _whole_log)
    pod = mapped(failures["path"], lambda paths: paths.cast(pl.String()).str.extract(_POD, 1))
    placed = failures.with_columns(log.alias("log"), pod.alias("pod"))
    names = [pl.col(name).cast(pl.String()) for name in ("log", "host")]
    folder = pl.col("path").cast(pl.String()).str.replace("[^/]*$", "")
    whole = (pl.col("t") % SECOND < _FINE).fill_null(value=True)
    has_id = pl.col("endpoint").cast(pl.String()).str.contains("{id}", literal=True)
    return placed.with_columns(
        pl.concat_str(names, separator=" on ", ignore_nulls=True).alias("clock"),
        pl.concat_str(pl.col("family").cast(pl.String()), folder, separator=" in ").alias("kin"),
        pl.when(has_id).then("target").alias("named"),
        pl.col("ids").alias("own"),
        (pl.col("status").is_not_null() & pl.col("client").is_not_null()).alias("request"),
        pl.when(whole.mean().over("log") > _MOSTLY).then(SECOND).otherwise(_FINE).cast(pl.Int64).alias("grain"),
    )


def _whole_log(paths: pl.Series) -> pl.Series:
    """Where a log was rotated or divided by day, the two lines may stand in two files of it."""
    logs = {path: part_of(path).log for path in paths.drop_nulls().unique()}
    names = paths.cast(pl.String()).replace_strict(logs, default=None, return_dtype=pl.String())
    return names.str.replace_all(_DATE, "")  # the folder of a day


def tied(bare: pl.DataFrame, told: pl.DataFrame, by_id: Paired, measures: Measures) -> Found:
    """Pair bare lines with telling ones, what ties them most surely first.

    In: see `with_ties`, clocks set; by_id: those that share an id
    """
    within = round(measures.reason_s * SECOND)
    known = Found(by_id.pairs.with_columns(joined=pl.lit(BY_ID)), dict(by_id.doubted))
    known = _step(known, bare, told, (BY_ROUTE, [["client", "target"]]), within)
    pathed = told.filter(pl.col("target").is_not_null())
    known = _step(known, bare, pathed, (BY_PATH, [["named"], *(["target", place] for place in _PLACES)]), within)
    here, there = _linked(bare, pathed, measures, "target")
    known = _step(known, here, there, (BY_PATH, [["target", "link"]]), within)
    here, there = _linked(bare, told, measures, "client")
    unrouted = there.filter(pl.col("target").is_null())
    known = _step(known, here, unrouted, (BY_CLIENT, [["client", tie] for tie in (*_PLACES, "kin", "link")]), within)
    nobody = told.filter(pl.col("client").is_null())
    known = _step(known, bare, nobody, (BY_PROGRAM, [[place] for place in _PLACES]), within)
    return _passed_on(known, bare, told, within)


def _step(known: Found, bare: pl.DataFrame, told: pl.DataFrame, tie: tuple[str, list[list[str]]], within: int) -> Found:
    """One more tie, by its name and keys, for the lines that are left."""
    name, keys = tie
    for by in keys:
        done = pl.concat([known.pairs["row"], pl.Series(list(known.doubted), dtype=pl.UInt32())])
        left = bare.filter(~pl.col("row").is_in(done.implode()))
        found = pair(left, told, by, within, crowd=name != BY_ROUTE, taken=_taken(known.pairs, bare))
        pairs = pl.concat([known.pairs, found.pairs.with_columns(joined=pl.lit(name))])
        known = Found(pairs, known.doubted | found.doubted)
    return known


def _taken(pairs: pl.DataFrame, bare: pl.DataFrame) -> set[tuple[Slot, int]]:
    given = pairs.join(bare.select("row", "log", "request"), on="row")
    return {((log, request), told) for log, request, told in given.select("log", "request", "told").iter_rows()}


def _linked(bare: pl.DataFrame, told: pl.DataFrame, measures: Measures, by: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    links = linked_logs(bare, told, measures, by)
    name = pl.col("log").cast(pl.String()).replace_strict(links, default=None, return_dtype=pl.String())
    link = (name if links else pl.lit(None, pl.String())).alias("link")
    return bare.with_columns(link), told.with_columns(link)


def _passed_on(known: Found, bare: pl.DataFrame, told: pl.DataFrame, within: int) -> Found:
    """What one line of a request was told, the others of the same request are told by it, and by what it says itself.

    Law: only by an id, by client and path, or by a path that names one thing
    """
    causes = told.select(told="row", given="cause")
    given = bare.join(known.pairs.select("row", "told"), on="row").join(causes, on="told")
    given = given.with_columns(cause=pl.col("given").cast(pl.String())).drop("given")
    guessed = bare.filter(pl.col("cause") != UNCLASSIFIED).join(known.pairs, on="row", how="anti")
    guessed = guessed.with_columns(pl.col("cause").cast(pl.String()), told="row")
    there = pl.concat([given, guessed.select(given.columns)])
    # A guess gives way to what is known, but to no other guess.
    left = bare.join(known.pairs, on="row", how="anti")
    guesses = left.filter(pl.col("cause") != UNCLASSIFIED)
    sure = {int(row) for row in given["row"]}
    found = known
    for name, by in (
        (BY_ID, ["ids"]),
        (BY_ROUTE, ["client", "target"]),
        (BY_PATH, ["named"]),
        (BY_PATH, ["target", "log"]),
    ):
        here, other = ((f.explode("ids").drop_nulls("ids") if by == ["ids"] else f) for f in (left, there))
        got = pair(here, other, by, within, crowd=name == BY_PATH)
        own = got.pairs.filter(
            ~pl.col("row").is_in(found.pairs["row"].implode())
            & (pl.col("told").is_in(list(sure)) | ~pl.col("row").is_in(guesses["row"].implode()))
        ).unique("row", keep="first", maintain_order=True)
        source = there.select(through="row", source="told")
        own = own.rename({"told": "through"}).join(source, on="through").select("row", told="source")
        found = Found(pl.concat([found.pairs, own.with_columns(joined=pl.lit(name))]), found.doubted)
    paired = set(found.pairs["row"])
    return Found(
        found.pairs.select(list(_FOUND)), {row: why for row, why in found.doubted.items() if row not in paired}
    )
