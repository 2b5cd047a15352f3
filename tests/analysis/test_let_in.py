"""The sample of successes: bounded, and the same however the log is divided."""

from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logscan.analysis.judgement import load_judgement
from logscan.analysis.let_in import as_let_in, lowest, picked
from logscan.analysis.visits import visit_columns
from logscan.model.resources import rules_dir
from logscan.model.schemas import CLASSIFIED, LET_IN, OUTCOMES
from tests.analysis.simulate import HOUR, START, bad, steady

TRAITS = load_judgement([rules_dir()]).traits


def events(count: int = 400) -> pl.DataFrame:
    requests = [each for n in range(4) for each in steady(f"192.0.2.{n}", HOUR, 4 * HOUR / count)]
    requests[::9] = [bad(each) for each in requests[::9]]
    rows = [
        {
            "@timestamp": START + timedelta(seconds=each.at or 0),
            "log.offset": 10 * n,
            "logscan.line": n + 1,
            "event.original": f"{each.at} {each.client}",
            "event.dataset": "combined",
            "source.address": each.client,
            "user_agent.original": f"tool/{n % 3}",
            "logscan.endpoint": each.endpoint,
            "outcome": OUTCOMES.index(each.outcome),
        }
        for n, each in enumerate(requests)
    ]
    return pl.DataFrame(rows, schema={**CLASSIFIED, "outcome": pl.UInt8()})


def sample(frame: pl.DataFrame, most: int) -> pl.DataFrame:
    return as_let_in(picked(frame, frame.select(visit_columns(frame.columns)), most), frame, TRAITS)


@settings(max_examples=30)
@given(st.integers(1, 500), st.integers(0, 400), st.integers(0, 2**16))
def test_the_sample_of_the_parts_is_that_of_the_whole(most: int, cut: int, seed: int) -> None:
    whole = events()
    mixed = whole.sample(fraction=1.0, shuffle=True, seed=seed)
    parts = [sample(mixed[:cut], most), sample(mixed[cut:], most)]
    assert lowest(parts, most).equals(lowest([sample(whole, most)], most))
    assert lowest(parts[::-1], most).equals(lowest(parts, most))


def test_all_successes_are_kept_while_they_are_few_and_no_failure_ever_is() -> None:
    whole = events()
    good = whole.filter(pl.col("outcome") == OUTCOMES.index("ok"))
    assert sample(whole, 10_000).height == good.height
    assert sample(whole, 50).height == 50
    assert sample(whole.filter(pl.col("outcome") != OUTCOMES.index("ok")), 50).equals(LET_IN.to_frame())


def test_versions_of_one_program_have_one_number() -> None:
    found = sample(events(), 10_000)
    assert found["agent"].n_unique() == 3
    assert found["program"].n_unique() == 1


@pytest.mark.parametrize("column", ["client", "endpoint"])
def test_the_sample_takes_of_all(column: str) -> None:
    whole = sample(events(4000), 10_000)
    some = sample(events(4000), 400)
    share = whole[column].value_counts(name="n").with_columns(pl.col("n") / whole.height)
    other = some[column].value_counts(name="m").with_columns(pl.col("m") / some.height)
    assert (share.join(other, on=column).select((pl.col("n") - pl.col("m")).abs().max()).item()) < 0.08
