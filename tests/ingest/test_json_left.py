"""What is left of a JSON line holds all that its fields hold."""

import json
import re
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from logscan.ingest.format import load_formats
from logscan.ingest.json_left import left_of
from logscan.ingest.json_rest import rests
from logscan.ingest.keyed import groups_of
from logscan.model.resources import rules_dir

FORMS = {form.id: form for form in load_formats([rules_dir() / "formats"]) if form.kind == "json"}
GROUPS = groups_of([FORMS["ecs-json"]])
WORDS = re.compile(r"[0-9a-z_ .:,/!-]+")

VALUES: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(["GET", "expired token", 'a "quoted" word', "12 min", "²", "", "back\\slash", "\n", "é"]),
    st.integers(-3, 500),
    st.sampled_from([1.5, 1e30, True, False, None, [], [1, "two"], [{"deep": "in a list"}], {}]),
)
OBJECTS = st.recursive(
    VALUES,
    lambda inner: st.dictionaries(
        st.sampled_from(
            [
                "http",
                "request",
                "response",
                "status_code",
                "id",
                "message",
                "user",
                "name",
                "error",
                "code",
                "extra",
                "a b",
                'k"y',
            ]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=10,
).filter(lambda value: isinstance(value, dict))


def written(values: list[dict[str, Any]]) -> list[str]:
    return [json.dumps(value, ensure_ascii=False) for value in values]


def words(text: str) -> set[str]:
    """Runs of letters that a line and its fields write alike, without what stands between keys and values."""
    return {word.strip(" :,") for word in WORDS.findall(text.lower())} - {""}


@given(st.lists(OBJECTS, min_size=1, max_size=4), st.integers(1, 3))
def test_no_word_of_the_fields_is_lost(values: list[dict[str, Any]], times: int) -> None:
    lines = written(values) * times
    left = left_of(pl.Series(lines, dtype=pl.String()), GROUPS)
    for line, rest, text in zip(lines, rests(lines, GROUPS), left, strict=True):
        if rest is not None:
            assert text is not None, line
            assert all(word in text.lower() for word in words(rest)), (rest, text)


def test_what_has_a_column_is_left_away() -> None:
    lines = written(
        [
            {"message": f"request {n}", "http": {"response": {"status_code": 200 + n}}, "event": {"duration": n}}
            for n in range(20)
        ]
    )
    more = written([{"message": "request", "retries": n, "user": {"name": "ada", "plan": "free"}} for n in range(20)])
    left = left_of(pl.Series([*lines, *more, "no JSON at all", None]), GROUPS)
    assert left[:20].null_count() == 20
    assert left[20:40].to_list() == [f'"retries": "plan": "user": {n} "free"' for n in range(20)]
    assert left[40:].to_list() == ["no JSON at all", None]


def test_a_word_where_a_number_belongs_stays() -> None:
    lines = written([{"http": {"response": {"status_code": status}}} for status in (200, 404, "denied")])
    assert left_of(pl.Series(lines), GROUPS).to_list()[:2] == [None, None]
    assert "denied" in str(left_of(pl.Series(lines), GROUPS)[2])
