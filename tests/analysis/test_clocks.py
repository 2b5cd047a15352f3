"""The offset of two clocks is what most pairs of lines agree on; where they do not, none is told."""

import random

import polars as pl
import pytest

from logscan.analysis.clocks import clock_offsets, shifts
from logscan.analysis.judgement import load_judgement
from logscan.model.finding import ClockOffset
from logscan.model.resources import rules_dir

MEASURES = load_judgement([rules_dir()]).measures
NO_IDS = pl.DataFrame(schema={"one": pl.String(), "other": pl.String(), "ahead": pl.Int64(), "told": pl.UInt64()})


def lines(
    offset: float, *, jitter: float = 0.3, count: int = 60, share: float = 1.0, beat: float = 0.0
) -> pl.DataFrame:
    random_ = random.Random(f"{offset}{jitter}{count}{share}{beat}")  # noqa: S311
    rows = []
    for k in range(count):
        at = k * beat if beat else random_.uniform(0, 36_000)
        key = {"client": f"192.0.2.{k % 7}" if not beat else "192.0.2.1", "endpoint": f"/r{k % 3}" if not beat else "/"}
        rows.append({"t": at, "clock": "access.log", "bare": True} | key)
        if random_.random() < share:
            rows.append({"t": at + offset + random_.uniform(-jitter, jitter), "clock": "app.log", "bare": False} | key)
    random_.shuffle(rows)
    return pl.DataFrame(rows).with_columns((pl.col("t") * 1e6).cast(pl.Int64))


@pytest.mark.parametrize("offset", [-3600.0, -312.5, -3.2, 2.9, 47.0, 3600.0, 19_800.0, 36_001.5])
@pytest.mark.parametrize("share", [1.0, 0.3])
def test_the_offset_is_found(offset: float, share: float) -> None:
    (found,) = clock_offsets(lines(offset, share=share), NO_IDS, MEASURES)
    assert (found.one, found.other, found.by) == ("access.log", "app.log", "client and path")
    assert found.seconds == pytest.approx(offset, abs=0.3)
    assert found.pairs >= MEASURES.clock_pairs


def test_lines_that_name_no_route_tell_the_offset_by_their_clients() -> None:
    apart = lines(7200.0).with_columns(endpoint=pl.when("bare").then("endpoint"))
    (found,) = clock_offsets(apart, NO_IDS, MEASURES)
    assert found.by == "client"
    assert found.seconds == pytest.approx(7200.0, abs=0.3)


@pytest.mark.parametrize("offset", [0.0, 0.4, -0.8])
def test_clocks_that_agree_within_the_tolerance_need_none(offset: float) -> None:
    assert clock_offsets(lines(offset), NO_IDS, MEASURES) == ()


def test_few_pairs_tell_nothing() -> None:
    assert clock_offsets(lines(40.0, count=4), NO_IDS, MEASURES) == ()


def test_of_clients_that_come_at_a_beat_only_a_small_difference_is_believed() -> None:
    (found,) = clock_offsets(lines(5.0, beat=60.0, count=30), NO_IDS, MEASURES)
    assert found.seconds == pytest.approx(5.0, abs=0.3)
    assert clock_offsets(lines(1800.0, beat=3600.0, count=30), NO_IDS, MEASURES) == ()


def test_lines_of_strangers_give_no_offset() -> None:
    one = lines(0.0, share=0.0, count=200)
    other = lines(0.0, share=0.0, count=201).with_columns(
        pl.lit("app.log").alias("clock"), pl.lit(value=False).alias("bare")
    )
    assert clock_offsets(pl.concat([one, other]), NO_IDS, MEASURES) == ()


def test_pairs_that_share_an_id_go_first() -> None:
    by_id = pl.DataFrame(
        [("access.log", "app.log", int((7.0 + k / 100) * 1e6), k) for k in range(9)], schema=NO_IDS.schema, orient="row"
    )
    (found,) = clock_offsets(lines(3.2), by_id, MEASURES)
    assert (found.by, round(found.seconds, 1), found.pairs) == ("request id", 7.0, 9)


def test_row_order_changes_nothing() -> None:
    frame = lines(47.0)
    first = clock_offsets(frame, NO_IDS, MEASURES)
    for seed in range(5):
        assert clock_offsets(frame.sample(fraction=1.0, shuffle=True, seed=seed), NO_IDS, MEASURES) == first


def test_all_clocks_are_set_to_the_heaviest_and_what_nothing_links_is_left() -> None:
    offsets = [
        ClockOffset("a", "b", 3.0, 50, "x"),
        ClockOffset("c", "b", 1.0, 9, "x"),
        ClockOffset("a", "c", 9.0, 5, "x"),
    ]
    assert shifts(offsets, {"a": 100, "b": 10, "c": 10}) == {"a": 0.0, "b": -3.0, "c": -2.0}
    assert shifts([], {"a": 1}) == {}
