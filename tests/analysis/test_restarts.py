"""Starts, stops and reloads that programs log: each wording by its own samples, and never what a client sent."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.analysis.restarts import Restart, first_marks, load_restarts, restarts_of
from logscan.model.errors import Faults
from logscan.model.schemas import MARKS

RESTARTS = load_restarts()
BY_NAME = {each.name: each for each in RESTARTS}
NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)
HITS = [(each.name, at) for each in RESTARTS for at in range(len(each.hits))]
MISSES = [(each.name, at) for each in RESTARTS for at in range(len(each.misses))]


def seen(lines: list[str], *only: Restart, dataset: str = "app", apart: float = 3600) -> list[str]:
    times = [NOON + timedelta(seconds=apart * at) for at in range(len(lines))]
    frame = pl.DataFrame({"@timestamp": times, "event.dataset": [dataset] * len(lines), "event.original": lines},
                         schema_overrides={"@timestamp": MARKS["@timestamp"]})  # fmt: skip
    return restarts_of(frame, ["app"], only or RESTARTS)["label"].to_list()


@pytest.mark.parametrize(("name", "at"), HITS)
def test_a_wording_is_known_by_its_hits(name: str, at: int) -> None:
    each = BY_NAME[name]
    assert seen([each.hits[at]], each) == [each.label]
    assert each.label in seen([each.hits[at]])


@pytest.mark.parametrize(("name", "at"), MISSES)
def test_a_wording_is_not_seen_in_its_misses(name: str, at: int) -> None:
    assert seen([BY_NAME[name].misses[at]], BY_NAME[name]) == []


def test_lines_that_clients_make_are_never_looked_at() -> None:
    line = BY_NAME["nginx_started"].hits[0]
    assert seen([line], dataset="combined") == []


def test_a_line_without_a_time_is_no_moment() -> None:
    frame = pl.DataFrame({"@timestamp": [None], "event.dataset": ["app"], "event.original": [RESTARTS[0].hits[0]]},
                         schema={"@timestamp": MARKS["@timestamp"], "event.dataset": pl.String(), "event.original": pl.String()})  # fmt: skip
    assert restarts_of(frame, ["app"], RESTARTS).is_empty()


def test_many_workers_that_start_at_once_are_one_moment() -> None:
    assert seen([BY_NAME["uvicorn_started"].hits[0]] * 40, apart=0.5) == ["uvicorn started"]


@given(st.lists(st.tuples(st.integers(0, 600), st.sampled_from("ab")), max_size=30), st.integers(0, 30))
def test_parts_give_what_the_whole_gives(moments: list[tuple[int, str]], cut: int) -> None:
    rows = [(NOON + timedelta(seconds=at), label) for at, label in moments]
    whole = pl.DataFrame(rows, schema=MARKS, orient="row")
    parts = [first_marks([whole[cut:]]), first_marks([whole[:cut]])]
    assert first_marks(parts).equals(first_marks([whole]))


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "marks.yml"
    path.write_text(
        "marks:\n  - {name: a, label: b, near: [x], pattern: '(?=x)', hits: [x], misses: [y], how: z}\n"
        "  - {name: a, near: [], pattern: x, hits: [x]}\n",
        "utf-8",
    )
    with pytest.raises(Faults) as caught:
        load_restarts(path)
    told = "\n".join(map(str, caught.value.errors))
    for words in ("unknown key `marks.0.how`", "`marks.0.pattern` is no pattern", "`marks.1.label` is missing", "marks.1.near",
                  "marks.1.misses", "name `a` stands in two files"):  # fmt: skip
        assert words in told
