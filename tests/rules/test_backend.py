"""Sigma's conditions mean in Polars what they mean in Sigma."""

from copy import deepcopy
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from sigma.rule import SigmaRule

from logscan.rules.backend import Backend, merged
from logscan.rules.tree import Column, Never, Node, Not, Null, Number, Present, Some, Text, Words, express
from tests.rules.oracle import COLUMNS, DETECTIONS, ROWS, holds, written

FRAME = pl.DataFrame(
    {
        "message": [
            "User ADA: password mismatch",
            "user bob not found",
            None,
            "50% off? yes*",
            "a.b",
            "",
            "line\nbreak",
        ],
        "error.code": ["401", None, "40101", "invalid_token", "INVALID_TOKEN", "", "-1"],
        "url.original": ["/a/b", "/a/bc", "/A/B", "/x?y=/a/b", None, "", "/a"],
        "source.address": ["192.0.2.7", "192.0.2.200", "2001:db8::9", "::ffff:192.0.2.9", "nobody", None, ""],
        "http.response.status_code": [401, 403, None, 200, 407, 500, 40],
        "seen": [True, False, None, True, False, True, False],
        "list": [["a"]] * 7,
        "@timestamp": ["2026-03-12T06:25:24Z"] * 7,
    },
    schema_overrides={"http.response.status_code": pl.UInt16()},
).with_columns(pl.col("@timestamp").str.to_datetime(time_zone="UTC"))


def compiled(detection: Any, schema: Any = None) -> tuple[Node, Backend]:
    body = detection if "condition" in detection else {"s": detection, "condition": "s"}
    rule = SigmaRule.from_dict({"title": "t", "logsource": {"category": "x"}, "detection": body})
    backend = Backend(schema or FRAME.schema)
    return merged([backend.tree(condition.parsed) for condition in rule.detection.parsed_condition]), backend


def rows(detection: Any) -> list[int]:
    tree, backend = compiled(detection)
    assert not backend.faults
    return [at for at, value in enumerate(FRAME.with_columns(x=express(tree))["x"]) if value]


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ({"message|contains": "PASSWORD"}, [0]),
        ({"message|contains|cased": "PASSWORD"}, []),
        ({"message|contains|cased": "ADA"}, [0]),
        ({"message|contains|all": ["user", "not"]}, [1]),
        ({"message|startswith": ["USER a", "50%"]}, [0, 3]),
        ({"message|endswith": ["found", "yes\\*"]}, [1, 3]),
        ({"message": "a?b"}, [4]),
        ({"message": "a.b"}, [4]),
        ({"message": r"*\? yes\*"}, [3]),
        ({"message": "line*break"}, [6]),
        ({"message": "*"}, [0, 1, 3, 4, 5, 6]),
        ({"message": ""}, [5]),
        ({"message": None}, [2]),
        ({"message|exists": True}, [0, 1, 3, 4, 5, 6]),
        ({"message|exists": False}, [2]),
        ({"message|re": "^user [a-z]+ n"}, [1]),
        ({"message|re|i": "^USER [A-Z]+"}, [0, 1]),
        ({"message|re|s": "line.break"}, [6]),
        ({"error.code": 401}, [0]),
        ({"error.code": ["401", 40101]}, [0, 2]),
        ({"error.code|gt": 400}, [0, 2]),
        ({"error.code|lt": 0}, [6]),
        ({"error.code": "Invalid_Token"}, [3, 4]),
        ({"http.response.status_code": 401}, [0]),
        ({"http.response.status_code": "401"}, [0]),
        ({"http.response.status_code": [401, 70000, 403]}, [0, 1]),
        ({"http.response.status_code|startswith": "40"}, [0, 1, 4, 6]),
        ({"http.response.status_code|gte": 407}, [4, 5]),
        ({"http.response.status_code|neq": 401}, [1, 2, 3, 4, 5, 6]),
        ({"source.address|cidr": "192.0.2.0/25"}, [0, 3]),
        ({"source.address|cidr": ["192.0.2.128/25", "2001:db8::/32"]}, [1, 2]),
        ({"url.original|contains": "/A/B"}, [0, 1, 2, 3]),
        ({"url.original|fieldref": "url.original"}, [0, 1, 2, 3, 5, 6]),
        ({"seen": True}, [0, 3, 5]),
        ({"seen": False}, [1, 4, 6]),
        ({"@timestamp|hour": 6}, [0, 1, 2, 3, 4, 5, 6]),
        ({"@timestamp|minute": 26}, []),
        ({"message|windash|contains": " -off"}, []),
    ],
)
def test_modifiers(selection: Any, expected: list[int]) -> None:
    assert rows(selection) == expected


