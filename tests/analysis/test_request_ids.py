"""One request has one id, however its lines write it; counters are no ids."""

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.analysis.request_ids import IDS, load_request_ids, pieces, request_ids, wanted_columns
from logscan.model.schemas import EVENTS

RULES = load_request_ids()
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
RAY = "8f00aa11bb22cc33"


def ids(*rows: dict[str, Any]) -> list[set[int]]:
    frame = pl.DataFrame(list(rows), schema={name: EVENTS[name] for name in wanted_columns(RULES)})
    got = request_ids(frame, RULES)
    assert got.dtype == IDS
    return [set(each) for each in got.to_list()]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"trace.id": TRACE}, {"http.request.id": f"00-{TRACE}-00f067aa0ba902b7-01"}),
        ({"trace.id": TRACE}, {"message": f"refused traceparent=00-{TRACE}-00f067aa0ba902b7-01 sub=x"}),
        ({"trace.id": TRACE}, {"message": f"[orders,{TRACE},00f067aa0ba902b7] token refused"}),
        ({"trace.id": TRACE.upper()}, {"message": f"x-b3-traceid: {TRACE}"}),
        ({"trace.id": TRACE}, {"message": f"b3={TRACE}-00f067aa0ba902b7-1"}),
        ({"trace.id": TRACE}, {"message": f"uber-trace-id: {TRACE}:00f067aa0ba902b7:0:1"}),
        ({"trace.id": TRACE}, {"message": f"X-Cloud-Trace-Context: {TRACE}/1234;o=1"}),
        ({"trace.id": f"1-{TRACE[:8]}-{TRACE[8:]}"}, {"message": f"X-Amzn-Trace-Id: Root=1-{TRACE[:8]}-{TRACE[8:]};Sampled=1"}),
        ({"trace.id": TRACE}, {"trace.id": f"Root=1-{TRACE[:8]}-{TRACE[8:]}"}),
        ({"http.request.id": RAY}, {"message": f"cf-ray={RAY}-FRA"}),
        ({"http.request.id": "5C1D7C2A-0001-4000-8000-000000000002"}, {"logscan.fields": '{"correlation_id":"5c1d7c2a000140008000000000000002"}'}),
        ({"http.request.id": "req-00a17f9c"}, {"message": 'failed {"X-Request-ID": "req-00a17f9c"}'}),
        ({"http.request.id": "tx-8812aa99"}, {"logscan.fields": '{"transaction.id":"tx-8812aa99"}'}),
    ],
)  # fmt: skip
def test_spellings_of_one_id_are_one(one: dict[str, Any], other: dict[str, Any]) -> None:
    first, second = ids(one, other)
    assert first & second


@pytest.mark.parametrize(
    "row", [{"http.request.id": "7"}, {"http.request.id": "req-12"}, {"message": "request_id=42"}, {}]
)
def test_a_counter_of_one_process_is_no_id(row: dict[str, Any]) -> None:
    assert ids(row) == [set()]


def test_a_line_may_have_several() -> None:
    (got,) = ids({"http.request.id": "aaaaaaaa-1", "trace.id": TRACE, "message": f"cf-ray: {RAY}-FRA"})
    assert len(got) == 3


@given(st.lists(st.text(max_size=60), max_size=5))
def test_a_row_depends_on_itself_alone(texts: list[str]) -> None:
    rows = [{"message": f"trace_id={text}", "http.request.id": text} for text in texts]
    assert ids(*rows) == [ids(row)[0] for row in rows]


@pytest.mark.parametrize(
    ("message", "piece"),
    [
        ("job 4711 failed: 401", "job 4711"),
        ("Job #e4b345e7: curl: (22)", "job e4b345e7"),
        ("conn=1002 op=0 RESULT tag=97 err=49", "conn 1002"),
        ("request 401 Unauthorized", None),
        ("request refused", None),
        ("task_id=a-7 done", "task a-7"),
        ("jobs 12 done", None),
        (None, None),
    ],
)
def test_a_piece_of_work_is_called_by_its_word_and_name(message: str | None, piece: str | None) -> None:
    frame = pl.DataFrame([{"message": message}], schema={name: EVENTS[name] for name in wanted_columns(RULES)})
    assert pieces(frame, RULES).to_list() == [piece]
