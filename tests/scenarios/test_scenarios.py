"""The labelled scenarios: made the same from the same seed, and told right by the command line, on a few seeds.

`make score` runs them over many; its table is what thresholds are chosen by.
"""

from pathlib import Path

import pytest

from tests.scenarios.score import ASPECTS, STORIES, Scored, run_all, table
from tests.scenarios.written import write

LEAST = {"cause": 0.9, "pattern": 0.9, "scope": 0.9, "onset": 0.9, "period": 0.85}


@pytest.fixture(scope="module")
def scored() -> list[Scored]:
    return list(run_all(STORIES, ["shown"]))


@pytest.mark.parametrize("aspect", ASPECTS)
def test_most_scenarios_are_told_right(scored: list[Scored], aspect: str) -> None:
    told = [right[aspect] for each in scored for right in each.score.right if aspect in right]
    assert sum(told) / len(told) >= LEAST[aspect], table(scored)


def test_little_is_told_beside_them(scored: list[Scored]) -> None:
    assert sum(each.score.extra for each in scored) <= len(scored) / 5, table(scored)


def test_nothing_is_told_of_healthy_logs(scored: list[Scored]) -> None:
    assert not [each for each in scored if each.story.startswith("healthy") and each.score.extra]


def test_the_same_seed_makes_the_same_log(tmp_path: Path) -> None:
    for name in ("one", "two"):
        world, _ = STORIES["B16 restart"]("again")
        write(world, tmp_path / name)
    one, two = (sorted((tmp_path / name).iterdir()) for name in ("one", "two"))
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]
