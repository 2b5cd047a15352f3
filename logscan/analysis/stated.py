"""What a message itself says of times: when something ran out, was signed or was looked at; and what the server wants.

The wordings stand in rules/stated.yml; here they are applied.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from logscan.ingest.when import Clock, utc_times
from logscan.model.document import Document, read_document
from logscan.model.errors import Faults, LogscanError, RuleError
from logscan.model.resources import rules_dir
from logscan.rules.shape import Shape

TIMES = ("expires", "expires_day", "not_before", "issued", "signed", "now")
SPANS = ("late", "early", "lifetime")
TEXTS = ("wants_aud", "wants_iss", "aud", "iss", "kid", "alg", "date", "region", "service")
_GROUPS = (*TIMES, *SPANS, *TEXTS)
_ANY_TIME = "auto"
_KEYS = {"name", "near", "pattern", "times", "unit", "least_s", "source", "hits", "misses"}
# Of lines that name no zone and no year: both times of a message are read alike, so their difference is right.
_CLOCK = Clock("UTC", datetime(9999, 1, 1, tzinfo=UTC))
_UNITS = {
    r"d(?:ays?)?": 86_400.0,
    r"h(?:rs?|ours?)?": 3600.0,
    r"m(?:ins?|inutes?)?": 60.0,
    r"s(?:ecs?|econds?)?": 1.0,
    r"(?:ms|milli(?:s|seconds?)?)": 1e-3,
    r"(?:us|µs|micro(?:s|seconds?)?)": 1e-6,
    r"(?:ns|nano(?:s|seconds?)?)": 1e-9,
}
_BARE = r"^\s*(-?[0-9]+(?:\.[0-9]+)?)\s*$"
_DAY = 86_400_000_000  # microseconds
_LONGEST_S = 1e10  # three hundred years: no clock is so wrong, no token so old


class Wording(NamedTuple):
    """One way of saying it. near: one of these stands in the line; groups: of the pattern; unit: seconds of a bare
    number; least_s: a smaller difference of the clocks is none."""

    name: str
    near: tuple[str, ...]
    pattern: str
    groups: tuple[str, ...]
    times: tuple[str, ...]
    unit: float
    least_s: float
    hits: tuple[Mapping[str, Any], ...]
    misses: tuple[str, ...]
    place: str


class Stated(NamedTuple):
    """resolution_s: times of a log may be cut to whole ones of these; a smaller difference says nothing."""

    wordings: tuple[Wording, ...]
    resolution_s: float


FOUND = pl.Schema(
    {
        "expired_s": pl.Float64(),
        "skew_s": pl.Float64(),
        "lifetime_s": pl.Float64(),
        "expires": pl.Int64(),  # microseconds since the epoch
        **dict.fromkeys(TEXTS, pl.String()),
    }
)


def read_stated(text: pl.Series, at: pl.Series, stated: Stated) -> pl.DataFrame:
    """What each text states.

    In:  text; at: the time of its event, microseconds since the epoch, or null
    Out: FOUND, in the order of the input; of several wordings the first that tells a column
    Law: a text that holds no wording has nulls only; a row depends on its own text and time
    """
    found = {name: pl.Series(name, [None], dtype=kind).new_from_index(0, len(text)) for name, kind in FOUND.items()}
    every = sorted({near for wording in stated.wordings for near in wording.near})
    rows = text.str.contains_any(every).fill_null(value=False).arg_true() if every else pl.Series(dtype=pl.UInt32())
    if rows.is_empty():
        return pl.DataFrame(found)
    text, at = text.gather(rows), at.gather(rows)
    there = set(text.str.extract_many(every, overlapping=True).explode())
    for wording in stated.wordings:
        if there.isdisjoint(wording.near):
            continue
        here = text.str.contains_any(list(wording.near)).arg_true()
        if here.is_empty():
            continue
        read = _read(text.gather(here), at.gather(here), wording)
        for name in read.columns:
            known = found[name].gather(rows.gather(here))
            new = known.is_null() & read[name].is_not_null()
            if new.any():
                found[name] = found[name].scatter(rows.gather(here).filter(new), read[name].filter(new))
    return pl.DataFrame(found)


def _read(text: pl.Series, at: pl.Series, wording: Wording) -> pl.DataFrame:
    groups = text.alias("t").to_frame().select(pl.col("t").str.extract_groups(wording.pattern)).unnest("t")
    parts = {name: groups[name] for name in wording.groups}
    moments = {name: _moments(parts[name], wording.times) for name in TIMES if name in parts}
    spans = {name: _seconds(parts[name], wording.unit) for name in SPANS if name in parts}
    hit = pl.any_horizontal(pl.col(name).is_not_null() for name in groups.columns)
    frame = pl.DataFrame({"at": at, "hit": groups.select(hit).to_series(), **moments, **spans})
    told = frame.select(_told(frame.columns, wording.least_s))
    return told.with_columns(parts[name] for name in TEXTS if name in parts)


def _told(have: Sequence[str], least_s: float) -> list[pl.Expr]:
    """The numbers that the parts of a wording give."""
    known = {name: pl.col(name) if name in have else pl.lit(None) for name in (*TIMES, *SPANS)}
    now = pl.when("hit").then(pl.coalesce(known["now"], "at"))
    # What is presigned is old by design: it says something of clocks only when it comes from the future.
    ends = known["expires"]
    if "signed" in have and "lifetime" in have:
        ends = pl.coalesce(ends, pl.col("signed") + (pl.col("lifetime") * 1e6).cast(pl.Int64))
    expired = pl.coalesce(_seconds_between(now, ends), known["late"])
    if "expires_day" in have:  # of which one may not know whether it is still good on that day
        expired = pl.coalesce(expired, _seconds_between(now, pl.col("expires_day") + _DAY))
        ends = pl.coalesce(ends, "expires_day")
    begins = pl.max_horizontal(known["not_before"], known["issued"])
    ahead = _seconds_between(begins, now)
    signed = _seconds_between(known["signed"], now)
    if "lifetime" in have:
        signed = pl.when((signed > 0) | known["lifetime"].is_null()).then(signed)
    skew = pl.coalesce(pl.when(ahead > 0).then(ahead), known["early"], signed)
    ends = pl.coalesce(ends, now - (known["late"] * 1e6).cast(pl.Int64)) if "late" in have else ends
    lasting = pl.coalesce(known["lifetime"], _seconds_between(ends, known["issued"]))
    return [
        _bounded(expired).alias("expired_s"),
        _bounded(pl.when(skew.abs() >= least_s).then(skew)).alias("skew_s"),
        _bounded(pl.when(lasting > 0).then(lasting)).alias("lifetime_s"),
        ends.cast(pl.Int64).alias("expires"),
    ]


def _seconds_between(later: pl.Expr, earlier: pl.Expr) -> pl.Expr:
    return (later.cast(pl.Int64) - earlier.cast(pl.Int64)) / 1e6


def _bounded(seconds: pl.Expr) -> pl.Expr:
    seconds = seconds.cast(pl.Float64)
    return pl.when(seconds.abs() < _LONGEST_S).then(seconds.round(6))


def _moments(text: pl.Series, kinds: Sequence[str]) -> pl.Series:
    plain = text.str.replace_all("%3A", ":", literal=True).str.replace_all("%3a", ":", literal=True)
    found = utc_times(plain, kinds[0], _CLOCK)
    for kind in kinds[1:]:
        found = found.zip_with(found.is_not_null(), utc_times(plain, kind, _CLOCK))
    return found.cast(pl.Int64)


def _seconds(text: pl.Series, unit: float) -> pl.Series:
    """A duration: 1h2m3.5s, 5023 milliseconds, 2 hours and 5 minutes, or a bare number of `unit` seconds."""
    frame = text.alias("t").to_frame()
    parts = [
        pl.col("t").str.extract(rf"(?:^|[^0-9.])([0-9]+(?:\.[0-9]+)?)\s*{name}(?:$|[^A-Za-zµ])").cast(pl.Float64) * size
        for name, size in _UNITS.items()
    ]
    bare = pl.col("t").str.extract(_BARE).cast(pl.Float64) * unit
    worded = pl.when(pl.any_horizontal(part.is_not_null() for part in parts)).then(pl.sum_horizontal(parts))
    return frame.select(pl.coalesce(bare, worded).alias("t"))["t"]


def load_stated(path: Path | None = None) -> Stated:
    """Read stated.yml, by default the one that comes with logscan.

    Errors: Faults with every fault of the file
    """
    path = path or rules_dir() / "stated.yml"
    try:
        document = read_document(path)
    except RuleError as fault:
        raise Faults([fault]) from fault
    faults: list[LogscanError] = []
    shape = Shape(document, document.value, "", faults)
    shape.refuse_unknown({"resolution_s", "fragments", "wordings"})
    fragments = {k: v for k, v in (shape.value.get("fragments") or {}).items() if isinstance(v, str)}
    resolution = _number(shape, "resolution_s", 1.0)
    wordings = [
        _wording(document, item, f"wordings.{index}", fragments, faults)
        for index, item in enumerate(shape.items("wordings"))
    ]
    if faults:
        raise Faults(faults)
    return Stated(tuple(wordings), resolution)


def _wording(
    document: Document, item: Any, key: str, fragments: Mapping[str, str], faults: list[LogscanError]
) -> Wording:
    shape = Shape(document, item, key, faults)
    shape.refuse_unknown(_KEYS)
    pattern = shape.text("pattern")
    for name, text in fragments.items():
        pattern = pattern.replace(f"{{{name}}}", text)
    groups: tuple[str, ...] = ()
    try:
        read = pl.Series([""]).to_frame("t").select(pl.col("t").str.extract_groups(pattern)).schema["t"]
        groups = tuple(field.name for field in read.fields) if isinstance(read, pl.Struct) else ()
    except pl.exceptions.PolarsError as fault:
        shape.add("pattern", f"is no pattern: {fault}", "use Rust regex, without look-around")
    else:
        for name in groups:
            shape.one_of("pattern", name, _GROUPS, "group")
        if not groups:
            shape.add("pattern", "has no named group", f"name what it finds: {', '.join(_GROUPS)}")
    hits = tuple(hit for hit in shape.items("hits") if isinstance(hit, dict))
    return Wording(
        shape.text("name"),
        tuple(shape.texts("near")),
        pattern,
        groups,
        tuple(shape.texts("times", required=False)) or (_ANY_TIME,),
        _number(shape, "unit", 1.0),
        _number(shape, "least_s", 0.0),
        hits,
        tuple(shape.texts("misses")),
        str(document.where(key)),
    )


def _number(shape: Shape, name: str, default: float) -> float:
    got = shape.value.get(name, default)
    if isinstance(got, bool) or not isinstance(got, int | float) or got < 0:
        shape.add(name, f"is `{got}`", "give a number that is not negative")
        return default
    return float(got)
