"""Samples become rows: written columns as they are, raw lines as the formats read them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from logscan.ingest.format import load_formats
from logscan.ingest.shape import Format
from logscan.model.schemas import EVENTS
from logscan.rules.samples import Rows, Sample, rows, samples_of
from tests.rules.test_gate import rule_of

EXPIRED = {"a": {"message|contains": "expired"}, "condition": "a"}
WEB = r"""
id: web
title: Web
reference: https://example.com/web
kind: pattern
logsource: {category: webserver}
order: 1
pattern: '^(?<client>[0-9.]+) (?<uri>/[!-~]*) (?<status>[0-9]{3})$'
columns:
  client: {column: source.address}
  uri: {column: url.original}
  status: http.response.status_code
samples:
  - {line: 192.0.2.7 /a 401, expect: {http.response.status_code: 401}}
  - {line: 'no', expect: reject}
"""
APP = r"""
id: app
title: App
reference: https://example.com/app
kind: pattern
logsource: {category: application, product: shop}
order: 2
multiline: true
pattern: '^(?<level>ERROR|INFO) (?<message>.*)$'
columns:
  level: {column: log.level}
  message: {column: message}
samples:
  - {line: ERROR broken, expect: {message: broken}}
  - {line: 'no', expect: reject}
"""


def formats(folder: Path) -> Sequence[Format]:
    folder.mkdir(exist_ok=True)
    (folder / "web.yml").write_text(WEB)
    (folder / "app.yml").write_text(APP)
    return load_formats([folder])


def read(folder: Path, *values: dict[str, Any]) -> Rows:
    samples = [Sample(rule_of(EXPIRED), f"logscan.hits.{at}", value) for at, value in enumerate(values)]
    return rows(samples, EVENTS, formats(folder / "formats"))


def test_columns_are_taken_as_they_are_written(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {"message": "expired", "http.response.status_code": 401, "error.code": 40101},
        {"@timestamp": "2026-03-12T06:25:24+01:00", "error.message": None, "error.code": True},
    )
    assert found.unread == []
    assert found.frame.schema == EVENTS
    first, second = found.frame.rows(named=True)
    assert (first["message"], first["http.response.status_code"], first["error.code"]) == ("expired", 401, "40101")
    assert second["@timestamp"] == datetime(2026, 3, 12, 5, 25, 24, tzinfo=UTC)
    assert (second["error.code"], second["error.message"], second["message"]) == ("true", None, None)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("http.response.status_code", "forbidden"),
        ("http.response.status_code", 70000),
        ("http.response.status_code", -1),
        ("http.response.status_code", True),
        ("http.response.status_code", 401.5),
        ("@timestamp", "yesterday"),
        ("@timestamp", 5),
    ],
)
def test_a_value_that_does_not_fit_its_column_is_told(tmp_path: Path, column: str, value: object) -> None:
    found = read(tmp_path, {column: value, "message": "x"}, {"message": "y"})
    assert [(key, what) for _, key, what, _ in found.unread] == [
        (f"logscan.hits.0.{column}", f"`{value}` does not fit its column")
    ]
    assert found.frame["message"].to_list() == ["y"]
    assert [owner.key for owner in found.owners] == ["logscan.hits.1"]


def test_raw_lines_are_read_by_the_formats(tmp_path: Path) -> None:
    found = read(tmp_path, {"line": "192.0.2.7 /a 401"}, {"line": "ERROR token expired"}, {"message": "x"})
    by_key = dict(zip([owner.key for owner in found.owners], found.frame.rows(named=True), strict=True))
    assert by_key["logscan.hits.0"]["http.response.status_code"] == 401
    assert by_key["logscan.hits.0"]["url.path"] == "/a"
    assert by_key["logscan.hits.1"]["message"] == "token expired"
    assert by_key["logscan.hits.1"]["event.dataset"] == "app"
    assert by_key["logscan.hits.2"]["event.dataset"] is None


def test_a_line_of_one_sample_never_becomes_part_of_another(tmp_path: Path) -> None:
    found = read(tmp_path, {"line": "ERROR one"}, {"line": "  at nothing known"}, {"line": "ERROR two\n  at shop.Pay"})
    assert found.frame["message"].to_list() == ["one", "two\n  at shop.Pay"]
    assert [(key, what) for _, key, what, _ in found.unread] == [("logscan.hits.1", "no format reads this line")]


def test_hits_and_misses_of_rules_are_listed() -> None:
    rule = rule_of(EXPIRED)
    object.__setattr__(rule, "meaning", {"hits": [{"message": "a"}], "misses": [{"message": "b"}, {"line": "c"}]})
    assert [(sample.key, sample.must_match) for sample in samples_of([rule])] == [
        ("logscan.hits.0", True),
        ("logscan.misses.0", False),
        ("logscan.misses.1", False),
    ]


def test_no_samples_are_no_rows(tmp_path: Path) -> None:
    assert read(tmp_path).frame.shape == (0, len(EVENTS))
