"""Lines without a time: what may be assumed of them, and what may not."""

from typing import Any

import polars as pl

from logscan.analysis.failures import read_failures
from logscan.analysis.judgement import load_judgement
from logscan.analysis.reason_from import reasons_of, with_reason_from
from logscan.analysis.reasons import with_reasons
from logscan.model.resources import rules_dir
from tests.analysis.simulate import START, Request, bad, observe

JUDGEMENT = load_judgement([rules_dir()])
UVICORN: dict[str, Any] = {"path": "uvicorn.log", "dataset": "uvicorn-access"}


def line(**rest: Any) -> Request:
    return bad(Request(None, **(UVICORN | rest)))


def told(at: float | None, cause: str = "token_expired", **rest: Any) -> Request:
    known: dict[str, Any] = {"confidence": "high", "dataset": "app", "path": "app.log", "status": None}
    return bad(Request(at, cause=cause, **(known | rest)))


def found(*requests: Request) -> list[tuple[str, float | None, str | None]]:
    """Cause, seconds after the start and where they are from, in time order."""
    lines = read_failures(observe(requests).classified.lazy(), JUDGEMENT)
    failures = with_reasons(lines, JUDGEMENT.measures).failures
    start = START.timestamp() * 1e6
    return [
        (cause, None if t is None else round((t - start) / 1e6, 3), assumed)
        for cause, t, assumed in failures.select("cause", "t", "assumed").iter_rows()
    ]


def test_as_many_lines_as_reasons_are_paired_in_their_order() -> None:
    assert found(line(), line(), told(10.0), told(70.0, "api_key_invalid")) == [
        ("token_expired", 10.0, "told"),
        ("api_key_invalid", 70.0, "told"),
    ]


def test_more_lines_than_reasons_share_one_cause_but_no_time() -> None:
    assert found(line(), line(), line(), told(10.0)) == [
        ("token_expired", 10.0, "told"), ("token_expired", None, None), ("token_expired", None, None),
    ]  # fmt: skip


def test_more_lines_than_reasons_of_two_causes_stay_without_one() -> None:
    got = found(line(), line(), line(), told(10.0), told(70.0, "api_key_invalid"))
    assert got.count(("unclassified", None, None)) == 3


def test_another_client_path_or_method_tells_nothing() -> None:
    for other in ({"client": "192.0.2.99"}, {"endpoint": "/elsewhere"}, {"method": "POST"}, {"status": 403}):
        assert ("unclassified", None, None) in found(line(), told(10.0, **other))


def test_a_path_alone_ties_them_when_it_names_one_thing() -> None:
    for endpoint, cause in (("/orders/{id}", "token_expired"), ("/login", "unclassified")):
        got = found(line(endpoint=endpoint), told(10.0, client=None, endpoint=endpoint))
        assert cause in [each for each, *_ in got]
        assert ((cause, 10.0, "told") in got) is (cause == "token_expired")


def between(*times: float) -> pl.DataFrame:
    """A line without a time between two failures of the same file that have one."""
    mixed: dict[str, Any] = {"path": "mixed.log", "dataset": "app", "cause": "api_key_invalid", "confidence": "high"}
    rows = observe([bad(Request(at, client=f"192.0.2.{k}", **mixed)) for k, at in enumerate((*times, None))]).classified
    offsets = [0, 200, 100] if len(times) == 2 else [100, 0]
    lines = [offset // 100 + 1 for offset in offsets]
    return (
        rows.lazy()
        .collect()
        .with_columns(pl.Series("log.offset", offsets, pl.UInt64()), pl.Series("logscan.line", lines, pl.UInt64()))
    )


def test_a_line_between_two_failures_of_its_file_has_the_time_of_the_upper_one() -> None:
    failures = with_reasons(read_failures(between(10.0, 12.0).lazy(), JUDGEMENT), JUDGEMENT.measures).failures
    assert failures.sort("offset")["assumed"].to_list() == [None, "around", None]
    assert failures.sort("offset")["t"].diff().to_list() == [None, 0, 2_000_000]


def test_lines_far_apart_or_on_one_side_only_tell_no_time() -> None:
    for times in ((10.0, 900.0), (10.0,)):
        failures = with_reasons(read_failures(between(*times).lazy(), JUDGEMENT), JUDGEMENT.measures).failures
        assert failures["assumed"].null_count() == failures.height
        assert failures["t"].null_count() == 1


def test_events_say_that_the_time_is_assumed_and_from_where() -> None:
    classified = observe([line(), told(10.0)]).classified.lazy().collect()
    after = with_reason_from(classified, reasons_of(classified.lazy(), JUDGEMENT))
    row = after.filter(pl.col("log.file.path") == "uvicorn.log").row(0, named=True)
    assert (row["@timestamp"].timestamp(), row["event.timezone"]) == (
        START.timestamp() + 10,
        "UTC (assumed: app.log:1)",
    )
    assert after.filter(pl.col("log.file.path") == "app.log")["event.timezone"].to_list() == [None]
