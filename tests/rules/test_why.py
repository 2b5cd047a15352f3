"""A match is told by the items of the rule that hold, in the rule's own words."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from logscan.model.schemas import EVENTS
from logscan.rules.load import Rule, load_library
from logscan.rules.why import Why, why
from tests.rules.folder import make, rule_text


def loaded(folder: Path, detection: str) -> Rule:
    make(folder, {"causes/r.yml": rule_text(detection, name="r", hits="[{message: x}]", misses="[{message: y}]")})
    (rule,) = load_library([folder], event_columns=EVENTS, series_columns={}).causes
    return rule


def row(**columns: Any) -> pl.DataFrame:
    return pl.DataFrame(
        [{name.replace("__", "."): value for name, value in columns.items()}],
        schema_overrides={"http.response.status_code": pl.UInt16()},
    )


def told(folder: Path, detection: str, **columns: Any) -> Why:
    event = row(**columns)
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in EVENTS.items() if name not in event.columns]
    return why(loaded(folder, detection), event.with_columns(missing), EVENTS)


@pytest.mark.parametrize(
    ("detection", "held"),
    [
        ("t: {message|contains: [expired, revoked]}\ncondition: t", [("t.message|contains", ("expired",))]),
        (
            "t: {message|contains|all: [token, expired]}\ncondition: t",
            [("t.message|contains|all", ("token and expired",))],
        ),
        (
            "t: {message|re: 'tok.n'}\nf: {message|contains: fine}\ncondition: t and not f",
            [("t.message|re", ("tok.n",))],
        ),
        ("t: [expired, nothing]\ncondition: t", [("t", ("expired",))]),
        ("t: {http.response.status_code: [401, 403]}\ncondition: t", [("t.http.response.status_code", ("401",))]),
        (
            "t: [{message|startswith: 'no'}, {message|endswith: EXPIRED}]\ncondition: t",
            [("t.1.message|endswith", ("EXPIRED",))],
        ),
        ("t: {user.name: null}\ncondition: t", [("t.user.name", ("None",))]),
    ],
)
def test_only_what_holds_is_told(detection: str, held: list[tuple[str, tuple[str, ...]]], tmp_path: Path) -> None:
    line = "the token has expired"
    found = told(tmp_path, detection, message=line, event__original=line, http__response__status_code=401)
    assert [(each.item, each.values) for each in found.held] == held


def test_the_place_and_the_condition_are_those_of_the_file(tmp_path: Path) -> None:
    found = told(tmp_path, "t: {message|contains: expired}\ncondition: t", message="expired")
    assert found.condition == "t"
    assert "r.yml:" in found.held[0].place
    assert found.held[0].place.endswith("detection.t.message|contains")
