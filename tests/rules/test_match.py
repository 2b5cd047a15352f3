"""All rules at once, as columns."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.rules.match import match, may_match
from tests.rules.folder import load, make, rule_text
from tests.rules.oracle import COLUMNS, DETECTIONS, ROWS, written
from tests.rules.test_gate import rule_of

EXPIRED = {"a": {"message|contains": "expired"}, "condition": "a"}
DENIED = {"a": {"http.response.status_code": [401, 403]}, "condition": "a"}
NOT_EXPIRED = {"a": {"message|contains": "expired"}, "condition": "not a"}
FRAME = pl.DataFrame(
    {"message": ["Token EXPIRED", None, "fine"], "http.response.status_code": [401, 403, 200]},
    schema_overrides={"http.response.status_code": pl.UInt16()},
)


def test_one_boolean_column_per_rule_in_their_order() -> None:
    got = match(FRAME, [rule_of(DENIED, "denied"), rule_of(EXPIRED, "expired")])
    assert got.to_dict(as_series=False) == {"denied": [True, True, False], "expired": [True, False, False]}


def test_a_column_that_the_frame_lacks_never_matches() -> None:
    rules = [rule_of(DENIED, "denied"), rule_of(EXPIRED, "expired"), rule_of(NOT_EXPIRED, "not_expired")]
    got = match(FRAME.select("http.response.status_code"), rules)
    assert got["expired"].to_list() == [False, False, False]
    assert got["not_expired"].to_list() == [True, True, True]
    assert got["denied"].to_list() == [True, True, False]


def test_a_rule_may_be_called_like_a_column() -> None:
    got = match(FRAME, [rule_of(DENIED, "message"), rule_of(EXPIRED, "http.response.status_code")])
    assert got["http.response.status_code"].to_list() == [True, False, False]


def test_no_rows_and_no_rules() -> None:
    assert match(FRAME.clear(), [rule_of(EXPIRED)]).shape == (0, 1)
    assert match(FRAME, []).width == 0


@given(st.lists(DETECTIONS, min_size=1, max_size=4), ROWS)
def test_a_rule_says_the_same_alone_and_in_company(
    detections: list[dict[str, Any]], events: list[dict[str, Any]]
) -> None:
    rules = [rule_of(each | {"condition": written(each["condition"])}, f"r{at}") for at, each in enumerate(detections)]
    frame = pl.DataFrame(events, schema=COLUMNS)
    together = match(frame, rules)
    for rule in rules:
        assert together[rule.name].to_list() == match(frame, [rule])[rule.name].to_list()
        assert together[rule.name].to_list() == [bool(match(frame[at], [rule])[0, 0]) for at in range(frame.height)]


@given(st.lists(DETECTIONS, min_size=1, max_size=4), ROWS)
def test_looking_for_texts_first_changes_nothing(
    detections: list[dict[str, Any]], events: list[dict[str, Any]]
) -> None:
    rules = [rule_of(each | {"condition": written(each["condition"])}, f"r{at}") for at, each in enumerate(detections)]
    frame = pl.DataFrame(events, schema=COLUMNS)
    plain = frame.with_columns(rule.expr.alias(rule.name) for rule in rules).select(rule.name for rule in rules)
    assert match(frame, rules).equals(plain)


@pytest.fixture
def many(tmp_path: Path) -> Path:
    files = {
        f"causes/r{at}.yml": rule_text(
            f"text: {{message|contains: ['reason {at} of', 'cause {at} is']}}\n"
            f"raw: {{event.original|contains: 'error {at}:'}}\ncondition: text or raw",
            name=f"r{at}",
        )
        for at in range(60)
    }
    return make(tmp_path, files)


def test_many_rules_share_the_work_on_a_column(many: Path) -> None:
    """Lower case is made once per column, not once per rule: sixty rules cost far less than sixty times one."""
    rules = load(many).causes
    text = [f"request {at} failed: reason {at % 97} of many, error {at % 89}: " + "x" * 150 for at in range(20_000)]
    frame = pl.DataFrame({"message": text, "event.original": text})
    assert match(frame, rules).sum().sum_horizontal()[0] > 0
    plan = frame.lazy().with_columns(rule.expr.alias(rule.name) for rule in rules).explain()
    assert plan.count("lowercase()") == 2


def test_what_is_said_many_times_is_said_alike() -> None:
    rules = [rule_of(EXPIRED, "expired"), rule_of({"a": {"message|re": "(?i)expired$"}, "condition": "a"}, "ends")]
    texts = [f"{word}{'x' * (at % 2) * 600}" for at in range(300) for word in ("Token EXPIRED", "expired now", "fine")]
    frame = pl.DataFrame({"message": texts}).with_columns(pl.lit(401, pl.UInt16()).alias("http.response.status_code"))
    for _ in range(2):  # from memory the second time
        for part in (frame, frame.unique(), frame.head(5)):
            want = part.select(
                pl.col("message").str.to_lowercase().str.contains("expired").alias("expired"),
                pl.col("message").str.contains("(?i)expired$").alias("ends"),
            )
            assert match(part, rules).equals(want)


def test_more_than_a_rule_remembers() -> None:
    rule = rule_of({"a": {"message|re": "[0-9]*5 expired"}, "condition": "a"})
    for low in range(0, 600, 20):
        frame = pl.DataFrame({"message": [f"{at} expired" for at in range(low, low + 20)]})
        assert match(frame, [rule]).to_series().to_list() == [at % 10 == 5 for at in range(low, low + 20)]


@pytest.mark.parametrize("times", [1, 2, 10, 32, 33, 100])
def test_what_is_said_a_few_times_is_said_alike(times: int) -> None:
    frame = pl.concat([FRAME] * times)
    assert match(frame, [rule_of(EXPIRED)]).to_series().to_list() == [True, False, False] * times


@given(st.lists(DETECTIONS, min_size=1, max_size=4), ROWS, st.sets(st.sampled_from(sorted(COLUMNS))))
def test_no_row_that_a_rule_matches_is_left_out_for_columns_that_were_not_read(
    detections: list[dict[str, Any]], events: list[dict[str, Any]], unread: set[str]
) -> None:
    rules = [rule_of(each | {"condition": written(each["condition"])}, f"r{at}") for at, each in enumerate(detections)]
    frame = pl.DataFrame(events, schema=COLUMNS)
    if len(unread) == len(COLUMNS):
        return
    may = may_match(frame.drop(unread), rules, frozenset(unread))
    does = match(frame, rules).select(pl.any_horizontal(pl.all())).to_series() if rules else may
    assert not (does & ~may).any()
    if not unread:
        assert may.equals(does)


def test_a_row_is_left_out_when_what_was_read_excludes_every_rule() -> None:
    rules = [
        rule_of(EXPIRED, "expired"),
        rule_of({"a": {"http.response.status_code": 401}, "condition": "a"}, "denied"),
    ]
    frame = pl.DataFrame({"message": ["Token expired", "fine", None] * 20})
    both = may_match(frame, rules, frozenset({"http.response.status_code"}))
    assert both.all()
    assert may_match(frame, rules, frozenset()).to_list() == [True, False, False] * 20
    assert may_match(frame, rules[:1], frozenset({"http.response.status_code"})).to_list() == [True, False, False] * 20
