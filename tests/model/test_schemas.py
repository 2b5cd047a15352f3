import polars as pl

from logscan.model.schemas import CLASSIFIED, CONTENT, EVENTS, LINES, OUTCOMES, RULE_COLUMNS, TIME, TOTALS, VISITS


def test_classified_events_are_events_with_more() -> None:
    assert list(CLASSIFIED)[: len(EVENTS)] == list(EVENTS)
    assert list(RULE_COLUMNS) == [*EVENTS, *CONTENT]
    assert list(CLASSIFIED)[: len(RULE_COLUMNS)] == list(RULE_COLUMNS)
    assert set(CLASSIFIED) - set(RULE_COLUMNS) - {"http.version"} == {
        f"logscan.{name}"
        for name in ("endpoint", "credential", "cause", "confidence", "alternatives", "rules", "reason_from")
    }


def test_lines_are_part_of_events_with_the_same_types() -> None:
    assert all(EVENTS[name] == dtype for name, dtype in LINES.items())


def test_all_times_are_utc_microseconds() -> None:
    for schema in (EVENTS, TOTALS, VISITS):
        assert {dtype for dtype in schema.values() if isinstance(dtype, pl.Datetime)} == {TIME}


def test_types_are_instances_so_that_they_compare() -> None:
    for schema in (EVENTS, CLASSIFIED, TOTALS, VISITS):
        assert all(isinstance(dtype, pl.DataType) for dtype in schema.values())


def test_no_outcome_is_the_first_because_it_stands_for_no_rule() -> None:
    assert OUTCOMES[0] == "other"
    assert len(OUTCOMES) < 2**8
