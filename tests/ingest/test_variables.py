"""The table of variables is whole, and what it says of samples holds."""

import re

import polars as pl
import pytest

from logscan.ingest.shape import UNITS
from logscan.ingest.variables import Part, load_variables
from logscan.ingest.when import KINDS
from logscan.model.schemas import EVENTS

TABLES = load_variables()
PARTS = [*TABLES.nginx.values(), *TABLES.apache.values()]


@pytest.mark.parametrize("name", [name for name, shape in TABLES.shapes.items() if shape.pattern])
def test_a_shape_matches_its_samples_in_both_regex_engines(name: str) -> None:
    shape = TABLES.shapes[name]
    for text in shape.samples:
        if text not in {"-", ""}:
            assert re.fullmatch(shape.pattern, text), text
            assert pl.Series([text]).str.contains(f"^(?:{shape.pattern})$")[0], text


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.said)
def test_a_variable_fills_columns_that_exist(part: Part) -> None:
    for fill in part.fills:
        assert fill.column in EVENTS
        assert fill.unit in {"", *UNITS}
        assert fill.time in {"", *KINDS}
        assert (fill.column == "event.duration") == bool(fill.unit)
        assert pl.Series(["x"]).str.extract(fill.within or "(x)", 1).len() == 1


def test_every_shape_is_used_and_a_request_is_told_by_its_shape() -> None:
    used = {id(part.shape) for part in PARTS}
    put_together = {"uri", "written", "epoch_whole", "epoch_ms", "epoch_us"}
    assert not [name for name, shape in TABLES.shapes.items() if id(shape) not in used and name not in put_together]
    assert TABLES.nginx["request"].shape.request
    assert TABLES.apache["r"].shape.request
