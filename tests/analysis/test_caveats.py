"""What weakens a claim is said with its numbers."""

from logscan.analysis.caveats import caveats_of
from logscan.analysis.judgement import Entry, load_judgement
from logscan.model.resources import rules_dir

FEW = Entry("{episodes} episodes: consistent with {gap_median_s} s, not proven", (("episodes", "", (3,)),))


def test_a_text_is_filled_with_the_measures_that_it_names() -> None:
    assert caveats_of({"episodes": 3, "gap_median_s": 3600.0}, [FEW]) == (
        "3 episodes: consistent with 3600 s, not proven",
    )
    assert caveats_of({"episodes": 3, "gap_median_s": 0.51234}, [FEW]) == (
        "3 episodes: consistent with 0.512 s, not proven",
    )


def test_what_does_not_hold_or_lacks_a_measure_is_not_said() -> None:
    assert caveats_of({"episodes": 4, "gap_median_s": 3600.0}, [FEW]) == ()
    assert caveats_of({"episodes": 3}, [FEW]) == ()


def test_the_shipped_ones_are_read() -> None:
    entries = load_judgement([rules_dir()]).caveats
    row = {"episodes": 3, "gap_cv": 0.01, "gap_median_s": 3600.0, "pattern": "irregular", "covered_s": 90000.0}
    assert caveats_of(row, entries) == ("3 episodes: consistent with a period of 3600 s, not proven",)
