"""What stands under a key into one column: the ways JSON and logfmt writers put the same thing."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import polars as pl

from logscan.ingest.convert import converted
from logscan.ingest.shape import UNITS, Column, Format
from logscan.ingest.when import Clock
from logscan.model.schemas import EVENTS, LINES

FIELDS = "logscan.fields"


class Group(NamedTuple):
    """One column: the keys that may fill it, best first."""

    numeric: bool  # a word at one of them is not what the column took
    paths: tuple[str, ...]


# RFC 9110 section 9 and RFC 5789; any other word counts as a method only in capitals
_METHOD = r"^((?i:get|head|post|put|patch|delete|options|connect|trace)|[A-Z]{3,20})(?: [!-~]+ HTTP/[0-9.]+)?$"
_REQUEST = r"^[A-Za-z]{3,20} ([!-~]+) HTTP/[0-9.]+$"
_BYTES = r"^\[ *[0-9]{1,3}(?: *, *[0-9]{1,3})* *\]$"
_COLOUR = re.compile(r"\x1b\[[0-9;:?]*[ -/]*[@-~]|\x00")
_SPAN = r"^([0-9]+(?:\.[0-9]+)?)(ns|us|ms|s)$"


def names_of(want: Iterable[str]) -> list[str]:
    """The wanted columns that a line's keys may fill, in the order of EVENTS."""
    wanted = frozenset(want)
    return [name for name in EVENTS if name in wanted and name not in LINES and name != "event.dataset"]


def columns_of(
    formats: Sequence[Format], names: Iterable[str], there: Mapping[str, pl.Expr], clock: Clock
) -> list[pl.Expr]:
    """The columns `names` from the text under each key.

    In:  formats  the lines' own first, then those that fill its gaps;  there  the keys that stand in any line
    """
    return [
        (pl.coalesce(tried) if tried else pl.lit(None, EVENTS[name])).alias(name)
        for name in names
        for tried in [list(_tried(formats, name, there, clock))]
    ]


def _tried(formats: Sequence[Format], name: str, there: Mapping[str, pl.Expr], clock: Clock) -> Iterator[pl.Expr]:
    """One expression for each key that may fill the column, best first."""
    seen: set[str] = set()  # keys that a better format has for this column
    for fmt in formats:
        own: set[str] = set()
        for column in fmt.columns:
            if column.name == name and column.join:
                if column.keys[0] in there:
                    yield value(_joined(column, fmt.null_values, there), column, fmt.null_values, clock)
            elif column.name == name:
                for key in column.keys:
                    if key in there and key not in seen:
                        yield value(there[key], column, fmt.null_values, clock)
                own.update(column.keys)
        seen |= own


def _joined(column: Column, null_values: Sequence[str], there: Mapping[str, pl.Expr]) -> pl.Expr:
    said = [there[key] for key in column.keys if key in there]
    texts = [pl.when(~text.is_in(list(null_values))).then(text) for text in said]
    return pl.when(texts[0].is_not_null()).then(pl.concat_str(texts, separator=column.join, ignore_nulls=True))


def groups_of(formats: Iterable[Format]) -> tuple[Group, ...]:
    """For each column the keys that may fill it, best first; not those of whose text a column takes but a part."""
    found: dict[str, dict[str, None]] = {}
    for column in (column for fmt in formats for column in fmt.columns if not column.within):
        found.setdefault(column.name, {}).update(dict.fromkeys(column.keys))
    return tuple(Group(EVENTS[name].is_integer(), tuple(keys)) for name, keys in found.items())


def value(text: pl.Expr, column: Column, null_values: Sequence[str], clock: Clock) -> pl.Expr:
    """One column from the text under one key; null where it holds no such thing or `values` makes it empty."""
    prepare = _WAYS.get(column.name)
    plain = text.map_batches(prepare, return_dtype=pl.String(), is_elementwise=True) if prepare else text
    if prepare and column.values:  # what the format itself explains is understood as it stands
        plain = pl.when(text.is_in(list(column.values))).then(text).otherwise(plain)
    found = converted(plain, column, null_values, clock)
    if "" in column.values.values():
        found = found.replace("", None)
    if column.name != "event.duration":
        return found
    return pl.coalesce(found, text.map_batches(_with_unit, return_dtype=pl.UInt64(), is_elementwise=True))


def _status(text: pl.Series) -> pl.Series:
    """401, 401.0, "401" and "401 Unauthorized"."""
    number = text.cast(pl.UInt16, strict=False)
    if (((text.str.len_bytes() == 3) & (number >= 100)) | text.is_null()).all():
        return text
    return text.str.extract(r"^ *([1-9][0-9]{2})(?:[^0-9]|$)", 1)


def _method(text: pl.Series) -> pl.Series:
    """Of a whole request line, too."""
    words = text.unique()
    return text.replace_strict(words, words.str.extract(_METHOD, 1), return_dtype=pl.String())


def _url(text: pl.Series) -> pl.Series:
    """The target of a whole request line, too."""
    if not text.str.contains(" HTTP/", literal=True).any():
        return text
    return text.to_frame("t").select(pl.coalesce(pl.col("t").str.extract(_REQUEST, 1), "t")).to_series()


def _with_unit(text: pl.Series) -> pl.Series:
    """A span that names its unit, such as 1.5ms, in nanoseconds."""
    bare = text.str.replace("µ", "u", literal=True)
    scale = bare.str.extract(_SPAN, 2).replace_strict(UNITS, default=None, return_dtype=pl.Float64)
    span = bare.str.extract(_SPAN, 1).cast(pl.Float64, strict=False) * scale
    return span.round(0).cast(pl.UInt64, strict=False)


def _message(text: pl.Series) -> pl.Series:
    """Of a list of bytes, too: so journald writes what is no plain text. Colours are left out."""
    listed = text.str.contains(_BYTES).fill_null(value=False)
    if not listed.any():
        return text
    rows = listed.arg_true()
    found = [bytes(int(code) & 255 for code in item[1:-1].split(",")) for item in text.gather(rows)]
    plain = [_COLOUR.sub("", item.decode("utf-8", "backslashreplace")) for item in found]
    return text.scatter(rows, pl.Series(plain, dtype=pl.String()))


_WAYS: dict[str, Callable[[pl.Series], pl.Series]] = {
    "http.response.status_code": _status,
    "http.request.method": _method,
    "url.original": _url,
    "message": _message,
}
