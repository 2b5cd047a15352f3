"""Logs are linked when their lines meet far more often than strangers do."""

import random

import polars as pl
import pytest

from logscan.analysis.judgement import load_judgement
from logscan.analysis.links import linked_logs
from logscan.model.resources import rules_dir

MEASURES = load_judgement([rules_dir()]).measures


def frame(*rows: tuple[float, str, str], cause: str = "token_expired") -> pl.DataFrame:
    whole = [(round(at * 1e6), client, log, cause) for at, client, log in rows]
    schema = {"t": pl.Int64(), "client": pl.String(), "log": pl.String(), "cause": pl.String()}
    return pl.DataFrame(whole, schema=schema, orient="row")


def world(seed: int, *, own: float = 1.0, count: int = 40) -> tuple[list[tuple[float, str, str]], ...]:
    dice = random.Random(seed)  # noqa: S311
    bare = [(dice.uniform(0, 9_000), f"192.0.2.{dice.randrange(9)}", "access.log") for _ in range(count)]
    told = [(at + dice.uniform(-0.5, 0.5), client, "app.log") for at, client, _ in bare if dice.random() < own]
    return bare, told


def test_a_log_that_tells_of_refusals_is_linked() -> None:
    bare, told = world(1)
    assert linked_logs(frame(*bare), frame(*told), MEASURES) == {"access.log": "access.log", "app.log": "access.log"}


def test_strangers_are_not_linked() -> None:
    bare, _ = world(1)
    _, told = world(2)
    assert linked_logs(frame(*bare), frame(*told), MEASURES) == {}


def test_few_meetings_link_nothing() -> None:
    bare, told = world(3, count=3)
    assert linked_logs(frame(*bare), frame(*told), MEASURES) == {}


def test_a_client_that_always_fails_meets_everybody_and_links_nothing() -> None:
    bare = [(k * 1.0, "192.0.2.1", "access.log") for k in range(3_000)]
    told = [(k * 40.0 + 300, "192.0.2.1", "auth.log") for k in range(40)]
    assert linked_logs(frame(*bare), frame(*told), MEASURES) == {}


def test_row_order_changes_nothing() -> None:
    bare, told = world(4)
    assert linked_logs(frame(*bare[::-1]), frame(*told[::-1]), MEASURES) == linked_logs(
        frame(*bare), frame(*told), MEASURES
    )


def test_one_client_alone_links_nothing() -> None:
    bare, told = world(5)
    one = [(at, "192.0.2.1", log) for at, _, log in bare]
    other = [(at, "192.0.2.1", log) for at, _, log in told]
    assert linked_logs(frame(*one), frame(*other), MEASURES) == {}


def test_many_lines_near_one_refusal_link_nothing() -> None:
    bare = [(10.0, f"192.0.2.{k}", "access.log") for k in range(4)]
    told = [(10.0 + j / 10, f"192.0.2.{k}", "app.log") for k in range(4) for j in range(9)]
    assert linked_logs(frame(*bare), frame(*told), MEASURES) == {}


@pytest.mark.parametrize(("share", "linked"), [(0.5, True), (2.0, False)])
def test_what_is_answered_otherwise_does_not_count_unless_it_is_most_of_the_log(share: float, linked: bool) -> None:
    bare, told = world(6)
    dice = random.Random(6)  # noqa: S311
    missed = [(dice.uniform(10_000, 19_000), client, "app.log") for _, client, _ in told for _ in range(2)]
    other = frame(*missed[: round(share * len(told))], cause="insufficient_permission")
    found = linked_logs(frame(*bare), pl.concat([frame(*told), other]), MEASURES)
    assert bool(found) is linked
