"""Events for machines: one line each, nothing lost, nothing harmful."""

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.model.schemas import CLASSIFIED
from logscan.report.escape import UNSEEN
from logscan.report.events import write_events

AT = datetime(2026, 3, 12, 5, 25, 24, tzinfo=UTC)


class Pipe(io.RawIOBase):
    """As stdout in a pipe: knows no place and cannot seek."""

    def __init__(self) -> None:
        self.data = b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.data += bytes(data)
        return len(data)


def events(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=CLASSIFIED) if rows else CLASSIFIED.to_frame()


def written(kind: str, *frames: pl.DataFrame) -> bytes:
    out = Pipe()
    write_events(iter(frames), kind, out)  # type: ignore[arg-type]
    return out.data


ROW = {
    "@timestamp": AT, "log.file.path": "a.log", "logscan.line": 7, "log.offset": 120, "event.original": 'said "no"\n\x1b[2J\u202e=',
    "http.response.status_code": 401, "user_agent.original": "=cmd|' /C calc'!A0", "logscan.cause": "token_expired",
    "logscan.alternatives": ["clock_skew", "token_revoked"], "user.name": "Zoë",
}  # fmt: skip


def test_ndjson_has_the_keys_that_have_a_value() -> None:
    data = written("ndjson", events(ROW), events(), events(ROW | {"@timestamp": AT.replace(microsecond=500_000)}))
    lines = data.decode().splitlines()
    first, second = map(json.loads, lines)
    assert first == ROW | {"@timestamp": "2026-03-12T05:25:24Z"}
    assert list(first) == [name for name in CLASSIFIED if name in ROW]
    assert second["@timestamp"] == "2026-03-12T05:25:24.500Z"
    assert "\x1b" not in data.decode()
    assert "\u202e" not in data.decode()
    assert "Zoë" in lines[0]


def test_csv_has_one_header_and_one_line_an_event() -> None:
    data = written("csv", events(ROW), events(), events(ROW)).decode()
    rows = list(csv.DictReader(io.StringIO(data)))
    assert len(data.splitlines()) == 3
    assert list(rows[0]) == list(CLASSIFIED)
    assert rows[0] == rows[1]
    assert rows[0]["@timestamp"] == "2026-03-12T05:25:24Z"
    assert rows[0]["logscan.alternatives"] == "clock_skew; token_revoked"
    assert rows[0]["user_agent.original"] == "'=cmd|' /C calc'!A0"
    assert rows[0]["event.original"] == 'said "no"\\x0a\\x1b[2J\\u202e='
    assert rows[0]["service.name"] == ""


def test_parquet_goes_through_a_pipe_and_keeps_types() -> None:
    got = pl.read_parquet(io.BytesIO(written("parquet", events(ROW), events(), events(ROW))))
    assert got.equals(pl.concat([events(ROW), events(ROW)]))
    assert got.schema == CLASSIFIED


@pytest.mark.parametrize("kind", ["ndjson", "csv", "parquet"])
def test_no_events_give_an_empty_but_valid_file(kind: str) -> None:
    data = written(kind, events())
    if kind == "ndjson":
        assert data == b""
    elif kind == "csv":
        assert data.decode().splitlines() == [",".join(CLASSIFIED)]
    else:
        assert pl.read_parquet(io.BytesIO(data)).schema == CLASSIFIED


def test_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="xml"):
        written("xml", events())


TEXT = st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"])))


@given(st.lists(st.tuples(TEXT, TEXT, st.one_of(st.none(), st.lists(TEXT, max_size=3))), max_size=6))
def test_ndjson_loses_and_invents_nothing(rows: list[tuple[Any, Any, Any]]) -> None:
    frame = pl.DataFrame(rows, schema={"a": pl.String(), "b.c": pl.String(), "l": pl.List(pl.String())}, orient="row")
    text = written("ndjson", frame).decode()
    assert not pl.Series([text.replace("\n", "")]).str.contains(UNSEEN)[0]
    got = [json.loads(line) for line in text.split("\n")[:-1]]
    assert got == [{key: value for key, value in row.items() if value is not None} for row in frame.to_dicts()]
