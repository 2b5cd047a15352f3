"""The hits and misses of rules as rows: columns as they are written, raw lines as the formats read them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import polars as pl

from logscan.ingest.parse import parse
from logscan.ingest.shape import Format
from logscan.ingest.when import Clock
from logscan.model.schemas import EVENTS, LINES
from logscan.rules.meaning import LINE
from logscan.rules.rule import Rule

# What lines without a zone or a year are taken to mean: any fixed time will do.
_CLOCK = Clock("UTC", datetime(2026, 1, 1, tzinfo=UTC))


class Sample(NamedTuple):
    """One hit or miss. key: where it stands, such as `logscan.hits.0`"""

    rule: Rule
    key: str
    value: Mapping[str, Any]

    @property
    def must_match(self) -> bool:
        return self.key.startswith("logscan.hits")


class Rows(NamedTuple):
    """One row per sample that could be read, and what is wrong with the others.

    owners  the sample of each row
    unread  sample, the key at fault, what is wrong, the way out
    """

    frame: pl.DataFrame
    owners: list[Sample]
    unread: list[tuple[Sample, str, str, str]]


def samples_of(rules: Iterable[Rule]) -> list[Sample]:
    return [
        Sample(rule, f"logscan.{kind}.{index}", value)
        for rule in rules
        for kind in ("hits", "misses")
        for index, value in enumerate(rule.meaning[kind])
    ]


def rows(samples: Sequence[Sample], columns: Mapping[str, pl.DataType], formats: Sequence[Format]) -> Rows:
    """All samples as one frame, so that many rules are checked in one go.

    Out: frame with all columns; a column that a sample does not name is null. Raw lines: one event each, the first one
    """
    written = _written([sample for sample in samples if LINE not in sample.value], columns)
    read = _read([sample for sample in samples if LINE in sample.value], columns, formats)
    frame = pl.concat([written.frame, read.frame]) if read.owners else written.frame
    return Rows(frame, written.owners + read.owners, written.unread + read.unread)


def _written(samples: Sequence[Sample], columns: Mapping[str, pl.DataType]) -> Rows:
    owners, unread, values = [], [], []
    for sample in samples:
        row: dict[str, Any] = {}
        for name, value in sample.value.items():
            try:
                row[name] = converted(value, columns[name])
            except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError):
                hint = f"the column holds {columns[name]}"
                unread.append((sample, f"{sample.key}.{name}", f"`{value}` does not fit its column", hint))
        if len(row) == len(sample.value):
            owners.append(sample)
            values.append([row.get(name) for name in columns])
    return Rows(pl.DataFrame(values, schema=dict(columns), orient="row", strict=True), owners, unread)


def converted(value: Any, dtype: pl.DataType) -> Any:
    """A YAML value as the column holds it. Errors: any of TypeError, ValueError, OverflowError, PolarsError"""
    if value is None:
        return None
    if dtype == pl.String():
        return str(value).lower() if isinstance(value, bool) else str(value)
    if isinstance(dtype, pl.Datetime):
        return _moment(value)
    if isinstance(value, bool) and dtype != pl.Boolean():
        raise TypeError(value)
    return pl.Series([value], dtype=dtype, strict=True)[0]


def _moment(value: Any) -> datetime:
    """YAML reads a time that is not in quotes by itself, and a date as a date; without a zone it is UTC."""
    if type(value) is date:
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(moment, datetime):
        raise TypeError(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _read(samples: Sequence[Sample], columns: Mapping[str, pl.DataType], formats: Sequence[Format]) -> Rows:
    """Lines that no format reads are told apart first: beside others they would be taken for continuations of them."""
    alone = _lines([[sample.value[LINE].split("\n")[0]] for sample in samples])
    known = set(parse(alone, formats, frozenset(), _CLOCK).events["logscan.line"])
    owners = [sample for number, sample in enumerate(samples, 1) if number in known]
    hint = "check the line, or write the columns instead"
    unread = [
        (s, s.key, "no format reads this line", hint) for number, s in enumerate(samples, 1) if number not in known
    ]
    texts = [sample.value[LINE].rstrip("\n").split("\n") for sample in owners]
    starts = [sum(map(len, texts[:index])) + 1 for index in range(len(texts))]
    events = parse(_lines(texts), formats, frozenset(EVENTS), _CLOCK).events
    first = pl.DataFrame({"logscan.line": starts}, schema={"logscan.line": pl.UInt64()})
    frame = first.join(events, on="logscan.line", how="left", maintain_order="left")
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in columns.items() if name not in frame.columns]
    return Rows(
        frame.with_columns(missing).select(pl.col(name).cast(kind) for name, kind in columns.items()), owners, unread
    )


def _lines(texts: Sequence[Sequence[str]]) -> pl.DataFrame:
    flat = [line.removesuffix("\r") for text in texts for line in text]
    return pl.DataFrame([range(1, len(flat) + 1), [0] * len(flat), flat], schema=LINES)
