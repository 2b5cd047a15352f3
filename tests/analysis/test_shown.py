"""The failures that a person looks through."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.analysis.findings import Built, Observed, build_findings
from logscan.analysis.judgement import load_judgement
from logscan.analysis.shown import shown_events, spread
from logscan.model.resources import rules_dir
from logscan.model.schemas import ANSWERED_S, SHOWN
from tests.analysis.simulate import START, Request, bad, crowd, failing, observe, steady
from tests.shipped import library

HOUR = 3600.0
LOG = [
    *failing(crowd(4, 6 * HOUR, 240.0), 3 * HOUR, 4 * HOUR, cause="verifier_misconfigured", confidence="high"),
    *failing(steady("192.0.2.9", 6 * HOUR, 600.0), 0.0, cause="api_key_invalid", confidence="high", user="ann"),
    *(each for k in range(9) for each in (bad(Request(40.0 * k, "192.0.2.5")), Request(40.0 * k + 3 * k, "192.0.2.5"))),
    bad(Request(None, "192.0.2.77", cause="api_key_invalid", confidence="high")),
]


def built(shuffle: int | None = None) -> tuple[Observed, Built]:
    observed = observe(LOG, shuffle=shuffle)
    return observed, build_findings(observed, library(), load_judgement([rules_dir()]))


def listed(most: int, shuffle: int | None = None) -> pl.DataFrame:
    observed, found = built(shuffle)
    return shown_events(observed.classified.lazy(), found, most)


@given(st.lists(st.integers(0, 60), max_size=8), st.integers(8, 100))
def test_findings_share_the_table_evenly(sizes: list[int], most: int) -> None:
    members = [np.arange(size) * 3 for size in sizes]
    kept = spread(members, most)
    assert sum(rows.size for rows in kept) <= most
    cut = {rows.size for rows, all_ in zip(kept, members, strict=True) if rows.size < all_.size}
    assert len(cut) <= 1
    for rows, all_ in zip(kept, members, strict=True):
        assert set(rows.tolist()) <= set(all_.tolist())
        assert not cut or rows.size <= max(cut)
        assert np.all(np.diff(rows) > 0)
        if rows.size > 1:
            assert (rows[0], rows[-1]) == (all_[0], all_[-1])
    if sum(sizes) <= most:
        assert [rows.size for rows in kept] == sizes


def test_a_failure_says_how_soon_the_same_client_succeeded_on_the_same_path() -> None:
    rows = listed(10_000)
    assert 0 < rows["answer_s"].count() < rows.height
    for t, client, endpoint, answer in rows.select("t", "client", "endpoint", "answer_s").iter_rows():
        good = [r.at for r in LOG if (r.client, r.endpoint, r.outcome) == (client, endpoint, "ok") and r.at is not None]
        later = [] if t is None else [at - (t - START).total_seconds() for at in good]
        later = [each for each in later if 0 <= each <= ANSWERED_S]
        assert answer == (pytest.approx(min(later)) if later else None)


def test_every_failure_stands_with_its_finding_and_its_line() -> None:
    _, found = built()
    rows = listed(10_000)
    assert rows.schema == SHOWN
    assert rows.height == sum(finding.counts.events for finding in found.findings)
    for place, finding in enumerate(found.findings):
        own = rows.filter(pl.col("finding") == place)
        assert own.height == finding.counts.events
        assert own["t"].min() == finding.first_seen
        assert own["client"].n_unique() == finding.counts.clients
    assert rows.select(
        (pl.col("text") == pl.concat_str(pl.lit("line "), "line", pl.lit(" of "), "client")).all()
    ).item()
    assert rows.filter(pl.col("client") == "192.0.2.9")["user"].unique().to_list() == ["ann"]
    assert rows["t"].drop_nulls().is_sorted()
    assert rows["t"].to_list()[-1] is None


@pytest.mark.parametrize("most", [10_000, 12])
def test_the_order_of_the_input_changes_nothing(most: int) -> None:
    assert listed(most, 3).equals(listed(most, 5))


def test_no_failure_no_rows() -> None:
    observed = observe(steady("192.0.2.1", HOUR, 60.0))
    found = build_findings(observed, library(), load_judgement([rules_dir()]))
    assert shown_events(observed.classified.lazy(), found, 5).equals(SHOWN.to_frame())
