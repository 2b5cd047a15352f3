"""A rule without a cause makes one finding of its own, whatever the order of its events."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from logscan.analysis.detections import build_detections, detections_of
from logscan.analysis.judgement import Judgement, load_judgement
from logscan.model.finding import Finding
from logscan.model.resources import rules_dir
from logscan.model.schemas import CLASSIFIED, EVENTS
from logscan.rules.load import Library
from tests.rules.folder import foreign_text, load, make

START = datetime(2026, 3, 12, 6, tzinfo=UTC)
PATTERN = """\
title: Anything
id: 1f0c4c1e-7e3a-4d59-9d53-6b3a8f0c2a11
name: anything
logsource: {product: logscan, category: series}
detection: {any: {events|gte: 2}, condition: any}
logscan: {pattern: chronic_background, priority: 1, hits: [{events: 2}], misses: [{events: 1}]}
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    files = {
        "web/probe.yml": foreign_text("s: {message|contains: probe}\ncondition: s", "level: high\nstatus: stable\n"),
        "web/other.yml": foreign_text("s: {message|contains: x}\ncondition: s").replace("ae0c", "ae0d"),
        "patterns/any.yml": PATTERN,
    }
    return load(make(tmp_path_factory.mktemp("rules"), files))


@pytest.fixture(scope="module")
def judgement() -> Judgement:
    return load_judgement([rules_dir()])


def events(*messages: str, clients: list[str | None] | None = None) -> pl.DataFrame:
    size = len(messages)
    known: dict[str, list[Any]] = {
        "@timestamp": [START + timedelta(minutes=at) for at in range(size)],
        "log.file.path": ["a.log"] * size,
        "log.offset": list(range(size)),
        "logscan.line": list(range(1, size + 1)),
        "event.original": list(messages),
        "event.dataset": ["plain"] * size,
        "message": list(messages),
        "source.address": clients or ["192.0.2.7"] * size,
    }
    frame = pl.DataFrame(known, schema={name: EVENTS[name] for name in known})
    return frame.select(pl.col(n) if n in known else pl.lit(None, d).alias(n) for n, d in EVENTS.items())


def built(frame: pl.DataFrame, library: Library, judgement: Judgement) -> tuple[Finding, ...]:
    return build_detections(detections_of(frame, {"plain": library.detections}).lazy(), library, judgement, {})


def test_an_event_is_told_once_for_each_rule(library: Library) -> None:
    got = detections_of(events("probe x", "probe", "nothing"), {"plain": library.detections})
    assert got.schema == CLASSIFIED
    assert sorted(got.select("logscan.line", "logscan.cause").rows()) == [(1, "other"), (1, "probe"), (2, "probe")]


def test_no_rule_no_row(library: Library) -> None:
    for rules in ({}, {"plain": ()}, {"elsewhere": library.detections}):
        got = detections_of(events("probe"), rules)
        assert (got.height, got.schema) == (0, CLASSIFIED)


def test_a_finding_has_the_words_of_its_rule(library: Library, judgement: Judgement) -> None:
    (found,) = built(events("probe", "probe 2", "fine"), library, judgement)
    assert found.detection is not None
    assert (found.detection.title, found.severity, found.confidence) == ("Foreign", "high", "high")
    assert (found.cause, found.family, found.rules) == ("", "", ("probe",))
    assert (found.first_seen, found.last_seen) == (START, START + timedelta(minutes=1))
    assert (found.counts.events, found.counts.clients, found.pattern) == (2, 1, "chronic_background")
    assert [(line.line, line.text) for line in found.evidence] == [(1, "probe"), (2, "probe 2")]
    assert (found.rate_before, found.rate_during) == (None, None)


@pytest.mark.parametrize(
    ("clients", "scope"),
    [(["a", "a"], ("client", ("a",))), (["a", "b"], ("all", ())), (["a", None], ("all", ()))],
)  # fmt: skip
def test_its_scope_is_one_principal_only_when_all_of_it_is(
    library: Library, judgement: Judgement, clients: list[str | None], scope: Any
) -> None:
    (found,) = built(events("probe", "probe", clients=clients), library, judgement)
    assert (found.scope.level, found.scope.values) == scope


def test_neither_the_order_of_the_events_nor_their_number_changes_its_id(library: Library, judgement: Judgement) -> None:  # fmt: skip
    frame = events("probe", "probe x", "x", "probe")
    first = built(frame, library, judgement)
    assert built(frame.reverse(), library, judgement) == first
    assert [found.id for found in built(frame.head(2), library, judgement)] == [found.id for found in first]


def test_lines_without_a_time_count_too(library: Library, judgement: Judgement) -> None:
    frame = events("probe", "probe").with_columns(pl.lit(None, EVENTS["@timestamp"]).alias("@timestamp"))
    (found,) = built(frame, library, judgement)
    assert (found.counts.events, found.first_seen) == (2, None)


def test_no_event_no_finding(library: Library, judgement: Judgement) -> None:
    assert built(events("fine"), library, judgement) == ()
