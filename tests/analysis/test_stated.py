"""The wordings of rules/stated.yml say what their own samples say; hostile texts say nothing and break nothing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.analysis.stated import FOUND, TEXTS, Stated, Wording, load_stated, read_stated
from logscan.model.errors import Faults

STATED = load_stated()
AT = datetime(2026, 3, 11, 9, 15, tzinfo=UTC)


def read(text: str, at: datetime | None = None, wordings: tuple[Wording, ...] = STATED.wordings) -> dict[str, Any]:
    when = None if at is None else round(at.timestamp() * 1_000_000)
    frame = read_stated(pl.Series([text]), pl.Series([when], dtype=pl.Int64()), Stated(wordings, 1.0))
    assert frame.schema == FOUND
    return frame.row(0, named=True)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


HITS = [(w.name, index) for w in STATED.wordings for index in range(len(w.hits))]
MISSES = [(w.name, index) for w in STATED.wordings for index in range(len(w.misses))]
BY_NAME = {wording.name: wording for wording in STATED.wordings}


@pytest.mark.parametrize(("name", "index"), HITS)
def test_a_wording_measures_what_its_hits_say(name: str, index: int) -> None:
    hit = dict(BY_NAME[name].hits[index])
    text, at = hit.pop("text"), hit.pop("at", None)
    when = moment(at) if at else None
    for wordings in ((BY_NAME[name],), STATED.wordings):
        got = read(text, when, wordings)
        if "expires" in hit:
            assert got["expires"] == moment(str(hit["expires"])).timestamp() * 1_000_000
        wanted = {key: value for key, value in hit.items() if key != "expires"}
        assert {key: got[key] for key in wanted} == pytest.approx(wanted)


@pytest.mark.parametrize(("name", "index"), MISSES)
def test_a_wording_finds_nothing_in_its_misses(name: str, index: int) -> None:
    got = read(BY_NAME[name].misses[index], AT, (BY_NAME[name],))
    assert set(got.values()) == {None}


def test_every_wording_has_a_name_of_its_own_and_samples() -> None:
    assert len(BY_NAME) == len(STATED.wordings)
    assert not [w.name for w in STATED.wordings if not w.hits or not w.misses or not w.near]


def test_a_time_without_the_servers_is_measured_against_the_event() -> None:
    got = read("Jwt expired at 2026-03-11T09:15:00Z", AT + timedelta(hours=2))
    assert got["expired_s"] == 7200
    assert read("Jwt expired at 2026-03-11T09:15:00Z")["expired_s"] is None


def test_rows_do_not_touch_each_other() -> None:
    texts = [str(hit["text"]) for w in STATED.wordings for hit in w.hits]
    at = pl.Series([round(AT.timestamp() * 1_000_000)] * len(texts))
    whole = read_stated(pl.Series(texts), at, STATED)
    for row, text in enumerate(texts):
        assert whole.row(row, named=True) == read(text, AT)


@given(
    st.lists(
        st.one_of(
            st.text(max_size=80),
            st.builds(
                lambda text, cut, junk: text[:cut] + junk,
                st.sampled_from([str(hit["text"]) for w in STATED.wordings for hit in w.hits]),
                st.integers(0, 200),
                st.text(max_size=20),
            ),
        ),
        max_size=5,
    )
)
def test_no_text_breaks_it(texts: list[str]) -> None:
    got = read_stated(pl.Series(texts, dtype=pl.String()), pl.Series([0] * len(texts), dtype=pl.Int64()), STATED)
    assert got.height == len(texts)
    numbers = got.select("expired_s", "skew_s", "lifetime_s").unpivot()["value"].drop_nulls()
    assert numbers.is_finite().all()
    assert set(TEXTS) <= set(got.columns)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("wordings: []", "not a list of at least one"),
        (
            "wordings: [{name: x, near: [a], pattern: '(?<when>a)', hits: [{text: a}], misses: [b]}]",
            "unknown group `when`",
        ),
        ("wordings: [{name: x, near: [a], pattern: '(?<now>', hits: [{text: a}], misses: [b]}]", "is no pattern"),
        ("wordings: [{name: x, near: [a], pattern: 'a', hits: [{text: a}], misses: [b]}]", "has no named group"),
        ("wordings: [{name: x, near: [a], pattern: '(?<now>a)', hits: [{text: a}]}]", "`wordings.0.misses` is missing"),
        ("resolution_s: -1\nwordings: [{nam: x}]", "`resolution_s` is `-1`"),
    ],
)
def test_a_faulty_file_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "stated.yml").write_text(text, "utf-8")
    with pytest.raises(Faults) as found:
        load_stated(tmp_path / "stated.yml")
    assert told in str(found.value)
    assert "stated.yml:" in str(found.value)
