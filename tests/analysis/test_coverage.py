import pytest

from logscan.analysis.coverage import Coverage

WHOLE = (0.0, 1000.0)


def test_a_source_alone_covers_its_own_time() -> None:
    coverage = Coverage({"a/x.log": (10.0, 20.0), "b/y.log": (500.0, 900.0)}, WHOLE)
    assert coverage.of(["a/x.log"]) == (10.0, 20.0)


@pytest.mark.parametrize(
    "other", ["a/other.log", "2026-03-13/access.log.1.gz", "access-20260313.log", "t.tar!d/access.log"]
)
def test_a_source_in_the_same_folder_or_of_the_same_name_is_kin(other: str) -> None:
    coverage = Coverage({"a/access.log": (10.0, 20.0), other: (30.0, 90.0)}, WHOLE)
    assert coverage.of(["a/access.log"]) == (10.0, 90.0)


def test_several_sources_cover_their_times_together() -> None:
    coverage = Coverage({"a/x.log": (10.0, 20.0), "b/y.log": (500.0, 900.0)}, WHOLE)
    assert coverage.of(["a/x.log", "b/y.log"]) == (10.0, 900.0)


def test_of_an_unknown_source_the_whole_is_assumed() -> None:
    assert Coverage({}, WHOLE).of(["-"]) == WHOLE
