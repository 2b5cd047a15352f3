import pytest

from logscan.analysis.coverage import Coverage

WHOLE = (0.0, 1000.0)


def test_a_source_alone_covers_its_own_time() -> None:
    coverage = Coverage({"a/x.log": (10.0, 20.0), "b/y.log": (500.0, 900.0)}, WHOLE)
    assert coverage.of(["a/x.log"]) == (10.0, 20.0)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a/access.log", "a/other.log"),
        ("a/access.log", "a/access.log.2.gz"),
        ("2026-03-12/access.log", "2026-03-13/access.log"),
        ("web1/access-20260312.log", "web2/access-20260313.log.zst"),
        ("t.tar!d/access.log", "t.tar!d/access.log.1"),
    ],
)
def test_a_source_in_the_same_folder_or_of_the_same_path_but_for_numbers_is_kin(one: str, other: str) -> None:
    coverage = Coverage({one: (10.0, 20.0), other: (30.0, 90.0)}, WHOLE)
    assert coverage.of([one]) == (10.0, 90.0)


def test_a_source_of_the_same_name_in_another_folder_is_a_stranger() -> None:
    coverage = Coverage({"shop/app.log": (10.0, 20.0), "mail/app.log": (30.0, 90.0)}, WHOLE)
    assert coverage.of(["shop/app.log"]) == (10.0, 20.0)


def test_several_sources_cover_their_times_together() -> None:
    coverage = Coverage({"a/x.log": (10.0, 20.0), "b/y.log": (500.0, 900.0)}, WHOLE)
    assert coverage.of(["a/x.log", "b/y.log"]) == (10.0, 900.0)


def test_of_an_unknown_source_the_whole_is_assumed() -> None:
    assert Coverage({}, WHOLE).of(["-"]) == WHOLE
