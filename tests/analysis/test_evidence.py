"""The lines that prove a finding."""

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from logscan.analysis.evidence import read_evidence, telling_places
from logscan.analysis.failures import read_failures
from logscan.analysis.judgement import load_judgement
from logscan.analysis.reasons import with_reasons
from logscan.model.resources import rules_dir
from tests.analysis.simulate import Request, bad, observe

JUDGEMENT = load_judgement([rules_dir()])


@given(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=20), st.integers(2, 6))
def test_first_last_and_each_wording(kinds: list[str], most: int) -> None:
    observed = observe([bad(Request(float(n), rules=(kind,))) for n, kind in enumerate(kinds)])
    failures = with_reasons(read_failures(observed.classified.lazy(), JUDGEMENT), JUDGEMENT.measures).failures
    found = telling_places(failures, np.arange(failures.height), most)
    lines = [line for _, line, _ in found]
    assert lines == sorted(set(lines))
    assert len(lines) == min(most, len(kinds))
    assert {1, len(kinds)} <= set(lines)
    if most >= 5:
        assert {kinds[line - 1] for line in lines} == set(kinds)
    texts = read_evidence(observed.classified.lazy(), found)
    assert [texts[place].text for place in found] == [f"line {line} of 192.0.2.10" for line in lines]
    assert all(texts[place].offset == place[2] == 100 * (place[1] - 1) for place in found)


def test_records_that_share_a_line_are_told_apart() -> None:
    observed = observe([bad(Request(float(n), rules=("a",))) for n in range(3)])
    classified = observed.classified.lazy().collect().with_columns(pl.lit(1, pl.UInt64()).alias("logscan.line")).lazy()
    failures = with_reasons(read_failures(classified, JUDGEMENT), JUDGEMENT.measures).failures
    found = telling_places(failures, np.arange(3), 3)
    assert found == [(found[0][0], 1, 0), (found[0][0], 1, 100), (found[0][0], 1, 200)]
    assert [each.offset for each in read_evidence(classified, found).values()] == [0, 100, 200]
