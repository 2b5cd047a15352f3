"""Rows that lean on what stands around them, as objects of their own."""

import csv
import io
import json
from typing import Any, NamedTuple

from logscan.ingest.json_slow import to_json

_NAMES = ("key", "field", "name")
# https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding (AnyValue)
_WRAPS = frozenset({"stringValue", "intValue", "doubleValue", "boolValue", "bytesValue", "arrayValue", "kvlistValue"})


class Shared(NamedTuple):
    """What rows have in common.

    around     the members that rows of one list share, as JSON text
    names      of the items, where a row is an array or a line of a table; one name may be that of the member above
               that names them
    separator  of the cells of a table; empty: the rows are JSON
    """

    around: str
    names: tuple[str, ...]
    separator: str = ""


def unfolded(text: str, shared: Shared) -> str:
    """A row with what it shares with its neighbours, its items named, and named values as members of an object.

    Out: JSON text on one line; the row as it stands where it stands for itself or cannot be read so
    """
    if shared.separator:
        return _of_table(text, shared)
    if not shared.around and text.startswith("{"):
        return text
    try:
        row, above = json.loads(text, strict=False), json.loads("{" + shared.around + "}", strict=False)
        if isinstance(row, list):
            names = _names_in(above.pop(shared.names[0], None)) if len(shared.names) == 1 else shared.names
            row = dict(zip(names, row, strict=False)) if names else _plain(row)
        return to_json(_plain({**above, **row})) if isinstance(row, dict) else text
    except (ValueError, RecursionError):
        return text


def _names_in(columns: Any) -> list[str]:
    """`"columns": [{"name": "TimeGenerated", "type": "datetime"}, ...]`"""
    found = columns if isinstance(columns, list) else []
    return [str(column.get("name")) for column in found if isinstance(column, dict)]


def _of_table(text: str, shared: Shared) -> str:
    """Law: a line with more or fewer cells than the table has stays as it is"""
    try:
        cells = next(csv.reader(io.StringIO(text, newline=""), delimiter=shared.separator), [])
    except csv.Error:
        return text
    if len(cells) != len(shared.names):
        return text
    return to_json({name: cell for name, cell in zip(shared.names, cells, strict=True) if cell})


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        if len(value) == 1 and value.keys() <= _WRAPS:
            return _plain(next(iter(value.values())))
        return {key: _plain(inner) for key, inner in value.items()}
    if not isinstance(value, list):
        return value
    name = next((name for name in _NAMES if value and all(_is_named(item, name) for item in value)), None)
    if name is None:
        return [_plain(item) for item in value]
    return {item[name]: _plain(item["value"]) for item in value}


def _is_named(item: Any, name: str) -> bool:
    return isinstance(item, dict) and item.keys() == {name, "value"} and isinstance(item[name], str)
