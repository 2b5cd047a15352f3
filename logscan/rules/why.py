"""By what a rule matched: the items of its detection that hold, in the words of its file."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import polars as pl
from sigma.rule import SigmaRule

from logscan.model.document import Document, parse_document
from logscan.rules.backend import Backend, merged
from logscan.rules.detection import CRASHES, POLICY, Item, items
from logscan.rules.rule import Rule
from logscan.rules.tree import express


class Held(NamedTuple):
    """An item that holds. place: where it stands, such as `rule.yml:7 detection.text.message|contains`"""

    place: str
    item: str
    values: tuple[str, ...]


class Why(NamedTuple):
    condition: str
    held: tuple[Held, ...]


def why(rule: Rule, event: pl.DataFrame, columns: Mapping[str, pl.DataType]) -> Why:
    """In: one row that the rule matches; columns: as the rule was loaded with
    Out: names and values as the rule's file has them, nothing of the event's text
    """
    document = parse_document(rule.text, rule.path)
    condition = document.value["detection"]["condition"]
    shown = " or ".join(map(str, condition)) if isinstance(condition, list) else str(condition)
    return Why(shown, tuple(_held(document, rule, event, columns)))


def _held(document: Document, rule: Rule, event: pl.DataFrame, columns: Mapping[str, pl.DataType]) -> Iterator[Held]:
    for item in items(document):
        each = item.value if isinstance(item.value, list) and "all" not in (item.key or "").split("|") else [item.value]
        values = tuple(_text(value) for value in each if _holds(_asked(document, item, value), rule, event, columns))
        if values:
            yield Held(str(document.where(item.place)), item.place.removeprefix("detection."), values)


def _text(value: Any) -> str:
    return " and ".join(map(str, value)) if isinstance(value, list) else str(value)


def _asked(document: Document, item: Item, value: Any) -> dict[str, Any]:
    """The item with one of its values, as a rule of its own."""
    part = [value] if item.key is None else {item.key: value}
    return {**document.value, "detection": {"part": part, "condition": "part"}}


def _holds(asked: dict[str, Any], rule: Rule, event: pl.DataFrame, columns: Mapping[str, pl.DataType]) -> bool:
    try:
        sigma = SigmaRule.from_dict(asked, collect_errors=True, policy=POLICY)
        if rule.dialect.texts:
            rule.dialect.translate(sigma)
        backend = Backend(columns)
        tree = merged([backend.tree(condition.parsed) for condition in sigma.detection.parsed_condition])
        return bool(event.select(express(tree, set(event.columns)))[0, 0])
    except CRASHES:  # an item that says nothing by itself, such as one whose values belong together
        return False
