"""Text into UTC times, a column at a time."""

import re
from datetime import datetime, timedelta
from typing import NamedTuple

import polars as pl

from logscan.model.schemas import TIME

KINDS = ("auto", "iso", "clf", "ctime", "epoch")


class Clock(NamedTuple):
    """What a line's own stamp leaves open.

    zone       of lines that name none: an IANA name or an offset such as +02:00
    reference  UTC; stamps without a year are placed in the last year that does not put them later than a day after it
    """

    zone: str
    reference: datetime


def to_utc(text: pl.Expr, kind: str, clock: Clock) -> pl.Expr:
    """A text column as UTC times.

    In:    kind  iso    2026-03-12T06:25:24.123Z: T or blank, `.` or `,`, any offset or none, compact
                 clf    12/Mar/2026:06:25:24 +0100, 12-Mar-2026 06:25:24.123, Thu, 12 Mar 2026 06:25:24 GMT
                 ctime  Thu Mar 12 06:25:24.123456 2026, Mar 12 06:25:24 (no year), Mar 12, 2026 6:25:24 AM
                 epoch  since 1970 in s, ms, µs or ns, told apart by magnitude
                 auto   any of these
                 or a chrono format, known by its `%`
    Out:   Datetime("us", "UTC"); null where the text is none of these
    Law:   a value depends on its own text and the clock only, never on its neighbours
    """
    return text.map_batches(lambda series: utc_times(series, kind, clock), return_dtype=TIME, is_elementwise=True)


def utc_times(text: pl.Series, kind: str, clock: Clock) -> pl.Series:
    """As `to_utc`, on a series."""
    if "%" in kind:
        return _written(text, kind, clock)
    if text.is_empty():
        return _read(text, kind, clock)
    changed = text.ne_missing(text.shift()).scatter(0, values=True)
    starts = changed.arg_true()
    if len(starts) > len(text) // 2:
        return _read(text, kind, clock)
    # Lines of one second stand together; their stamp is read once.
    return _read(text.gather(starts), kind, clock).gather(changed.cum_sum() - 1)


def _read(text: pl.Series, kind: str, clock: Clock) -> pl.Series:
    found = pl.Series(text.name, [None], dtype=TIME).new_from_index(0, len(text))
    for name in ("iso", "clf", "epoch", "ctime") if kind == "auto" else (kind,):
        left = found.is_null() & text.is_not_null()
        if not left.any():
            break
        part = text if left.all() else text.filter(left)
        times = _epoch(part) if name == "epoch" else _of_kind(part, name, clock)
        found = times if left.all() else found.scatter(left.arg_true(), times)
    return found.alias(text.name)


_CLOCK = r"(?<h>[0-9]{1,2}):(?<mi>[0-9]{2})(?::(?<s>[0-9]{2})(?:[.,:](?<f>[0-9]{1,9}))?)?(?: ?(?<ap>[AaPp])[Mm])?"
_ZONE = r"(?: *(?<z>Z|z|UTC|GMT|(?:UTC|GMT)?[+-][0-9]{2}(?::?[0-9]{2})?))?(?: ?\([A-Za-z ]+\))?"
_DAY = r"(?:[A-Z][a-z]{2,8},? +)?"
_PARTS = {
    "iso": (
        r"^\s*(?<y>[0-9]{4})[-/.]?(?<mo>[0-9]{2})[-/.]?(?<d>[0-9]{2})[Tt _]+"
        r"(?<h>[0-9]{2}):?(?<mi>[0-9]{2})(?::?(?<s>[0-9]{2})(?:[.,:](?<f>[0-9]{1,9}))?)?(?<ap>$)?" + _ZONE + r"\s*$"
    ),
    "clf": (
        r"^\s*"
        + _DAY
        + r"(?<d>[0-9]{1,2})[-/ ](?<mo>[A-Za-z]{3})[a-z]*[-/ ](?<y>[0-9]{4}),?[: T]"
        + _CLOCK
        + _ZONE
        + r"\s*$"
    ),
    "ctime": (
        r"^\s*"
        + _DAY
        + r"(?<mo>[A-Z][a-z]{2})[a-z]* +(?<d>[0-9]{1,2})(?:,? +(?<y0>[0-9]{4}),?)? +"
        + _CLOCK
        + _ZONE
        + r"(?: +(?<y>[0-9]{4}))?\s*$"
    ),
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

# The usual shapes read at full speed; whatever differs from the column's first value is read by its parts.
_FAST = (
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,9})?$"), "iso", "%Y-%m-%d{0}%H:%M:%S%.f", False),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,9})?Z$"), "iso", "%Y-%m-%d{0}%H:%M:%S%.fZ", True),
    (
        re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,9})?[+-]\d\d:\d\d$"),
        "iso",
        "%Y-%m-%d{0}%H:%M:%S%.f%:z",
        True,
    ),
    (re.compile(r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}$"), "clf", "%d/%b/%Y:%H:%M:%S %z", True),
)


def _of_kind(text: pl.Series, kind: str, clock: Clock) -> pl.Series:
    first = text.drop_nulls().first()
    for shape, name, form, zoned in _FAST:
        if name == kind and shape.match(str(first)):
            read = text.str.to_datetime(form.format(str(first)[10]), time_unit="us", strict=False, cache=True)
            times = read.dt.replace_time_zone("UTC") if zoned else _zoned(read, clock.zone)
            left = times.is_null() & text.is_not_null()
            if not left.any():
                return times
            return times.scatter(left.arg_true(), _by_parts(text.filter(left), kind, clock))
    return _by_parts(text, kind, clock)