def test_a_missing_field_never_matches() -> None:
    asked = {
        "message|contains": "user",
        "http.response.status_code|gte": 0,
        "error.code|re": ".",
        "seen": True,
        "source.address|cidr": "::/0",
    }
    empty = FRAME.select(pl.lit(None, dtype).alias(name) for name, dtype in FRAME.schema.items())
    for key, value in asked.items():
        tree, _ = compiled({key: value})
        assert not empty.with_columns(x=express(tree))["x"].any(), key
        assert not FRAME.select("list").with_columns(x=express(tree, ["list"]))["x"].any(), key


def test_not_of_a_missing_field_is_true() -> None:
    assert rows({"s": {"message|contains": "user"}, "condition": "not s"}) == [2, 3, 4, 5, 6]
    tree, _ = compiled({"s": {"message|contains": "user"}, "condition": "not s"})
    assert FRAME.select("list").with_columns(x=express(tree, ["list"]))["x"].all()


def test_a_field_without_a_column_never_matches_and_is_noted() -> None:
    tree, backend = compiled({"nowhere|contains": "x", "cs-cookie": "y"})
    assert backend.unknown == {"nowhere", "cs-cookie"}
    assert not FRAME.with_columns(x=express(tree))["x"].any()


def test_asking_for_the_absence_of_a_field_without_a_column_is_true() -> None:
    assert compiled({"nowhere": None})[0] == Not(Never())
    assert compiled({"nowhere|exists": False})[0] == Not(Never())


def test_keywords_are_looked_for_anywhere_in_the_line() -> None:
    schema = {"event.original": pl.String()}
    lines = pl.DataFrame({"event.original": ["an Error 401 here", "nothing", None]})
    for keywords, expected in ((["error", "fatal"], [True, False, False]), ([401], [True, False, False])):
        tree, _ = compiled({"k": keywords, "condition": "k"}, schema)
        assert lines.with_columns(x=express(tree))["x"].to_list() == expected


def test_alternatives_on_one_column_are_asked_together() -> None:
    tree, _ = compiled(
        {
            "s": [{"message|contains": ["a", "b"]}, {"message|startswith": "c"}, {"http.response.status_code": [1, 2]}],
            "condition": "s",
        }
    )
    assert tree == Some(
        (
            Text(
                Column("message", text=True),
                (Words("contains", "a", "a"), Words("contains", "b", "b"), Words("starts", "c", "c")),
                cased=False,
            ),
            Number(Column("http.response.status_code", text=False), "eq", (1, 2)),
        )
    )


def test_leaves() -> None:
    message = Column("message", text=True)
    assert compiled({"message": None})[0] == Null(message)
    assert compiled({"message|exists": True})[0] == Present(message)
    assert compiled({"message": "*"})[0] == Present(message)


@pytest.mark.parametrize(
    ("selection", "field", "what"),
    [
        ({"http.response.status_code": True}, "http.response.status_code", "to true or false"),
        ({"seen|gt": 5}, "seen", "to a number"),
        ({"@timestamp": 5}, "@timestamp", "to a number"),
        ({"http.response.status_code|hour": 5}, "http.response.status_code", "part of a time"),
        ({"message|expand": "%admins%"}, "message", "placeholder"),
        ({"list|contains": "a"}, "list", "holds a list"),
    ],
)
def test_what_means_nothing_for_its_column_is_told(selection: Any, field: str, what: str) -> None:
    _, backend = compiled(selection)
    assert [told for told, _ in backend.faults if what in told]
    assert {name for _, name in backend.faults} == {field}


@given(DETECTIONS, ROWS)
def test_the_tree_says_what_sigma_says(detection: dict[str, Any], events: list[dict[str, Any]]) -> None:
    tree, backend = compiled(deepcopy(detection) | {"condition": written(detection["condition"])}, COLUMNS)
    assert not backend.faults
    got = pl.DataFrame(events, schema=COLUMNS).with_columns(x=express(tree))["x"].to_list()
    assert got == [holds(detection, event) for event in events]
