"""Visits are small, and the same text is the same number everywhere."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from logscan.analysis.visits import principal, site, visit_columns
from logscan.model.schemas import TIME, VISITS

EVENTS_WITHOUT_STATUS = ("@timestamp", "source.address")
TEXT = st.one_of(st.none(), st.text(max_size=5))


def _events(rows: list[tuple[str | None, str | None, str | None]]) -> pl.DataFrame:
    names = ("source.address", "user.name", "logscan.endpoint")
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String()), orient="row")
    return frame.with_columns(pl.lit(None, TIME).alias("@timestamp"), pl.lit(2).alias("outcome"))


@given(st.lists(st.tuples(TEXT, TEXT, TEXT), max_size=20))
def test_visits_have_the_schema_and_keep_every_row(rows: list[tuple[str | None, str | None, str | None]]) -> None:
    found = _events(rows).select(visit_columns(EVENTS_WITHOUT_STATUS))
    assert found.schema == VISITS
    assert found.height == len(rows)


@given(st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=20))
def test_null_is_zero_and_equal_texts_are_equal_numbers(rows: list[tuple[str | None, str | None, str | None]]) -> None:
    found = _events(rows).select(visit_columns(EVENTS_WITHOUT_STATUS))
    numbers = {text: number for (text, _, _), number in zip(rows, found["client"], strict=True)}
    assert numbers.get(None, 0) == 0
    assert len(set(numbers.values())) == len(numbers)
    assert found["client"].to_list() == [numbers[text] for text, _, _ in rows]


def test_a_principal_does_not_depend_on_its_neighbours() -> None:
    whole = _events([("192.0.2.1", None, None), ("192.0.2.2", None, None)])
    alone = _events([("192.0.2.2", None, None)])
    expression = principal("source.address")
    assert whole.select(expression).to_series()[1] == alone.select(expression).to_series()[0]


def test_host_and_status_are_told_where_there_are_any() -> None:

    frame = _events([("192.0.2.1", None, None)] * 2).with_columns(
        pl.Series("url.domain", ["a.example.com", None], pl.String()),
        pl.Series("http.response.status_code", [302, None], pl.UInt16()),
    )
    found = frame.select(visit_columns(frame.columns))
    assert found["status"].to_list() == [302, 0]
    assert found["site"][0] == frame.select(site("url.domain")).to_series()[0] != 0
    assert found["site"][1] == 0