def _by_parts(text: pl.Series, kind: str, clock: Clock) -> pl.Series:
    """Stamps of a whole second stand many times over; each is read once."""
    once = text.unique()
    if len(once) > len(text) // 2:
        return _parts_read(text, kind, clock)
    known = pl.DataFrame({"t": once, "at": _parts_read(once, kind, clock)})
    return text.alias("t").to_frame().join(known, on="t", how="left", nulls_equal=True, maintain_order="left")["at"]


def _parts_read(text: pl.Series, kind: str, clock: Clock) -> pl.Series:
    part = text.alias("t").to_frame().select(pl.col("t").str.extract_groups(_PARTS[kind])).unnest("t")
    month = (
        pl.col("mo")
        if kind == "iso"
        else pl.col("mo")
        .str.to_lowercase()
        .replace_strict(_MONTHS, [f"{n:02}" for n in range(1, 13)], default=None, return_dtype=pl.String)
    )
    hour = pl.col("h").cast(pl.UInt8, strict=False)
    half = pl.col("ap").str.to_lowercase()
    hour = pl.when(half == "p").then(hour % 12 + 12).when(half == "a").then(hour % 12).otherwise(hour)
    year = pl.coalesce("y", "y0") if kind == "ctime" else pl.col("y")
    # Not `format`: it panics where the first chunk of a column is empty.
    second, fraction = pl.col("s").fill_null("00"), pl.col("f").fill_null("0")
    pieces = {"-": month, "--": pl.col("d"), " ": hour, ":": pl.col("mi"), "::": second, ".": fraction}
    rest = pl.concat_str(item for mark, piece in pieces.items() for item in (pl.lit(mark[0]), piece))
    part = part.select(year=year, rest=rest, zone=pl.col("z"), shift=_shift(pl.col("z")))
    times = _placed(part, part["year"], clock)
    yearless = part["year"].is_null() & part["rest"].is_not_null()
    if not yearless.any():
        return times
    latest = clock.reference.replace(tzinfo=None) + timedelta(days=1)
    # 29 February may stand four years back, eight across a century that skips its leap day
    for year_back in range(-1, 9):
        left = yearless & times.is_null()
        if not left.any():
            break
        tried = _placed(part, pl.Series([str(clock.reference.year - year_back)]).new_from_index(0, len(part)), clock)
        fits = tried.dt.replace_time_zone(None) <= latest
        times = times.zip_with(~(left & fits).fill_null(value=False), tried)
    return times


def _placed(part: pl.DataFrame, year: pl.Series, clock: Clock) -> pl.Series:
    read = part.select(t=(year + part["rest"]).str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False))[
        "t"
    ]
    shifted = (read - part["shift"]).dt.replace_time_zone("UTC")
    return (
        shifted
        if part["zone"].is_not_null().all()
        else shifted.zip_with(part["zone"].is_not_null(), _zoned(read, clock.zone))
    )


def _shift(zone: pl.Expr) -> pl.Expr:
    """The offset of a zone's text; null: no zone is named."""
    digits = zone.str.extract(r"([0-9][0-9:]*)$", 1).str.replace(":", "", literal=True).str.pad_end(4, "0")
    minutes = digits.str.slice(0, 2).cast(pl.Int32, strict=False) * 60 + digits.str.slice(2, 2).cast(
        pl.Int32, strict=False
    )
    sign = pl.when(zone.str.contains("-", literal=True)).then(-1).otherwise(1)
    return pl.when(zone.is_null()).then(None).otherwise(pl.duration(minutes=(minutes * sign).fill_null(0)))


def _zoned(naive: pl.Series, zone: str) -> pl.Series:
    """Local times as UTC. An hour repeated at a clock change is the first pass; a skipped one, before the change."""
    offset = _offset(zone)
    if offset is not None:
        return (naive - offset).dt.replace_time_zone("UTC")
    times = naive.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    gap = times.is_null() & naive.is_not_null()
    if gap.any():
        times = times.zip_with(
            ~gap, (naive + timedelta(hours=1)).dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        )
    return times.dt.convert_time_zone("UTC")


def _offset(zone: str) -> timedelta | None:
    if zone in {"UTC", "Z"}:
        return timedelta()
    found = re.fullmatch(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?", zone)
    if not found:
        return None
    span = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return -span if found[1] == "-" else span


def _epoch(text: pl.Series) -> pl.Series:
    number = (
        text.alias("t")
        .to_frame()
        .select(
            whole=pl.col("t").str.extract(r"^\s*([0-9]{9,19})(?:\.[0-9]*)?\s*$", 1).cast(pl.Int64, strict=False),
            part=pl.col("t")
            .str.extract(r"\.([0-9]{1,6})", 1)
            .str.pad_end(6, "0")
            .cast(pl.Int64, strict=False)
            .fill_null(0),
        )
    )
    whole, part = pl.col("whole"), pl.col("part")
    micros = (
        pl.when(whole < 100_000_000_000)
        .then(whole * 1_000_000 + part)
        .when(whole < 100_000_000_000_000)
        .then(whole * 1_000 + part // 1_000)
        .when(whole < 100_000_000_000_000_000)
        .then(whole)
        .otherwise(whole // 1_000)
    )
    return number.select(t=micros.cast(pl.Datetime("us")).dt.replace_time_zone("UTC"))["t"]


def _written(text: pl.Series, form: str, clock: Clock) -> pl.Series:
    read = text.str.to_datetime(form, time_unit="us", strict=False, cache=True)
    return read.dt.convert_time_zone("UTC") if read.dtype == TIME or "%z" in form else _zoned(read, clock.zone)
