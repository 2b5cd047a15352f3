"""Failures as arrays, in one order."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.analysis import failures
from logscan.analysis.failures import NO_TIME, Columns, as_places, coded, mapped, read_failures
from logscan.analysis.judgement import load_judgement
from logscan.model.resources import rules_dir
from tests.analysis.simulate import Request, bad, observe

REQUESTS = [
    bad(Request(at, client, user=user))
    for at, client, user in [
        (3.0, "192.0.2.1", "ada"),
        (1.0, "192.0.2.2", None),
        (None, None, "ada"),
        (2.0, "192.0.2.1", "bob"),
    ]
]


def read(shuffle: int | None = None) -> pl.DataFrame:
    return read_failures(observe(REQUESTS, shuffle=shuffle).classified.lazy(), load_judgement([rules_dir()]))


@given(st.integers(0, 1000))
def test_one_order_whatever_the_input(shuffle: int) -> None:
    assert read(shuffle).equals(read())


def test_time_order_with_the_untimed_last() -> None:
    columns = Columns(read())
    assert np.diff(columns.t[:3]).min() > 0
    assert columns.t[3] == NO_TIME
    assert [columns.text("client", row) for row in range(4)] == ["192.0.2.2", "192.0.2.1", "192.0.2.1", ""]


def test_counts_leave_out_what_is_missing() -> None:
    columns, rows = Columns(read()), np.arange(4)
    assert columns.top("user", rows, 9) == (("ada", 2), ("bob", 1))
    assert columns.top("client", rows, 1) == (("192.0.2.1", 2),)
    assert columns.distinct("client", rows) == 2
    assert columns.distinct("credential", rows) == 0


@given(st.lists(st.one_of(st.none(), st.text(max_size=3)), max_size=20))
def test_codes_stand_for_their_texts(texts: list[str | None]) -> None:
    found = coded(as_places(pl.Series(texts, dtype=pl.String())))
    assert [found.texts[code] if code >= 0 else None for code in found.codes.tolist()] == texts
    assert found.texts.to_list() == sorted({text for text in texts if text is not None}, key=lambda text: text.encode())


def test_formats_of_one_family_are_one() -> None:
    assert set(read()["family"]) == {"access"}


def test_many_different_texts_are_coded_as_few_are(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = pl.Series(["b", None, "a", "c", "a"])
    few = coded(as_places(texts))
    monkeypatch.setattr(failures, "_LISTED_TEXTS", 2)
    assert as_places(texts).dtype == pl.String()
    many = coded(as_places(texts))
    assert many.codes.tolist() == few.codes.tolist() == [1, -1, 0, 2, 0]
    assert many.texts.to_list() == few.texts.to_list() == ["a", "b", "c"]
    assert mapped(as_places(texts), lambda names: names + "!").to_list() == ["b!", None, "a!", "c!", "a!"]
