"""What a rule finds in a column is there where it matches by it."""

import polars as pl
import pytest

from logscan.ingest.format import load_formats
from logscan.model.resources import rules_dir
from logscan.model.schemas import EVENTS
from logscan.rules.held import held_where
from logscan.rules.literals import Each, Either, Held
from logscan.rules.match import match
from logscan.rules.samples import rows, samples_of
from logscan.rules.tree import All, Column, Node, Not, Null, Regex, Some, Text, Words
from tests.shipped import library as shipped

F, M = Column("logscan.fields", text=True), Column("message", text=True)


def has(text: str, column: Column = F) -> Text:
    return Text(column, (Words("contains", text, text),), cased=False)


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (has("a"), "line\0a"),
        (has("a", M), None),
        (Not(has("a")), None),
        (Null(F), ""),
        (All((has("a"), has("b", M))), Each(("line\0a", "", Either(("line\0a",))))),
        (Some((has("a"), has("b", M))), Either(("line\0a",))),
        (All((Not(has("a")), has("b", M))), None),
        (Regex(F, "(?:ab|cd)ef"), Each((Either(("line\0ab", "line\0cd")), "line\0ef"))),
    ],
)
def test_only_what_is_looked_for_in_the_column_counts(tree: Node, expected: Held | None) -> None:
    assert held_where(tree, "logscan.fields", "line") == expected


def _is_there(node: Held, text: str) -> bool:
    if isinstance(node, str):
        return node.partition("\0")[2] in text
    return (all if isinstance(node, Each) else any)(_is_there(part, text) for part in node.parts)


def test_every_hit_of_a_shipped_rule_by_its_fields_holds_what_it_must() -> None:
    library = shipped()
    reading = [rule for rule in library.causes if "logscan.fields" in rule.columns]
    hits = [sample for sample in samples_of(reading) if sample.must_match]
    frame, owners, _ = rows(hits, EVENTS, load_formats([rules_dir() / "formats"]))
    without = match(frame.with_columns(pl.lit(None, pl.String()).alias("logscan.fields")), reading)
    shown = 0
    for at, (sample, text) in enumerate(zip(owners, frame["logscan.fields"], strict=True)):
        if text is None or without[sample.rule.name][at]:
            continue
        shown += 1
        there = held_where(sample.rule.tree, "logscan.fields", "line")
        assert there is not None
        assert _is_there(there, text.lower()), sample.rule.name
    assert shown > 20
