from pathlib import Path

import polars as pl

from logscan.analysis.course import Steps, course_of
from logscan.batch.tables import FILE, TABLES, Read, Shared, frames, tallies
from logscan.engine.partial import Tally, empty
from logscan.engine.several import Several
from logscan.model.schemas import CLASSIFIED, TIME


def test_a_tally_comes_back_as_it_was() -> None:
    events = pl.DataFrame(
        {
            "@timestamp": pl.Series([10, 5, 90_000_000_000, 3, 4], dtype=pl.Int64).cast(TIME),
            "logscan.line": pl.Series([1, 2, 3, 4, 5], dtype=pl.UInt64()),
            "event.timezone": ["UTC", "UTC", "CET", "CET", "UTC"],
        }
    )
    course = course_of(events, Steps(60, 30), offset=7, end=99)
    assert course.gaps
    assert course.jumps
    tally = Tally(lines=5, bytes=92, events=5, datasets={"combined": 5}, courses=(course,), first=events[0, 0])
    made = frames([Read(3, "a.log", 7, 99, tally)], [], {})
    assert list(tallies(made["sources"])) == [(3, tally)]
    assert {name: frame.schema for name, frame in made.items()} == dict(TABLES)


def test_failures_without_a_service_get_that_of_their_source() -> None:
    rows = CLASSIFIED.to_frame(eager=True).clear(2).with_columns(pl.Series("service.name", ["own", None]))
    partial = empty()._replace(classified=rows)
    alone = frames([Read(3, "a.log", 0, 9, Tally(), (partial,))], [], {3: "shop"})["failures"]
    assert alone["service.name"].to_list() == ["own", "shop"]
    together = Several(partial, {"classified": pl.Series([1, 0], dtype=pl.UInt32())}, frozenset())
    both = frames([], [Shared([3, 4], together)], {3: "shop"})["failures"]
    assert both.select(FILE, "service.name").rows() == [(4, "own"), (3, "shop")]
    assert frames([Read(3, "a.log", 0, 9, Tally(), (partial,))], [], {})["failures"][FILE].to_list() == [3, 3]


def test_every_column_of_every_table_is_documented() -> None:
    text = (Path(__file__).parents[2] / "docs" / "archive.md").read_text("utf-8")
    sections = {name: text[text.index(f"`{name}`") :] for name in TABLES}
    lacking = [f"{name}.{column}" for name, schema in TABLES.items() for column in schema if f"`{column}`" not in text]
    assert not lacking
    assert set(sections) == set(TABLES)
