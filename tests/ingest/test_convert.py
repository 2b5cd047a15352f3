from datetime import UTC, datetime

import polars as pl
import pytest

from logscan.ingest.convert import converted
from logscan.ingest.shape import Column
from logscan.model.schemas import EVENTS
from tests.ingest.frames import CLOCK


def one(text: str | None, column: Column) -> object:
    frame = pl.DataFrame({"t": [text]}, schema={"t": pl.String()})
    found = frame.select(converted(pl.col("t"), column, ["-", ""], CLOCK))["t"]
    assert found.dtype == EVENTS[column.name]
    return found[0]


@pytest.mark.parametrize(
    ("text", "column", "want"),
    [
        ("401", Column("http.response.status_code", ("s",)), 401),
        ("999999", Column("http.response.status_code", ("s",)), None),
        ("4x1", Column("http.response.status_code", ("s",)), None),
        ("-", Column("http.response.body.bytes", ("b",)), None),
        ("-5", Column("http.response.body.bytes", ("b",)), None),
        ("-", Column("user.name", ("u",)), None),
        (None, Column("user.name", ("u",)), None),
        ("ada", Column("user.name", ("u",)), "ada"),
        ("0.125", Column("event.duration", ("t",), unit="s"), 125_000_000),
        ("250", Column("event.duration", ("t",), unit="ms"), 250_000_000),
        ("nan", Column("event.duration", ("t",), unit="s"), None),
        ("1e300", Column("event.duration", ("t",), unit="s"), None),
        ("-1", Column("event.duration", ("t",), unit="s"), None),
        ("W", Column("log.level", ("l",), values={"W": "warning"}), "warning"),
        ("X", Column("log.level", ("l",), values={"W": "warning"}), "X"),
        ("a=1 b=2", Column("http.request.id", ("r",), within="b=([0-9]+)"), "2"),
        (
            "12/Mar/2026:06:25:24 +0000",
            Column("@timestamp", ("t",), time="clf"),
            datetime(2026, 3, 12, 6, 25, 24, tzinfo=UTC),
        ),
    ],
)
def test_text_becomes_the_column_s_type_or_null(text: str | None, column: Column, want: object) -> None:
    assert one(text, column) == want
