"""Text into UTC times, a column at a time."""

import re
from datetime import datetime, timedelta
from typing import NamedTuple

import polars as pl

from logscan.ingest.zone import ZONE, in_zone, placed, zones_of
from logscan.model.schemas import TIME

KINDS = ("auto", "iso", "clf", "ctime", "epoch", "dmy", "mdy")


class Clock(NamedTuple):
    """What a line's own stamp leaves open.

    zone       of lines that name none: an IANA name or an offset such as +02:00
    reference  UTC; stamps without a year are placed in the last year that does not put them later than a day after it.
               What is known of the end of the source (see engine/era.py), not always the file's time
    """

    zone: str
    reference: datetime


def to_utc(text: pl.Expr, kind: str, clock: Clock) -> pl.Expr:
    """A text column as UTC times.

    In:    kind  iso    2026-03-12T06:25:24.123Z: T or blank, `.` or `,`, any offset or zone or none, compact;
                        0312 06:25:24.123 and 03-12 06:25:24 (no year)
                 clf    12/Mar/2026:06:25:24 +0100, 12-Mar-2026 06:25:24.123, Thu, 12 Mar 2026 06:25:24 GMT,
                        12 Mar 06:25:24 (no year)
                 ctime  Thu Mar 12 06:25:24.123456 2026, Mar 12 06:25:24 (no year), Mar 12, 2026 6:25:24 AM
                 epoch  since 1970 in s, ms, µs or ns, told apart by magnitude; 1.773296724e9
                 dmy    12.03.2026 06:25:24
                 mdy    3/12/2026 6:25:24 AM, never without AM or PM
                 auto   any of these
                 or a chrono format, known by its `%`
    Out:   Datetime("us", "UTC"); null where the text is none of these
    Law:   a value depends on its own text and the clock only, never on its neighbours; what neighbours tell about the
           year stands in the clock, which is set once for a source
    """
    return text.map_batches(lambda series: utc_times(series, kind, clock), return_dtype=TIME, is_elementwise=True)


def to_zone(text: pl.Expr, kind: str, clock: Clock) -> pl.Expr:
    """The zone of a text column's times, as `zone.zones_of` tells it."""
    return text.map_batches(
        lambda series: zones_of(series, kind, clock.zone), return_dtype=pl.String(), is_elementwise=True
    )


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
    for name in ("iso", "clf", "epoch", "ctime", "dmy", "mdy") if kind == "auto" else (kind,):
        left = found.is_null() & text.is_not_null()
        if not left.any():
            break
        part = text if left.all() else text.filter(left)
        times = _epoch(part) if name == "epoch" else _of_kind(part, name, clock)
        found = times if left.all() else found.scatter(left.arg_true(), times)
    return found.alias(text.name)


_CLOCK = r"(?<h>[0-9]{1,2}):(?<mi>[0-9]{2})(?::(?<s>[0-9]{2})(?:[.,:](?<f>[0-9]{1,9}))?)?(?: ?(?<ap>[AaPp])[Mm])?"
# Behind the zone: its name once more, as Go, Java and JavaScript write it.
_ZONE = rf"(?: *(?<z>{ZONE}))?(?: [A-Z]{{2,5}})?(?:\[[A-Za-z0-9/_:+-]+\])?(?: ?\([^()]*\))?(?: m=[+-][0-9.]+)?"
_DAY = r"(?:[A-Z][a-z]{2,8},? +)?"
_PARTS = {
    "iso": (
        r"^\s*(?:(?<y>[0-9]{4})[-/.]?)?(?<mo>[0-9]{2})[-/.]?(?<d>[0-9]{2})[Tt _-]+"
        r"(?<h>[0-9]{1,2}):?(?<mi>[0-9]{2})(?::?(?<s>[0-9]{2})(?:[.,:](?<f>[0-9]{1,9}))?)?(?: ?(?<ap>[AaPp])[Mm])?"
        + _ZONE
        + r"\s*$"
    ),
    "clf": (
        r"^\s*"
        + _DAY
        + r"(?<d>[0-9]{1,2})[-/ ](?<mo>[A-Za-z]{3})[a-z]*(?:[-/ ](?<y>[0-9]{4}),?)?[: T]"
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
    "dmy": r"^\s*(?<d>[0-9]{1,2})\.(?<mo>[0-9]{1,2})\.(?<y>[0-9]{4}),?[T ]+" + _CLOCK + _ZONE + r"\s*$",
    "mdy": (
        r"^\s*(?<mo>[0-9]{1,2})/(?<d>[0-9]{1,2})/(?<y>[0-9]{4}),? +(?<h>[0-9]{1,2}):(?<mi>[0-9]{2})"
        r"(?::(?<s>[0-9]{2})(?:[.,:](?<f>[0-9]{1,9}))?)? ?(?<ap>[AaPp])[Mm]" + _ZONE + r"\s*$"
    ),
}
_POWER = r"^\s*([0-9](?:\.[0-9]+)?[Ee]\+?(?:9|1[0-8]|09))\s*$"
_NUMBERED = {"iso", "dmy", "mdy"}  # kinds that write the month as a number
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

# The usual shapes read at full speed; whatever differs from the column's first value is read by its parts.
_FAST = (
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d,\d{3}$"), "iso", "%Y-%m-%d{0}%H:%M:%S,%3f", False),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,9})? UTC$"), "iso", "%Y-%m-%d{0}%H:%M:%S%.f UTC", True),
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
            times = read.dt.replace_time_zone("UTC") if zoned else in_zone(read, clock.zone)
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
        if kind in _NUMBERED
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
    part = part.select(year=year, rest=rest, zone=pl.col("z"))
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
    text = year + part["rest"]
    return placed(text.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False), part["zone"], clock.zone)


def _epoch(text: pl.Series) -> pl.Series:
    if text.str.contains(_POWER).any():
        plain = text.str.extract(_POWER, 1).cast(pl.Float64).cast(pl.Decimal(38, 6)).cast(pl.String())
        text = text.zip_with(plain.is_null(), plain)
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
    return read.dt.convert_time_zone("UTC") if read.dtype == TIME or "%z" in form else in_zone(read, clock.zone)
